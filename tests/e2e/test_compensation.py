"""Each failure is undone on order, payment, ledger and at the acquirer; all else is left alone."""

import json
import uuid
from collections.abc import Mapping

import pytest

from tests.e2e.asking import ask, order_becomes, payment_becomes, refund, truth
from tests.e2e.driver import Platform
from tests.e2e.undoing import age, books_become, clock_strikes, executions, sums, told, undone

NOTHING: Mapping[str, int] = {}


def test_a_life_that_goes_well_enters_no_state(quittance: Platform) -> None:
    order = quittance.paid()
    refund(quittance, order, 1000)
    order_becomes(quittance, order, "partially_refunded")
    assert told(quittance, order, "CompensationRequested") == []
    assert executions(quittance, order) == []


def test_a_capture_that_fails_gives_the_hold_back(quittance: Platform) -> None:
    order = quittance.rest(quittance.place("tok_capture_fails"))
    ask(quittance, order, "confirm")
    seen = order_becomes(quittance, order, "payment_failed")
    assert seen["failure_code"] == "capture_rejected"
    end = undone(quittance, order, "capture_failed")
    assert [(step["action"], step["outcome"]) for step in end["tried"]] == [
        ("release_hold", "succeeded")
    ]
    assert quittance.payment(order)["status"] == "voided"
    assert truth(quittance, order) == (0, 0, 3998)
    books_become(quittance, order, NOTHING)
    assert executions(quittance, order) == ["SUCCEEDED"]


def test_an_order_whose_capture_failed_is_paid_anew(quittance: Platform) -> None:
    order = quittance.rest(quittance.place("tok_capture_fails"))
    ask(quittance, order, "confirm")
    order_becomes(quittance, order, "payment_failed")
    ask(quittance, order, "payment-method", {"payment_method": {"token": "tok_visa"}})
    order_becomes(quittance, order, "authorized")
    assert quittance.confirm(order)["status"] == "paid"
    books_become(quittance, order, {"1100": 3998, "4000": -3998})
    assert truth(quittance, order) == (3998, 0, 3998)


@pytest.mark.parametrize("token", ["tok_visa", "tok_requires_action", "tok_webhook_first"])
def test_a_cancelled_order_holds_no_money(quittance: Platform, token: str) -> None:
    """Before the authorization, while it is decided, and after it."""
    order = quittance.place(token)
    assert ask(quittance, order, "cancel").status == 202
    order_becomes(quittance, order, "cancelled")
    undone(quittance, order, "order_cancelled")
    captured, refunded, voided = truth(quittance, order)
    assert (captured, refunded) == (0, 0)
    assert voided == sum(charge["authorized"] for charge in quittance.charges_of(order))
    books_become(quittance, order, NOTHING)


def test_an_authorized_order_that_is_cancelled_gives_the_hold_back(quittance: Platform) -> None:
    order = quittance.rest(quittance.place())
    ask(quittance, order, "cancel")
    order_becomes(quittance, order, "cancelled")
    undone(quittance, order, "order_cancelled")
    assert truth(quittance, order) == (0, 0, 3998)
    books_become(quittance, order, NOTHING)


def test_a_cancel_that_lost_the_race_becomes_a_refund(quittance: Platform) -> None:
    order = quittance.rest(quittance.place())
    ask(quittance, order, "confirm")
    assert ask(quittance, order, "cancel").status == 202
    order_becomes(quittance, order, "refunded")
    end = undone(quittance, order, "order_cancelled")
    assert [(step["action"], step["outcome"]) for step in end["tried"]] == [("refund", "succeeded")]
    assert truth(quittance, order) == (3998, 3998, 0)
    books_become(quittance, order, {"1100": 3998, "4000": -3998, "4100": 3998, "1200": -3998})


def test_a_captured_order_is_not_cancelled(quittance: Platform) -> None:
    order = quittance.paid()
    answer = ask(quittance, order, "cancel")
    assert (answer.status, json.loads(answer.body)["code"]) == (409, "cancellation_not_possible")
    assert truth(quittance, order) == (3998, 0, 0)


def test_a_capture_that_fails_days_later_reopens_the_order(quittance: Platform) -> None:
    order = quittance.rest(quittance.place("tok_capture_fails_later"))
    ask(quittance, order, "confirm")
    undone(quittance, order, "capture_undone")
    seen = order_becomes(quittance, order, "authorized")
    assert (seen["captured"], seen["failure_code"]) == (0, "capture_rejected")
    assert truth(quittance, order) == (0, 0, 0)
    held = {"9000": 3998, "9001": -3998}
    assert sums(quittance, order) == held


def test_a_refund_that_fails_is_restored_and_told(quittance: Platform) -> None:
    order = quittance.paid(payment_method={"token": "tok_refund_fails_later"})
    refund(quittance, order, 1000)
    end = undone(quittance, order, "refund_failed", "Escalated")
    assert end["code"] == "refund_failed"
    seen = quittance.api().order(order["order_id"])
    assert (seen["status"], seen["refundable"]) == ("paid", 3998)
    assert truth(quittance, order) == (3998, 0, 0)


def test_an_authorization_that_expires_needs_to_be_paid_anew(quittance: Platform) -> None:
    order = quittance.place("tok_expires")
    order_becomes(quittance, order, "payment_failed")
    undone(quittance, order, "authorization_expired")
    assert quittance.payment(order)["status"] == "expired"
    books_become(quittance, order, NOTHING)
    again = ask(quittance, order, "payment-method", {"payment_method": {"token": "tok_visa"}})
    assert again.status == 202
    order_becomes(quittance, order, "authorized")


def test_an_order_that_nobody_confirms_is_given_up(quittance: Platform) -> None:
    order = quittance.rest(quittance.place())
    age(quittance, order, "confirm_by")
    clock_strikes(quittance)
    seen = order_becomes(quittance, order, "cancelled")
    assert seen["failure_code"] == "not_confirmed"
    undone(quittance, order, "not_confirmed")
    assert truth(quittance, order) == (0, 0, 3998)
    books_become(quittance, order, NOTHING)


def test_a_void_that_fails_is_tried_three_times_and_left_to_a_person(quittance: Platform) -> None:
    order = quittance.rest(quittance.place("tok_void_fails"))
    ask(quittance, order, "cancel")
    end = undone(quittance, order, "order_cancelled", "Escalated")
    assert (end["code"], end["order_status"]) == ("void_failed", "cancelling")
    assert [(step["outcome"], step["code"]) for step in end["tried"]] == [
        ("failed", "void_rejected")
    ] * 3
    assert quittance.api().order(order["order_id"])["status"] == "cancelling"
    assert truth(quittance, order) == (0, 0, 0)
    payment_becomes(quittance, order, lambda seen: seen["status"] == "authorized")


def test_a_key_that_repeats_a_cancel_starts_nothing_more(quittance: Platform) -> None:
    order = quittance.rest(quittance.place())
    key = str(uuid.uuid4())
    path = f"/orders/{order['order_id']}/cancel"
    answers = [
        quittance.send("POST", path, body={}, headers={"Idempotency-Key": key}) for _ in range(3)
    ]
    assert [answer.status for answer in answers] == [202, 202, 202]
    order_becomes(quittance, order, "cancelled")
    undone(quittance, order, "order_cancelled")
    assert len(executions(quittance, order)) == 1
