"""Calls are repeated only where that is safe, under one key, for a bounded time."""

import pytest

from client.api import Api, MalformedAnswer, NewOrder
from client.connection import Connection
from client.problem import InputError, Problem
from client.transport import Unreachable
from shared.money import Money
from tests.unit.client.answering_server import Script, answering, prepared
from tests.unit.client.documents import ENTRY, ORDER, PROBLEM

BUSY = PROBLEM | {"status": 409, "code": "idempotency_in_progress", "retryable": True}
NEW_ORDER: NewOrder = {
    "customer_id": "ada",
    "currency": "EUR",
    "lines": [{"sku": "mug", "quantity": 2, "unit_amount": 1999}],
    "payment_method": {"token": "tok_visa"},
}


def api(script: Script, pauses: list[float] | None = None) -> Api:
    paused = pauses if pauses is not None else []
    return Api(Connection(script.url, "qk_secret"), sleep=paused.append)


def test_an_order_is_placed_with_the_key_and_the_authorization() -> None:
    with answering((201, ORDER, {})) as script:
        reply = api(script).place_order(NEW_ORDER, idempotency_key="once")
    assert (reply.status, reply.body["order_id"], reply.replayed) == (201, "ord_1", False)
    asked = script.asked[0]
    assert (asked.method, asked.path) == ("POST", "/orders")
    assert asked.headers["authorization"] == "Bearer qk_secret"
    assert asked.headers["idempotency-key"] == "once"


def test_a_replayed_answer_says_so() -> None:
    with answering((201, ORDER, {"Idempotency-Replayed": "true"})) as script:
        assert api(script).place_order(NEW_ORDER, idempotency_key="once").replayed


def test_a_dropped_line_is_tried_again_with_the_same_key_and_body() -> None:
    with answering((0, None, {}), (201, ORDER, {})) as script:
        api(script).place_order(NEW_ORDER, idempotency_key="once")
    first, second = script.asked
    assert first.headers["idempotency-key"] == second.headers["idempotency-key"] == "once"
    assert first.body == second.body


def test_a_retryable_problem_waits_as_long_as_it_was_told() -> None:
    pauses: list[float] = []
    with answering((409, BUSY, {"Retry-After": "2"}), (201, ORDER, {})) as script:
        api(script, pauses).place_order(NEW_ORDER, idempotency_key="once")
    assert pauses == [2.0]


def test_a_call_is_repeated_as_long_as_the_platform_says_when_to_come_back() -> None:
    busy = [(409, BUSY, {"Retry-After": "1"})] * 20
    with answering(*busy, (201, ORDER, {})) as script:
        reply = api(script).place_order(NEW_ORDER, idempotency_key="once")
    assert reply.status == 201
    assert len(script.asked) == 21


def test_what_stays_busy_is_given_up_at_the_deadline() -> None:
    with answering(*[(409, BUSY, {"Retry-After": "1"})] * 3) as script:
        hurried = Api(Connection(script.url, "qk_secret"), deadline_seconds=0.9)
        with pytest.raises(Problem, match="idempotency_in_progress"):
            hurried.place_order(NEW_ORDER, idempotency_key="once")
    assert len(script.asked) == 1


def test_a_refusal_is_not_tried_again_and_names_what_is_wrong() -> None:
    with answering((422, PROBLEM, {})) as script, pytest.raises(Problem) as refused:
        api(script).place_order(NEW_ORDER, idempotency_key="once")
    problem = refused.value
    assert (problem.status, problem.code, problem.correlation_id) == (
        422,
        "invalid_request",
        "cor_9",
    )
    assert problem.errors == (InputError("/lines/0/quantity", "must be positive"),)
    assert len(script.asked) == 1


def test_a_gateway_without_a_problem_document_is_tried_five_times_then_given_up() -> None:
    with answering(*[(503, b"<html>", {})] * 5) as script, pytest.raises(Problem) as refused:
        api(script).order("ord_1")
    assert refused.value.code == "no_problem_document"
    assert len(script.asked) == 5


def test_nobody_listening_is_reported_after_the_last_try() -> None:
    pauses: list[float] = []
    nobody = Api(Connection("http://127.0.0.1:9", "qk_secret"), sleep=pauses.append)
    with pytest.raises(Unreachable):
        nobody.order("ord_1")
    assert len(pauses) == 4


def test_an_id_cannot_leave_its_place_in_the_path() -> None:
    with answering((200, ORDER, {})) as script:
        api(script).order("../payments/p?x=1")
    assert script.asked[0].path == "/orders/..%2Fpayments%2Fp%3Fx%3D1"


def test_a_list_is_read_page_by_page() -> None:
    first = prepared({"data": [ENTRY], "next_cursor": "abc"})
    last = prepared({"data": [ENTRY | {"entry_id": "ent_2"}], "next_cursor": None})
    with answering(first, last) as script:
        entries = api(script).journal_entries("pay_1")
    assert [entry["entry_id"] for entry in entries] == ["ent_1", "ent_2"]
    assert script.asked[1].path == "/journal-entries?payment_id=pay_1&cursor=abc"


@pytest.mark.parametrize("body", [b"<html>", b'{"amount": 39.98}'])
def test_a_fraction_or_no_json_is_never_taken_for_an_answer(body: bytes) -> None:
    with answering((200, body, {})) as script, pytest.raises(MalformedAnswer):
        api(script).order("ord_1")


def test_a_partial_confirmation_sends_minor_units() -> None:
    with answering((202, ORDER, {})) as script:
        api(script).confirm_order("ord_1", idempotency_key="once", amount=Money(1999, "EUR"))
    assert script.asked[0].body == b'{"amount": 1999, "currency": "EUR"}'
