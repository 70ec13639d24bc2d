"""Disputes over HTTP: opened and ended by a token or by request, told by webhook, listed apart."""

import pytest

from tests.integration.sandbox.merchant import Merchant, Reply
from tests.integration.sandbox.receiver import Receiver


def captured(merchant: Merchant, card: str = "tok_visa", *, amount: int = 5_000) -> str:
    payment = merchant.authorize(card).body["payment"]
    assert merchant.change("captures", payment, amount).status == 201
    assert isinstance(payment, str)
    return payment


def dispute(merchant: Merchant, **fields: object) -> Reply:
    return merchant.post("/_control/disputes", fields)


def charge(merchant: Merchant) -> tuple[int, int, int, int]:
    [one] = merchant.control("charges")["charges"]
    return one["captured"], one["refunded"], one["disputed"], one["charged_back"]


def test_a_dispute_opened_by_request_answers_201_with_its_operation(merchant: Merchant) -> None:
    payment = captured(merchant)
    opened = dispute(merchant, payment=payment, amount=1_200, reason="not_received")
    assert opened.status == 201
    assert merchant.disputes("auth_1") == [opened.body]
    assert opened.body.pop("id").startswith("sbx_dp_")
    assert opened.body.pop("created_at")[-1] == "Z"
    assert opened.body.pop("evidence_due")[-1] == "Z"
    assert opened.body == {
        "evidence": 0,
        "operation": "dispute",
        "payment": payment,
        "reference": "auth_1",
        "status": "opened",
        "amount": 1_200,
        "currency": "EUR",
        "decline_code": "not_received",
        "capture_before": None,
        "metadata": {"order": "ord_1"},
    }
    assert charge(merchant) == (5_000, 0, 1_200, 0)


def test_a_dispute_by_reference_takes_all_that_is_left(merchant: Merchant) -> None:
    payment = captured(merchant)
    merchant.change("refunds", payment, 1_000)
    opened = dispute(merchant, reference="auth_1").body
    assert (opened["payment"], opened["amount"]) == (payment, 4_000)
    assert opened["decline_code"] == "fraudulent"
    assert charge(merchant) == (5_000, 1_000, 4_000, 0)


@pytest.mark.parametrize(
    ("outcome", "after"), [("won", (5_000, 0, 0, 0)), ("lost", (5_000, 0, 0, 1_200))]
)
def test_a_dispute_is_ended_by_request_once(
    merchant: Merchant, outcome: str, after: tuple[int, int, int, int]
) -> None:
    opened = dispute(merchant, payment=captured(merchant), amount=1_200).body
    ended = dispute(merchant, dispute=opened["id"], outcome=outcome)
    assert (ended.status, ended.body) == (200, opened | {"status": outcome})
    assert merchant.disputes("auth_1") == [ended.body]
    again = dispute(merchant, dispute=opened["id"], outcome="won")
    assert (again.status, again.code) == (409, "invalid_state")
    assert charge(merchant) == after


def test_disputes_and_refunds_share_what_was_captured(merchant: Merchant) -> None:
    payment = captured(merchant)
    dispute(merchant, payment=payment, amount=1_000)
    lost = dispute(merchant, payment=payment, amount=1_500).body
    dispute(merchant, dispute=lost["id"], outcome="lost")
    refund = merchant.change("refunds", payment, 2_501)
    assert (refund.status, refund.code) == (400, "amount_too_large")
    too_much = dispute(merchant, payment=payment, amount=2_501)
    assert (too_much.status, too_much.code) == (400, "amount_too_large")
    assert merchant.change("refunds", payment, 2_500).status == 201
    refund = merchant.change("refunds", payment, 1)
    assert (refund.status, refund.code) == (409, "invalid_state")
    nothing_left = dispute(merchant, payment=payment)
    assert (nothing_left.status, nothing_left.code) == (409, "invalid_state")
    assert charge(merchant) == (5_000, 2_500, 1_000, 1_500)


def test_what_is_unknown_is_not_disputed(merchant: Merchant) -> None:
    captured(merchant)
    for fields in (
        {"payment": "sbx_pay_none"},
        {"reference": "none"},
        {"reference": "captures_1"},
        {"dispute": "sbx_dp_none", "outcome": "won"},
    ):
        reply = dispute(merchant, **fields)
        assert (reply.status, reply.code) == (404, "not_found")
    captured(merchant)
    twice = dispute(merchant, reference="auth_1")
    assert (twice.status, twice.code) == (400, "invalid_request")
    assert merchant.disputes("auth_1") == []


def test_a_dispute_is_listed_apart_from_the_operations(merchant: Merchant) -> None:
    authorized = merchant.authorize().body
    merchant.change("captures", authorized["payment"], 5_000)
    opened = dispute(merchant, payment=authorized["payment"]).body
    assert merchant.operations("auth_1") == [authorized]
    assert merchant.disputes("auth_1") == [opened]
    assert merchant.disputes("captures_1") == []
    assert merchant.request("GET", "/v1/disputes?reference=x", Authorization="no").status == 401


@pytest.mark.parametrize(
    ("token", "outcome"), [("tok_dispute_lost", "lost"), ("tok_dispute_won", "won")]
)
def test_a_dispute_is_told_when_it_is_opened_and_when_it_ends(
    merchant: Merchant, receiver: Receiver, token: str, outcome: str
) -> None:
    captured(merchant, token, amount=3_000)
    receiver.wait_for(2)
    merchant.control("clock", {"advance_seconds": 1})
    opened = receiver.wait_for(3)[2]
    merchant.control("clock", {"advance_seconds": 1})
    ended = receiver.wait_for(4)[3]
    assert opened.story == ("dispute.opened", "dispute", "fraudulent")
    assert ended.story == (f"dispute.{outcome}", "dispute", "fraudulent")
    assert opened.event["data"]["status"] == "opened"
    assert ended.event["data"] == opened.event["data"] | {"status": outcome}
    assert merchant.disputes("auth_1") == [ended.event["data"]]
    assert ended.event["data"]["amount"] == 3_000


def test_a_dispute_by_request_is_told_as_any_other(merchant: Merchant, receiver: Receiver) -> None:
    payment = captured(merchant)
    receiver.wait_for(2)
    opened = dispute(merchant, payment=payment).body
    assert receiver.wait_for(3)[2].event["data"] == opened
    ended = dispute(merchant, dispute=opened["id"], outcome="lost").body
    last = receiver.wait_for(4)[3]
    assert (last.event["type"], last.event["data"]) == ("dispute.lost", ended)
