"""Each of the demo's checks fails when what it watches over is broken, and only then."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from apphost.checks import run_checks
from apphost.story import Charge, Story, Told
from client.api import Reply
from client.timeline import Moment, Timeline

PAID: Any = {"order_id": "ord_a", "status": "paid", "payment_id": "pay_a", "currency": "EUR"}
DECLINED: Any = {
    "order_id": "ord_b",
    "status": "payment_failed",
    "failure_code": "insufficient_funds",
}
CAPTURED: Any = {
    "status": "captured",
    "attempts": [{"attempt_id": "att_1", "decline_code": None}],
}
FAILED: Any = {"status": "failed", "attempts": [{"decline_code": "insufficient_funds"}]}
BALANCE: Any = {
    "accounts": [{"account": "1100", "balance": 0}, {"account": "4000", "balance": 4488}],
    "total_debit": 4488,
    "total_credit": 4488,
}

UNEQUAL: Any = {**BALANCE, "total_debit": 4487}


def entry(debit: int, credit: int) -> Any:
    return {
        "postings": [
            {"account": "1100", "side": "debit", "amount": debit},
            {"account": "4000", "side": "credit", "amount": credit},
        ]
    }


MEMO: Any = {
    "postings": [
        {"account": "9000", "side": "debit", "amount": 4488},
        {"account": "9001", "side": "credit", "amount": 4488},
    ]
}


def charge(captured: int) -> Charge:
    return {
        "payment": "sbx_pay_1",
        "reference": "att_1",
        "metadata": {},
        "currency": "EUR",
        "authorized": 4488,
        "captured": captured,
        "refunded": 0,
    }


def moment(name: str, cause: str, correlation: str) -> Moment:
    return Moment("2026-11-24T10:00:00Z", "orders", "OrderPlaced", name, correlation, cause)


def told(order: Any, payment: Any, entries: Any, requests: set[str]) -> Told:
    moments = tuple(moment(f"m{cause}", cause, order["order_id"]) for cause in sorted(requests))
    return Told(order, payment, entries, Timeline(order, moments), frozenset(requests))


STORY = Story(
    paid=told(PAID, CAPTURED, [MEMO, entry(4488, 4488)], {"req_1", "req_2"}),
    declined=told(DECLINED, FAILED, [], {"req_3"}),
    placed=Reply(201, {}, PAID),
    repeated=Reply(201, {"idempotency-replayed": "true"}, PAID),
    balance=BALANCE,
    charges=[charge(4488)],
)


def paid(story: Story, **changes: Any) -> Story:
    return replace(story, paid=replace(story.paid, **changes))


def with_moment(story: Story, cause: str, correlation: str) -> Story:
    line = story.paid.timeline
    stray = moment("stray", cause, correlation)
    return paid(story, timeline=replace(line, moments=(*line.moments, stray)))


type Breaking = Callable[[Story], Story]

BROKEN: dict[str, tuple[str, Breaking]] = {
    "A is still capturing": (
        "order A is paid",
        lambda s: paid(s, order={**PAID, "status": "capturing"}),
    ),
    "A's payment is only authorized": (
        "order A is paid",
        lambda s: paid(s, payment={**CAPTURED, "status": "authorized"}),
    ),
    "B has no decline code": (
        "order B is refused with its code",
        lambda s: replace(s, declined=replace(s.declined, payment=CAPTURED)),
    ),
    "the second POST made another order": (
        "the same POST twice made one order",
        lambda s: replace(s, repeated=Reply(201, {"idempotency-replayed": "true"}, DECLINED)),
    ),
    "the second POST is not marked": (
        "the same POST twice made one order",
        lambda s: replace(s, repeated=s.placed),
    ),
    "booked twice": (
        "booked once: Dr receivable, Cr revenue",
        lambda s: paid(s, entries=[entry(4488, 4488), entry(4488, 4488)]),
    ),
    "a cent short": (
        "booked once: Dr receivable, Cr revenue",
        lambda s: paid(s, entries=[entry(4488, 4487)]),
    ),
    "unequal": (
        "the trial balance is equal on both sides",
        lambda s: replace(s, balance=UNEQUAL),
    ),
    "charged twice": (
        "the acquirer's charges equal the ledger",
        lambda s: replace(s, charges=[charge(4488), charge(4488)]),
    ),
    "charged for nothing": (
        "the acquirer's charges equal the ledger",
        lambda s: replace(s, charges=[charge(4488), charge(1) | {"reference": "att_9"}]),
    ),
    "not charged": (
        "the acquirer's charges equal the ledger",
        lambda s: replace(s, charges=[charge(0)]),
    ),
    "charged in two parts": (
        "the acquirer's charges equal the ledger",
        lambda s: replace(s, charges=[charge(4000), charge(488)]),
    ),
    "a message of another flow": (
        "one correlation id along each order",
        lambda s: with_moment(s, "mreq_1", "another"),
    ),
    "a message from nowhere": (
        "every cause is known",
        lambda s: with_moment(s, "nobody", "ord_a"),
    ),
}


def test_a_good_story_passes_every_check() -> None:
    assert [check.name for check in run_checks(STORY) if not check.held] == []


@pytest.mark.parametrize(("name", "breaking"), BROKEN.values(), ids=BROKEN.keys())
def test_what_is_broken_is_noticed(name: str, breaking: Breaking) -> None:
    assert [check.name for check in run_checks(breaking(STORY)) if not check.held] == [name]
