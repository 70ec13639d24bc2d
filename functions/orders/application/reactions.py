"""The events this service reacts to, and what each makes it do."""

from typing import assert_never

from orders.application.ports import Orders
from orders.domain.errors import OrderUnknown
from orders.domain.order import Order
from shared.contracts.accounting import LedgerEntryCreated
from shared.contracts.envelope import Cause, Envelope, Message
from shared.contracts.payments import CaptureFailed, PaymentAuthorized, PaymentFailed
from shared.persistence.until_fresh import until_fresh

type Subscribed = PaymentAuthorized | PaymentFailed | CaptureFailed | LedgerEntryCreated


def react(envelope: Envelope[Subscribed], cause: Cause, *, orders: Orders) -> None:
    """Move the order by one fact; raises InvalidTransition for a fact that contradicts it."""
    event = envelope.data
    if isinstance(event, LedgerEntryCreated) and event.fact != "PaymentCaptured":
        return  # an order is paid by its capture; the ledger books much more than that

    def change() -> Order:
        order = orders.find(event.order_id)
        if order is None:
            raise OrderUnknown
        changed, messages = _apply(event, order)
        return orders.commit(changed, messages, cause)

    until_fresh(change)


def _apply(event: Subscribed, order: Order) -> tuple[Order, tuple[Message, ...]]:
    match event:
        case PaymentAuthorized():
            return order.payment_authorized()
        case PaymentFailed():
            return order.payment_failed(event.decline_code)
        case CaptureFailed():
            return order.capture_failed(event.code)
        case LedgerEntryCreated():
            return order.capture_booked(event.amount)
        case _:
            assert_never(event)
