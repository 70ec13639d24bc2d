"""What a caller may decide of an order, and what each decision asks of payments."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from orders.domain.compensation import Compensation, compensation_id, replacing
from orders.domain.errors import (
    AmountExceedsAuthorized,
    AmountExceedsPaid,
    CancellationNotPossible,
    ConfirmationNotPossible,
    RefundNotPossible,
    RefundsExhausted,
    RetryNotPossible,
)
from orders.domain.order import (
    REFUNDS_MAX,
    Hold,
    Order,
    Purchase,
    Refund,
    RefundStatus,
    new_order,
)
from orders.domain.states import MACHINE, OrderStatus, Trigger
from shared.contracts.compensation import CompensationRequested, Reason
from shared.contracts.envelope import Message
from shared.contracts.orders import OrderCancelled, OrderConfirmed, OrderPlaced
from shared.contracts.payments import AuthorizePayment, CapturePayment, RefundPayment
from shared.errors.taxonomy import InvalidTransition
from shared.money import Money

type Change = tuple[Order, tuple[Message, ...]]


def place(
    purchase: Purchase, *, order_id: str, payment_id: str, correlation_id: str, now: datetime
) -> Change:
    """A new order, which asks for the authorization of its sum; raises AmountTooLarge."""
    order = new_order(
        purchase, order_id=order_id, payment_id=payment_id, correlation_id=correlation_id, now=now
    )
    placed = OrderPlaced(
        order_id=order_id,
        customer_id=purchase.customer_id,
        payment_id=payment_id,
        amount=order.amount,
    )
    return order, (placed, _authorize(order, purchase.payment_method_token))


def pay_anew(order: Order, payment_method_token: str) -> Change:
    """Try another payment method after a refusal or an expiry; raises RetryNotPossible.

    What payments have yet to tell of the last hold would be taken for news of the next one.
    """
    _allow(order, Trigger.PAYMENT_RETRIED, RetryNotPossible)
    if order.by_hand:
        raise RetryNotPossible("the provider has yet to let go of the last hold")
    retried = order.moved(
        Trigger.PAYMENT_RETRIED,
        hold=Hold.PENDING,
        release_wanted=False,
        authorizations=order.authorizations + 1,
        failure_code=None,
    )
    return retried, (_authorize(retried, payment_method_token),)


def confirm(order: Order, amount: Money) -> Change:
    """Ask for the capture of `amount`: the order will be delivered.

    Raises ConfirmationNotPossible, AmountExceedsAuthorized.
    """
    _allow(order, Trigger.CONFIRMED, ConfirmationNotPossible)
    if order.amount < amount:
        raise AmountExceedsAuthorized(f"{amount} of {order.amount}")
    assert amount.minor > 0
    number = order.captures + 1
    confirmed = order.moved(Trigger.CONFIRMED, capturing=True, captures=number, failure_code=None)
    return confirmed, (
        OrderConfirmed(order_id=order.order_id, payment_id=order.payment_id, amount=amount),
        CapturePayment(
            idempotency_key=f"{order.order_id}-capture-{number}",
            payment_id=order.payment_id,
            order_id=order.order_id,
            amount=amount,
        ),
    )


def cancel(order: Order, *, request_id: str) -> Change:
    """Give up an order before its money is captured; raises CancellationNotPossible.

    Where no money is held it is cancelled at once. Else it is undone, whatever that comes to: a
    hold is given back, and a capture that was under way and won the race is refunded.
    """
    _allow(order, Trigger.CANCELLED, CancellationNotPossible)
    if order.cancel_wanted:
        raise CancellationNotPossible("the order is being cancelled")
    cancelled = order.moved(Trigger.CANCELLED, cancel_wanted=True, failure_code=None)
    if cancelled.status is OrderStatus.CANCELLED:
        return cancelled, (OrderCancelled(order_id=order.order_id, payment_id=order.payment_id),)
    return undo(cancelled, Reason.ORDER_CANCELLED, request_id)


def lapse(order: Order) -> Change:
    """Give up an order that was not confirmed in time."""
    lapsed = order.moved(
        Trigger.NOT_CONFIRMED, cancel_wanted=True, failure_code=Reason.NOT_CONFIRMED.value
    )
    return undo(lapsed, Reason.NOT_CONFIRMED, f"authorization-{order.authorizations}")


def undo(
    order: Order,
    reason: Reason,
    cause: str,
    *,
    amount: Money | None = None,
    in_books: bool = False,
) -> Change:
    """With a compensation of what `cause` did, and what starts it; nothing if there is one."""
    name = compensation_id(order.payment_id, reason, cause)
    if order.compensation(name) is not None:
        return order, ()
    begun = Compensation(
        compensation_id=name, reason=reason, cause=cause, amount=amount, in_books=in_books
    )
    after = replace(order, compensations=replacing(order.compensations, begun))
    return after, (requested(order, begun),)


def undo_once_more(order: Order, compensation: Compensation) -> Change:
    """With one that had ended well, by another execution: what it was about has come undone."""
    again = replace(compensation.again(), in_books=True, since=None, due_at=None)
    after = replace(order, compensations=replacing(order.compensations, again))
    return after, (requested(order, again),)


def requested(order: Order, compensation: Compensation) -> CompensationRequested:
    """What starts the present execution of a compensation."""
    return CompensationRequested(
        compensation_id=compensation.compensation_id,
        payment_id=order.payment_id,
        order_id=order.order_id,
        reason=compensation.reason,
        execution=compensation.execution,
    )


def refund(order: Order, amount: Money, *, refund_id: str, reason: str) -> Change:
    """Reserve `amount` and ask for its refund.

    Raises RefundNotPossible, AmountExceedsPaid, RefundsExhausted.
    """
    _allow(order, Trigger.REFUND_REQUESTED, RefundNotPossible)
    if amount.minor <= 0 or order.refundable < amount:  # "all that is left" may be nothing
        raise AmountExceedsPaid(f"{amount} of {order.refundable}")
    if len(order.refunds) >= REFUNDS_MAX:
        raise RefundsExhausted
    requested = Refund(
        refund_id=refund_id, amount=amount, reason=reason, status=RefundStatus.PENDING
    )
    after = order.moved(Trigger.REFUND_REQUESTED, refunds=(*order.refunds, requested))
    return after, (
        RefundPayment(
            idempotency_key=refund_id,
            payment_id=order.payment_id,
            order_id=order.order_id,
            refund_id=refund_id,
            amount=amount,
            reason=reason,
        ),
    )


def _authorize(order: Order, token: str) -> AuthorizePayment:
    return AuthorizePayment(
        idempotency_key=f"{order.order_id}-authorize-{order.authorizations}",
        payment_id=order.payment_id,
        order_id=order.order_id,
        amount=order.amount,
        payment_method_token=token,
    )


def _allow(order: Order, trigger: Trigger, refusal: type[InvalidTransition]) -> None:
    if not MACHINE.allows(order.status, trigger):
        raise refusal(f"the order is {order.status}")
