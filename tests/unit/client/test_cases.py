"""The command line of an operator who decides on what the platform could not undo."""

import json

import pytest

from tests.contract.case_operations import CASE, RESOLVED
from tests.unit.client.answering_server import answering, prepared
from tests.unit.client.command_line import Told

CASE_ID = CASE["case_id"]
PATH = f"/cases/{CASE_ID}"
WORDS = ("case", "resolve", CASE_ID, "--action", "retry", "--reason", "voids are mended")


def test_open_cases_are_listed_with_age_and_what_is_wrong(told: Told) -> None:
    first = prepared({"data": [CASE], "next_cursor": "further"})
    other = {**CASE, "case_id": "case_other", "known": None, "age_seconds": 259_200}
    second = prepared({"data": [other], "next_cursor": None})
    with answering(first, second) as script:
        assert told.run(script, "case", "list") == 0
    assert [each.path for each in script.asked] == [
        "/cases?status=open&limit=100",
        "/cases?status=open&limit=100&cursor=further",
    ]
    for shown in (CASE_ID, "void_failed", "90 min", CASE["payment_id"], "case_other", "3 d"):
        assert shown in told.out


def test_decided_cases_are_listed_for_machines(told: Told) -> None:
    page = prepared({"data": [RESOLVED], "next_cursor": None})
    with answering(page) as script:
        assert told.run(script, "case", "list", "--status", "resolved", "--json") == 0
    assert script.asked[0].path == "/cases?status=resolved&limit=100"
    assert json.loads(told.out) == {"data": [RESOLVED]}


def test_a_case_is_shown_with_what_was_tried_and_what_is_known(told: Told) -> None:
    with answering(prepared(CASE)) as script:
        assert told.run(script, "case", "show", CASE_ID) == 0
    assert script.asked[0].path == PATH
    for shown in ("release_hold", "void_rejected", "release-hold-3", "39.98 EUR", "cancelling"):
        assert shown in told.out


def test_a_case_is_decided_under_a_key_with_a_reason(told: Told) -> None:
    with answering(prepared(RESOLVED)) as script:
        assert told.run(script, *WORDS, "--idempotency-key", "k1") == 0
    asked = script.asked[0]
    assert (asked.method, asked.path) == ("POST", f"{PATH}/resolution")
    assert json.loads(asked.body) == {"action": "retry", "reason": "voids are mended"}
    assert asked.headers["idempotency-key"] == "k1"
    assert "resolved" in told.out
    assert "operator" in told.out


@pytest.mark.parametrize(
    ("words", "status", "code"),
    [
        (("case", "show", "case_nothing"), 404, "not_found"),
        (WORDS, 409, "case_already_resolved"),
        (WORDS, 409, "decision_not_applicable"),
        (WORDS, 403, "forbidden"),
    ],
)
def test_a_refusal_is_told_with_its_code_and_is_no_success(
    told: Told, words: tuple[str, ...], status: int, code: str
) -> None:
    problem = {
        "type": f"https://quittance.dev/problems/{code}",
        "title": "It was refused",
        "status": status,
        "detail": "It was refused",
        "code": code,
        "retryable": False,
        "correlation_id": "cor_1",
    }
    with answering((status, problem, {"Content-Type": "application/problem+json"})) as script:
        assert told.run(script, *words) == 1
    assert f"HTTP {status}, {code}" in told.err
    assert "cor_1" in told.err


@pytest.mark.parametrize(
    ("words", "complaint"),
    [
        (("show",), "CASE_ID"),
        (("resolve", CASE_ID, "--action", "retry"), "--reason"),
        (("resolve", CASE_ID, "--reason", "seen"), "--action"),
        (("resolve", CASE_ID, "--action", "refund", "--reason", "seen"), "invalid choice"),
        (("list", "--status", "old"), "invalid choice"),
    ],
)
def test_what_makes_no_sense_is_refused_before_anything_is_asked(
    told: Told, words: tuple[str, ...], complaint: str
) -> None:
    with answering() as script:
        assert told.run(script, "case", *words) == 2
    assert complaint in told.err
    assert script.asked == []


def test_what_others_have_written_is_shown_as_it_is(told: Told) -> None:
    """Text of an operator or a provider is no markup of the terminal's."""
    odd = {**CASE, "detail": "[red]not red[/red] [link=x]"}
    with answering(prepared(odd)) as script:
        assert told.run(script, "case", "show", CASE_ID) == 0
    assert "[red]not red[/red]" in told.out
