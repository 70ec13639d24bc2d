"""A failure becomes a problem document; every named failure stands in the catalogue once."""

from shared.errors.problem import problem
from shared.errors.taxonomy import (
    InputError,
    InternalError,
    InvalidRequest,
    InvalidTransition,
    StoreBusy,
    catalogue,
)


def test_a_refusal_is_told_with_its_code_and_without_more_than_it_knows() -> None:
    assert problem(InvalidTransition("order is paid: confirmed refused"), correlation_id="c") == {
        "type": "https://quittance.dev/problems/invalid_transition",
        "title": "Not possible in this state",
        "status": 409,
        "detail": "order is paid: confirmed refused",
        "code": "invalid_transition",
        "retryable": False,
        "correlation_id": "c",
    }


def test_a_failure_that_may_pass_says_that_it_can_be_retried() -> None:
    document = problem(StoreBusy(), correlation_id="c")
    assert (document["status"], document["retryable"]) == (503, True)
    assert document["detail"] == "The database is busy"


def test_wrong_input_is_told_place_by_place() -> None:
    failure = InvalidRequest(errors=(InputError("/lines/0/quantity", "too few"),))
    assert problem(failure, correlation_id="c")["errors"] == [
        {"pointer": "/lines/0/quantity", "detail": "too few"}
    ]


def test_a_place_with_a_very_long_name_is_told_in_part() -> None:
    failure = InvalidRequest(errors=(InputError("/" + "n" * 100_000, "unknown"),))
    assert problem(failure, correlation_id="c")["errors"] == [
        {"pointer": "/" + "n" * 199, "detail": "unknown"}
    ]


def test_what_nobody_expected_is_told_without_its_text() -> None:
    document = problem(InternalError(), correlation_id="c")
    assert document["detail"] == "Something went wrong on our side"
    assert (document["status"], document["retryable"]) == (500, False)


def test_a_named_failure_has_all_that_its_page_needs() -> None:
    for kind in catalogue():
        assert kind.title[0].isupper(), kind
        assert 400 <= kind.status <= 599, kind
        assert kind.code.replace("_", "").isalpha(), kind
        assert kind.code.islower(), kind


def test_no_two_failures_share_a_code() -> None:
    codes = [kind.code for kind in catalogue()]
    assert len(codes) == len(set(codes))
    assert {"malformed_json", "stale_row", "store_busy", "unauthenticated"} <= set(codes)
