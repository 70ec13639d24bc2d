"""What orders learn of their payment, in whatever order it comes.

Sums add up in any order. What is held is told by the payment's own sequence: an older word that
comes late says nothing new.
"""

from __future__ import annotations

from dataclasses import replace

from orders.domain.decisions import Change, confirm
from orders.domain.order import (
    CaptureMode,
    Dispute,
    DisputeStatus,
    Hold,
    Order,
    Refund,
    RefundStatus,
)
from orders.domain.states import OrderStatus, Trigger
from shared.contracts.orders import OrderCancelled
from shared.contracts.payments import CaptureFailed, PaymentRefunded, RefundFailed, Undoes
from shared.money import Money


def payment_authorized(order: Order, *, sequence: int) -> Change:
    """The money is held; an order with automatic capture is confirmed at once.

    One that came after the payment was given up is ignored: payments gives it back.
    """
    if sequence <= order.hold_sequence or order.hold is not Hold.PENDING:
        return order, ()
    held = order.moved(Trigger.PAYMENT_AUTHORIZED, hold=Hold.HELD, hold_sequence=sequence)
    if held.status is OrderStatus.AUTHORIZED and (order.purchase.capture is CaptureMode.AUTOMATIC):
        return confirm(held, order.amount)
    return held, ()


def payment_failed(order: Order, code: str, *, sequence: int) -> Change:
    return _let_go(order, Hold.REFUSED, Trigger.PAYMENT_FAILED, sequence, code)


def authorization_expired(order: Order, *, sequence: int) -> Change:
    return _let_go(
        order, Hold.EXPIRED, Trigger.AUTHORIZATION_EXPIRED, sequence, "authorization_expired"
    )


def payment_voided(order: Order, *, sequence: int) -> Change:
    return _let_go(order, Hold.RELEASED, Trigger.PAYMENT_VOIDED, sequence, None)


def void_failed(order: Order, code: str) -> Change:
    """The hold still stands, if there is one: the order can be cancelled again, or confirmed."""
    if order.status is not OrderStatus.CANCELLING:
        return order, ()
    return order.moved(Trigger.VOID_FAILED, cancel_wanted=False, failure_code=code), ()


def capture_booked(order: Order, amount: Money) -> Change:
    """What was captured stands in the ledger: the order is paid."""
    captured = order.captured + amount
    capturing = order.capturing and captured.minor <= 0  # it was undone before it was booked
    return order.moved(Trigger.CAPTURE_BOOKED, captured=captured, capturing=capturing), ()


def capture_failed(order: Order, event: CaptureFailed) -> Change:
    """Nothing was captured, or it is gone again: the order can be confirmed once more."""
    if event.undoes_capture:
        captured = order.captured - event.amount
        undone = order.moved(
            Trigger.CAPTURE_UNDONE,
            captured=captured,
            capturing=order.capturing and captured.minor >= 0,
            failure_code=event.code,
        )
        return undone, ()
    return (
        order.moved(Trigger.CAPTURE_FAILED, capturing=False, failure_code=event.code),
        (),
    )


def refunded(order: Order, event: PaymentRefunded) -> Change:
    known = _refund(order, event.refund_id, event.amount)
    if known.status is RefundStatus.FAILED:
        return order, ()  # it failed later, and that was heard of first
    refunds = _with_refund(order, replace(known, status=RefundStatus.SUCCEEDED))
    return order.moved(Trigger.REFUND_SUCCEEDED, refunds=refunds), ()


def refund_failed(order: Order, event: RefundFailed) -> Change:
    known = _refund(order, event.refund_id, event.amount)
    if known.reason == _FOREIGN and event.undoes is Undoes.NOTHING:
        return order, ()
    refunds = _with_refund(order, replace(known, status=RefundStatus.FAILED))
    failed = order.moved(Trigger.REFUND_FAILED, refunds=refunds, failure_code=event.code)
    return failed, ()


def dispute_told(order: Order, dispute_id: str, amount: Money, status: DisputeStatus) -> Change:
    """A dispute was opened or has ended; an end that is heard of first is not opened again."""
    trigger = {
        DisputeStatus.OPENED: Trigger.DISPUTE_OPENED,
        DisputeStatus.WON: Trigger.DISPUTE_WON,
        DisputeStatus.LOST: Trigger.DISPUTE_LOST,
    }[status]
    others = tuple(each for each in order.disputes if each.dispute_id != dispute_id)
    if status is DisputeStatus.OPENED and len(others) < len(order.disputes):
        return order, ()
    told = Dispute(dispute_id=dispute_id, amount=amount, status=status)
    return order.moved(trigger, disputes=(*others, told)), ()


def _let_go(order: Order, hold: Hold, trigger: Trigger, sequence: int, code: str | None) -> Change:
    """The money is not held (any more), unless that is old news."""
    if sequence <= order.hold_sequence or order.hold not in {Hold.PENDING, Hold.HELD}:
        return order, ()
    after = order.moved(
        trigger, hold=hold, hold_sequence=sequence, failure_code=code or order.failure_code
    )
    if after.status is OrderStatus.CANCELLED and order.status is not OrderStatus.CANCELLED:
        return after, (OrderCancelled(order_id=order.order_id, payment_id=order.payment_id),)
    return after, ()


_FOREIGN = "not asked for by the order"


def _refund(order: Order, refund_id: str, amount: Money) -> Refund:
    """The refund, which payments may have made by itself."""
    for known in order.refunds:
        if known.refund_id == refund_id:
            return known
    return Refund(refund_id=refund_id, amount=amount, reason=_FOREIGN, status=RefundStatus.PENDING)


def _with_refund(order: Order, changed: Refund) -> tuple[Refund, ...]:
    others = tuple(each for each in order.refunds if each.refund_id != changed.refund_id)
    return (*others, changed)
