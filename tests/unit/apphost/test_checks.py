"""Each of the demo's checks fails when what it watches over is broken, and only then."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from apphost.checks import run_checks
from apphost.story import Charge, Reconciled, Story, Told
from client.api import Reply
from client.timeline import Moment, Timeline

BALANCE: Any = {
    "accounts": [
        {"account": "1100", "balance": 0, "credit": 13464},
        {"account": "4000", "balance": 13464, "credit": 13464},
    ],
    "total_debit": 13464,
    "total_credit": 13464,
}
UNEQUAL: Any = {**BALANCE, "total_debit": 13463}


def order(name: str, status: str, failure_code: str | None = None) -> Any:
    return {
        "order_id": f"ord_{name}",
        "status": status,
        "payment_id": f"pay_{name}",
        "currency": "EUR",
        "failure_code": failure_code,
    }


def payment(name: str, status: str, decline_code: str | None = None) -> Any:
    return {
        "status": status,
        "attempts": [{"attempt_id": f"att_{name}", "decline_code": decline_code}],
    }


def entry(fact: str, *postings: tuple[str, str, int]) -> Any:
    return {
        "fact": fact,
        "postings": [
            {"account": account, "side": side, "amount": amount}
            for account, side, amount in postings
        ],
    }


def captured(debit: int = 4488, credit: int = 4488) -> Any:
    return entry("PaymentCaptured", ("1100", "debit", debit), ("4000", "credit", credit))


MEMO = entry("PaymentAuthorized", ("9000", "debit", 4488), ("9001", "credit", 4488))
SETTLED = entry(
    "PaymentSettled", ("1200", "debit", 4397), ("5000", "debit", 91), ("1100", "credit", 4488)
)
REQUESTED = entry("RefundRequested", ("4100", "debit", 4488), ("2100", "credit", 4488))
RETURNED = entry("PaymentRefunded", ("2100", "debit", 4488), ("1200", "credit", 4488))


def charge(name: str, captured: int, refunded: int = 0) -> Charge:
    return {
        "payment": f"sbx_pay_{name}",
        "reference": f"att_{name}",
        "metadata": {},
        "currency": "EUR",
        "authorized": 4488,
        "captured": captured,
        "refunded": refunded,
    }


def item(name: str, kind: str, found: str = "matched") -> Any:
    return {
        "class": found,
        "payment_id": f"pay_{name}",
        "operations": [{"kind": kind}],
        "lines": [{"line_id": f"line_{name}_{kind}"}],
    }


def moment(name: str, cause: str, correlation: str) -> Moment:
    return Moment("2026-11-24T10:00:00Z", "orders", "OrderPlaced", name, correlation, cause)


def told(ordered: Any, paid: Any, entries: Any, requests: set[str], *lines: str) -> Told:
    moments = tuple(
        moment(f"m{cause}", cause, ordered["order_id"]) for cause in sorted(requests | {*lines})
    )
    return Told(ordered, paid, entries, Timeline(ordered, moments), frozenset(requests))


ORDER_A, ORDER_B = order("a", "paid"), order("b", "payment_failed", "insufficient_funds")
PAYOUT: Any = {"payout_id": "sbx_po_000001", "state": "explained", "net": 8703}
RUN: Any = {"payouts": [PAYOUT, {**PAYOUT, "payout_id": "sbx_po_000002", "state": "unexplained"}]}
RECONCILED = Reconciled(
    reports=[{"number": 1, "currency": "EUR", "lines": 5, "payout": 8703}],
    run=RUN,
    items=[item("a", "capture"), item("c", "capture"), item("d", "capture"), item("d", "refund")],
)
STORY = Story(
    paid=told(
        ORDER_A,
        payment("a", "settled"),
        [MEMO, captured(), SETTLED],
        {"req_1", "req_2"},
        "payments/line/line_a_capture",
    ),
    declined=told(ORDER_B, payment("b", "failed", "insufficient_funds"), [], {"req_3"}),
    silent=told(order("c", "paid"), payment("c", "settled"), [captured(), SETTLED], {"req_4"}),
    refunded=told(
        order("d", "refunded"),
        payment("d", "refunded"),
        [captured(), REQUESTED, RETURNED, SETTLED],
        {"req_5"},
    ),
    placed=Reply(201, {}, ORDER_A),
    repeated=Reply(201, {"idempotency-replayed": "true"}, ORDER_A),
    reconciled=RECONCILED,
    balance=BALANCE,
    charges=[charge("a", 4488), charge("c", 4488), charge("d", 4488, refunded=4488)],
)


def paid(story: Story, **changes: Any) -> Story:
    return replace(story, paid=replace(story.paid, **changes))


def with_charges(story: Story, name: str, *instead: Charge) -> Story:
    others = [each for each in story.charges if each["reference"] != f"att_{name}"]
    return replace(story, charges=[*others, *instead])


def with_found(story: Story, **changes: Any) -> Story:
    return replace(story, reconciled=replace(story.reconciled, **changes))


def with_moment(story: Story, cause: str, correlation: str) -> Story:
    line = story.paid.timeline
    stray = moment("stray", cause, correlation)
    return paid(story, timeline=replace(line, moments=(*line.moments, stray)))


type Breaking = Callable[[Story], Story]

BROKEN: dict[str, tuple[str, Breaking]] = {
    "A is still capturing": (
        "order A is paid",
        lambda s: paid(s, order=order("a", "capturing")),
    ),
    "A's payment is only authorized": (
        "order A is paid",
        lambda s: paid(s, payment=payment("a", "authorized")),
    ),
    "B has no decline code": (
        "order B is refused with its code",
        lambda s: replace(s, declined=replace(s.declined, payment=payment("b", "failed"))),
    ),
    "C was taken for declined": (
        "order C is charged once, though nobody answered",
        lambda s: replace(s, silent=replace(s.silent, order=order("c", "payment_failed"))),
    ),
    "C was charged again": (
        "order C is charged once, though nobody answered",
        lambda s: with_charges(
            replace(s, balance=_with_revenue(17952)), "c", charge("c", 4488), charge("c", 4488)
        ),
    ),
    "D was given back twice": (
        "order D is given back once",
        lambda s: with_charges(s, "d", charge("d", 4488, refunded=8976)),
    ),
    "D is still owed": (
        "order D is given back once",
        lambda s: replace(
            s,
            refunded=replace(
                s.refunded, entries=[captured(), REQUESTED, SETTLED, _elsewhere(-4488)]
            ),
        ),
    ),
    "the second POST made another order": (
        "the same POST twice made one order",
        lambda s: replace(s, repeated=Reply(201, {"idempotency-replayed": "true"}, ORDER_B)),
    ),
    "the second POST is not marked": (
        "the same POST twice made one order",
        lambda s: replace(s, repeated=s.placed),
    ),
    "booked twice": (
        "booked once: Dr receivable, Cr revenue",
        lambda s: paid(s, entries=[captured(), captured(), SETTLED, _elsewhere(0, owed=-4488)]),
    ),
    "a cent short": (
        "booked once: Dr receivable, Cr revenue",
        lambda s: paid(s, entries=[captured(4488, 4487), SETTLED]),
    ),
    "a capture without its line": (
        "every capture and refund is settled",
        lambda s: with_found(s, items=[item("a", "capture", "expected"), *s.reconciled.items[1:]]),
    ),
    "a refund that nobody looked at": (
        "every capture and refund is settled",
        lambda s: with_found(s, items=s.reconciled.items[:3]),
    ),
    "a payout that is not explained": (
        "the payout is explained to the cent",
        lambda s: with_found(s, run={"payouts": [{**PAYOUT, "state": "unexplained"}]}),
    ),
    "a payout of another sum": (
        "the payout is explained to the cent",
        lambda s: with_found(s, run={"payouts": [{**PAYOUT, "net": 8702}]}),
    ),
    "no payout": (
        "the payout is explained to the cent",
        lambda s: with_found(s, reports=[]),
    ),
    "somebody owes a cent": (
        "nobody owes anything any more",
        lambda s: paid(s, entries=[captured(), SETTLED, _elsewhere(0, owed=1)]),
    ),
    "unequal": (
        "the trial balance is equal on both sides",
        lambda s: replace(s, balance=UNEQUAL),
    ),
    "charged twice": (
        "the acquirer's charges equal the ledger",
        lambda s: with_charges(s, "a", charge("a", 4488), charge("a", 4488)),
    ),
    "charged for nothing": (
        "the acquirer's charges equal the ledger",
        lambda s: replace(s, charges=[*s.charges, charge("nobody", 1)]),
    ),
    "not charged": (
        "the acquirer's charges equal the ledger",
        lambda s: with_charges(s, "a", charge("a", 0)),
    ),
    "charged in two parts": (
        "the acquirer's charges equal the ledger",
        lambda s: with_charges(s, "a", charge("a", 4000), charge("a", 488)),
    ),
    "a message of another flow": (
        "one correlation id along each order",
        lambda s: with_moment(s, "mreq_1", "another"),
    ),
    "a message from nowhere": (
        "every cause is known",
        lambda s: with_moment(s, "nobody", "ord_a"),
    ),
    "another order's line": (
        "every cause is known",
        lambda s: with_moment(s, "payments/line/line_c_capture", "ord_a"),
    ),
    "a request that caused nothing": (
        "every cause is known",
        lambda s: paid(s, requests=frozenset({"req_1", "req_2", "req_9"})),
    ),
}


def _with_revenue(minor: int) -> Any:
    return {**BALANCE, "accounts": [{"account": "4000", "balance": minor}]}


def _elsewhere(cleared: int, *, owed: int = 0) -> Any:
    """An entry of another fact, that lets only what is looked for be wrong."""
    return entry("ManualEntry", ("1200", "debit", cleared), ("1100", "debit", owed))


def test_what_was_taken_too_late_is_owed_back_and_no_revenue() -> None:
    late: Any = {"account": "2110", "balance": 0, "credit": 3998}
    balance: Any = {**BALANCE, "accounts": [*BALANCE["accounts"], late]}
    late_too = replace(
        STORY,
        balance=balance,
        charges=[*STORY.charges, charge("late", 3998, refunded=3998)],
    )
    assert [check.name for check in run_checks(late_too) if not check.held] == []


def test_a_good_story_passes_every_check() -> None:
    assert [check.name for check in run_checks(STORY) if not check.held] == []


@pytest.mark.parametrize(("name", "breaking"), BROKEN.values(), ids=BROKEN.keys())
def test_what_is_broken_is_noticed(name: str, breaking: Breaking) -> None:
    assert [check.name for check in run_checks(breaking(STORY)) if not check.held] == [name]
