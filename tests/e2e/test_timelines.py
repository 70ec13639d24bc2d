"""Whatever the platform runs on, an order's timeline tells the same messages in the same order.

A timeline goes by time, and never tells an effect before its cause. Two messages of which neither
caused the other may come in either order: so each step is over, in all three services, before the
next is asked for, and what one message causes side by side stands in a set.
"""

import uuid
from collections.abc import Sequence

from client.answers import Order
from client.timeline import Timeline, read_timeline
from client.watch import until
from shared.money import Money
from tests.e2e.driver import PATIENCE, Platform

type Line = tuple[str, str, str]
"""Service, message, and the message that caused it; a client's request is in no timeline."""

type Step = Line | frozenset[Line]
"""What comes next, or what comes next in any order: nothing orders the effects of one message."""

REQUEST = "a request"
PLACED: list[Step] = [
    ("orders", "OrderPlaced", REQUEST),
    ("orders", "AuthorizePayment", REQUEST),
    ("payments", "WebhookReceived", "AuthorizePayment"),
]
AUTHORIZED: list[Step] = [
    *PLACED,
    ("payments", "PaymentAuthorized", "WebhookReceived"),
    ("accounting", "LedgerEntryCreated", "PaymentAuthorized"),
]
CAPTURED: list[Step] = [
    *AUTHORIZED,
    ("orders", "OrderConfirmed", REQUEST),
    ("orders", "CapturePayment", REQUEST),
    ("payments", "WebhookReceived", "CapturePayment"),
    ("payments", "PaymentCaptured", "WebhookReceived"),
    ("accounting", "LedgerEntryCreated", "PaymentCaptured"),
]
REFUNDED: list[Step] = [
    *CAPTURED,
    ("orders", "RefundPayment", REQUEST),
    ("payments", "RefundRequested", "RefundPayment"),
    frozenset(
        {
            ("accounting", "LedgerEntryCreated", "RefundRequested"),
            ("payments", "WebhookReceived", "RefundPayment"),
            ("payments", "PaymentRefunded", "WebhookReceived"),
            ("accounting", "LedgerEntryCreated", "PaymentRefunded"),
        }
    ),
]
CANCELLED: list[Step] = [
    *AUTHORIZED,
    ("orders", "CompensationRequested", REQUEST),
    ("orders", "CancelPayment", "CompensationRequested"),
    ("payments", "WebhookReceived", "CancelPayment"),
    ("payments", "PaymentVoided", "WebhookReceived"),
    frozenset(
        {
            ("accounting", "LedgerEntryCreated", "PaymentVoided"),
            ("orders", "OrderCancelled", "PaymentVoided"),
            ("orders", "CompensationAdvanced", "PaymentVoided"),
            ("orders", "CompensationCompleted", "CompensationRequested"),
        }
    ),
]
FAILED: list[Step] = [*PLACED, ("payments", "PaymentFailed", "WebhookReceived")]


def lines(timeline: Timeline) -> list[Line]:
    known = {moment.id: moment.message for moment in timeline.moments}
    return [
        (moment.service, moment.message, known.get(moment.causation_id, REQUEST))
        for moment in timeline.moments
    ]


def steps(seen: Sequence[Line], like: Sequence[Step]) -> list[Step]:
    """The lines, those in sets that are expected in any order; what is left over at the end."""
    left = list(seen)
    taken: list[Step] = []
    for expected in like:
        if isinstance(expected, frozenset):
            taken.append(frozenset(left[: len(expected)]))
            del left[: len(expected)]
        else:
            taken += left[:1]
            del left[:1]
    return [*taken, *left]


def told(quittance: Platform, order: Order, expected: Sequence[Step]) -> list[Step]:
    """The timeline once the order rests and it is as long as expected."""
    quittance.rest(order)
    count = sum(len(step) if isinstance(step, frozenset) else 1 for step in expected)

    def look() -> list[Line]:
        return lines(read_timeline(quittance.api("auditor"), order["order_id"]))

    return steps(until(look, lambda seen: len(seen) >= count, PATIENCE), expected)


def test_a_captured_and_refunded_order(quittance: Platform) -> None:
    api, order = quittance.api(), quittance.place()
    order_id = order["order_id"]
    assert told(quittance, order, AUTHORIZED) == AUTHORIZED
    api.confirm_order(order_id, idempotency_key=str(uuid.uuid4()))
    assert told(quittance, order, CAPTURED) == CAPTURED
    api.refund_order(
        order_id,
        reason="one mug broken",
        idempotency_key=str(uuid.uuid4()),
        amount=Money(1000, "EUR"),
    )
    assert told(quittance, order, REFUNDED) == REFUNDED


def test_a_declined_order(quittance: Platform) -> None:
    assert told(quittance, quittance.place("tok_lost_card"), FAILED) == FAILED


def test_a_cancelled_order(quittance: Platform) -> None:
    order = quittance.place()
    assert told(quittance, order, AUTHORIZED) == AUTHORIZED
    quittance.api().cancel_order(order["order_id"], idempotency_key=str(uuid.uuid4()))
    assert told(quittance, order, CANCELLED) == CANCELLED
