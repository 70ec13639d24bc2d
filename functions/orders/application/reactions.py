"""The events this service reacts to, and what each makes it do."""

from collections.abc import Callable
from datetime import datetime
from typing import Final, assert_never

from orders.application.ports import Orders
from orders.domain import facts
from orders.domain.compensation import Terms
from orders.domain.decisions import Change
from orders.domain.errors import OrderUnknown
from orders.domain.order import DisputeStatus, Order
from orders.domain.undoing import followed
from shared.contracts.accounting import LedgerEntryCreated
from shared.contracts.envelope import Cause, Envelope
from shared.contracts.late import CaptureUnapplied
from shared.contracts.payments import (
    AuthorizationExpired,
    CaptureFailed,
    DisputeLost,
    DisputeOpened,
    DisputeWon,
    PaymentAuthorized,
    PaymentCaptured,
    PaymentFailed,
    PaymentRefunded,
    PaymentVoided,
    RefundFailed,
    VoidFailed,
)
from shared.persistence.until_fresh import until_fresh

type Subscribed = (
    PaymentAuthorized
    | PaymentFailed
    | AuthorizationExpired
    | CaptureFailed
    | CaptureUnapplied
    | PaymentVoided
    | VoidFailed
    | PaymentRefunded
    | RefundFailed
    | DisputeOpened
    | DisputeWon
    | DisputeLost
    | LedgerEntryCreated
)


REVERSALS: Final = frozenset({CaptureFailed.__name__, RefundFailed.__name__, "Reversal"})
"""What is booked when an entry of a capture or a refund is reversed, by us or by hand."""
type TermsAt = Callable[[datetime], Terms]


def react(envelope: Envelope[Subscribed], cause: Cause, *, orders: Orders, terms: TermsAt) -> None:
    """Move the order by one fact; raises OrderUnknown (parked), InvalidTransition (dead letter).

    What it makes necessary to undo, and who waits for just this, is told with it.
    """
    event = envelope.data
    if isinstance(event, LedgerEntryCreated) and not _concerns_orders(event):
        return

    def change() -> None:
        order = orders.find(event.order_id)
        if order is None:
            raise OrderUnknown
        changed, messages = _apply(event, order, sequence=envelope.sequence)
        changed, more = followed(changed, terms(cause.now))
        if changed == order and not messages:
            orders.acknowledge(cause)
        else:
            orders.commit(changed, (*messages, *more), cause)

    until_fresh(change)


def _concerns_orders(event: LedgerEntryCreated) -> bool:
    """The ledger books much more than what makes an order paid, or open anew."""
    return event.fact == PaymentCaptured.__name__ or (
        event.fact in REVERSALS and bool(event.order_id)
    )


def _apply(  # noqa: C901, PLR0911 - one case an event
    event: Subscribed, order: Order, *, sequence: int
) -> Change:
    match event:
        case PaymentAuthorized():
            return facts.payment_authorized(order, sequence=sequence)
        case PaymentFailed():
            return facts.payment_failed(order, event.decline_code, sequence=sequence)
        case AuthorizationExpired() | PaymentVoided() if event.remainder:
            return order, ()  # what a capture leaves says nothing of the order
        case AuthorizationExpired():
            return facts.authorization_expired(order, sequence=sequence)
        case PaymentVoided():
            return facts.payment_voided(order, sequence=sequence)
        case VoidFailed():
            return facts.void_failed(order, event.code)
        case CaptureFailed():
            return facts.capture_failed(order, event)
        case CaptureUnapplied():
            return facts.captured_late(order, event)
        case PaymentRefunded():
            return facts.refunded(order, event)
        case RefundFailed():
            return facts.refund_failed(order, event)
        case LedgerEntryCreated():
            return _booked(event, order)
        case _:
            return _disputed(event, order)


def _booked(event: LedgerEntryCreated, order: Order) -> Change:
    """What was captured makes an order paid; what was reversed is no longer in the books."""
    if event.fact == PaymentCaptured.__name__:
        return facts.capture_booked(order, event.amount)
    return facts.reversal_booked(order, event.reference)


def _disputed(event: DisputeOpened | DisputeWon | DisputeLost, order: Order) -> Change:
    match event:
        case DisputeOpened():
            status = DisputeStatus.OPENED
        case DisputeWon():
            status = DisputeStatus.WON
        case DisputeLost():
            status = DisputeStatus.LOST
        case _:
            assert_never(event)
    return facts.dispute_told(order, event.dispute_id, event.amount, status)
