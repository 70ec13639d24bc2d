"""What orders learn of their payment, in whatever order it comes.

Sums add up in any order. What is held is told by the payment's own sequence: an older word that
comes late says nothing new.
"""

from __future__ import annotations

from dataclasses import replace

from orders.domain.compensation import Compensation, CompensationStatus, replacing
from orders.domain.decisions import Change, confirm, undo, undo_once_more
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
from shared.contracts.compensation import Action, Outcome, Reason
from shared.contracts.envelope import Message
from shared.contracts.late import CaptureUnapplied
from shared.contracts.orders import OrderCancelled
from shared.contracts.payments import (
    CaptureFailed,
    PaymentRefunded,
    RefundFailed,
    Undoes,
)
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
    """It needs to be paid anew, unless it was being given up: then that has come by itself."""
    wanted = not (order.cancel_wanted or order.release_wanted)
    after, messages = _let_go(
        order, Hold.EXPIRED, Trigger.AUTHORIZATION_EXPIRED, sequence, "authorization_expired"
    )
    if after == order or not wanted or after.captured.minor > 0 or after.capturing:
        return after, messages
    cause = f"authorization-{order.authorizations}"
    return _also(messages, undo(after, Reason.AUTHORIZATION_EXPIRED, cause))


def payment_voided(order: Order, *, sequence: int) -> Change:
    return _let_go(order, Hold.RELEASED, Trigger.PAYMENT_VOIDED, sequence, None)


def void_failed(order: Order, code: str) -> Change:
    """The hold still stands, if there is one: whoever asked for its release decides what next."""
    after = _step_ended(order, Action.RELEASE_HOLD, Outcome.FAILED, code)
    if after == order:
        return order, ()
    return replace(after, failure_code=code), ()


def capture_booked(order: Order, amount: Money) -> Change:
    """What was captured stands in the ledger: the order is paid.

    One that was told as cancelled, since a person had taken its hold for gone, gets it back.
    """
    captured = order.captured + amount
    capturing = order.capturing and captured.minor <= 0  # it was undone before it was booked
    after = order.moved(Trigger.CAPTURE_BOOKED, captured=captured, capturing=capturing)
    if order.status is OrderStatus.CANCELLED and captured.minor > 0:
        given_up = replace(after, cancel_wanted=True)
        return undo(given_up, Reason.ORDER_CANCELLED, f"capture-{order.captures}")
    return after, ()


def captured_late(order: Order, event: CaptureUnapplied) -> Change:
    """Money came after the payment was given up: the order stays as it is, the money goes back."""
    return undo(order, Reason.CAPTURED_LATE, event.capture_id, amount=event.amount)


def capture_failed(order: Order, event: CaptureFailed) -> Change:
    """Nothing was captured: the hold is given back. Or it is gone again: the order is open anew."""
    if event.unapplied:
        return order, ()  # the order was never paid with it
    if event.undoes_capture:
        return _capture_undone(order, event)
    held = order.hold is Hold.HELD and order.captured.minor <= 0
    failed = order.moved(
        Trigger.CAPTURE_FAILED,
        capturing=False,
        release_wanted=held and not order.cancel_wanted,
        failure_code=event.code,
    )
    if failed.release_wanted:
        return undo(failed, Reason.CAPTURE_FAILED, f"capture-{order.captures}")
    return failed, told_as_cancelled(order, failed)


def _capture_undone(order: Order, event: CaptureFailed) -> Change:
    captured = order.captured - event.amount
    undone = order.moved(
        Trigger.CAPTURE_UNDONE,
        captured=captured,
        capturing=order.capturing and captured.minor >= 0,
        failure_code=event.code,
    )
    after, messages = undo(
        undone,
        Reason.CAPTURE_UNDONE,
        str(event.capture_id),
        amount=event.amount,
        in_books=True,
    )
    return after, (*told_as_cancelled(order, undone), *messages)


def reversal_booked(order: Order, reference: str) -> Change:
    """The ledger has reversed what it had booked of a capture or a refund."""
    if reference in order.reversals:
        return order, ()
    return replace(order, reversals=(*order.reversals, reference)), ()


def refunded(order: Order, event: PaymentRefunded) -> Change:
    """The customer has the money; that of a refund which was given up has come after all.

    Where a person has paid it by hand meanwhile, somebody has to be told.
    """
    known = _refund(order, event.refund_id, event.amount)
    if known.withdrawn:
        return order, ()  # it came back later, and that was heard of first
    refunds = with_refund(order, replace(known, status=RefundStatus.SUCCEEDED))
    after = order.moved(Trigger.REFUND_SUCCEEDED, refunds=refunds)
    after = _refund_step_ended(after, event.refund_id, Outcome.SUCCEEDED, None)
    if any(each.by_hand for each in for_the_same(after, event.refund_id)):
        return undo(after, Reason.REFUNDED_TWICE, event.refund_id, amount=event.amount)
    return after, ()


def refund_failed(order: Order, event: RefundFailed) -> Change:
    """Its amount may be refunded again. Whoever asked for it decides what next: that is the
    compensation it was a step of, else somebody has to be told."""
    known = _refund(order, event.refund_id, event.amount)
    if known.reason == _FOREIGN and event.undoes is Undoes.NOTHING:
        return order, ()
    came_back = event.undoes is Undoes.REFUND
    if known.status is RefundStatus.SUCCEEDED and not came_back:
        return order, ()  # it was given up before it succeeded, and that was heard of first
    if known.by_hand:
        return _paid_all_the_same(order, known, event), ()
    failed_refund = replace(
        known, status=RefundStatus.FAILED, withdrawn=known.withdrawn or came_back
    )
    refunds = with_refund(order, failed_refund)
    failed = order.moved(Trigger.REFUND_FAILED, refunds=refunds, failure_code=event.code)
    after = _refund_step_ended(failed, event.refund_id, Outcome.FAILED, event.code)
    if any(each.is_open and _asked_for(each, event.refund_id) for each in after.compensations):
        return after, ()
    for each in after.compensations:
        settled = each.status is CompensationStatus.COMPLETED
        if (each.reason, each.cause) == (Reason.REFUND_FAILED, event.refund_id) and settled:
            return undo_once_more(after, each)
    return undo(
        after,
        Reason.REFUND_FAILED,
        event.refund_id,
        amount=event.amount,
        in_books=event.undoes is not Undoes.NOTHING,
    )


def _paid_all_the_same(order: Order, known: Refund, event: RefundFailed) -> Order:
    """The provider has not paid it, or no longer: the customer has what a person has paid."""
    came_back = known.withdrawn or event.undoes is Undoes.REFUND
    kept = replace(known, status=RefundStatus.SUCCEEDED, withdrawn=came_back)
    after = order.moved(Trigger.REFUND_SUCCEEDED, refunds=with_refund(order, kept))
    return _refund_step_ended(after, event.refund_id, Outcome.FAILED, event.code)


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
    """The money is not held (any more), unless that is old news, or a person knew before."""
    if order.by_hand and sequence > order.hold_sequence:
        return replace(order, hold_sequence=sequence, by_hand=False), ()
    if sequence <= order.hold_sequence or order.hold not in {Hold.PENDING, Hold.HELD}:
        return order, ()
    moved = order.moved(
        trigger, hold=hold, hold_sequence=sequence, failure_code=code or order.failure_code
    )
    after = _step_ended(moved, Action.RELEASE_HOLD, Outcome.SUCCEEDED, None)
    return after, told_as_cancelled(order, after)


def for_the_same(order: Order, refund_id: str) -> list[Refund]:
    """A refund, and those that its compensation has asked for in its stead."""
    same = {refund_id}
    for each in order.compensations:
        if _asked_for(each, refund_id):
            same |= {step.reference for step in each.steps}
    return [each for each in order.refunds if each.refund_id in same]


def told_as_cancelled(before: Order, after: Order) -> tuple[Message, ...]:
    """What is told when an order has become cancelled."""
    if after.status is OrderStatus.CANCELLED and before.status is not OrderStatus.CANCELLED:
        return (OrderCancelled(order_id=after.order_id, payment_id=after.payment_id),)
    return ()


def _also(messages: tuple[Message, ...], change: Change) -> Change:
    order, more = change
    return order, (*messages, *more)


def _step_ended(order: Order, action: Action, outcome: Outcome, code: str | None) -> Order:
    """With the outcome of the one step of that kind that is under way, if there is one."""
    for each in order.compensations:
        pending = each.pending
        if pending is not None and pending.action is action:
            return _with(order, each.answered(pending.reference, outcome, code))
    return order


def _refund_step_ended(order: Order, refund_id: str, outcome: Outcome, code: str | None) -> Order:
    for each in order.compensations:
        if _asked_for(each, refund_id):
            return _with(order, each.answered(refund_id, outcome, code))
    return order


def _asked_for(compensation: Compensation, refund_id: str) -> bool:
    return any(step.reference == refund_id for step in compensation.steps)


def _with(order: Order, changed: Compensation) -> Order:
    return replace(order, compensations=replacing(order.compensations, changed))


_FOREIGN = "not asked for by the order"


def _refund(order: Order, refund_id: str, amount: Money) -> Refund:
    """The refund, which payments may have made by itself."""
    for known in order.refunds:
        if known.refund_id == refund_id:
            return known
    return Refund(refund_id=refund_id, amount=amount, reason=_FOREIGN, status=RefundStatus.PENDING)


def with_refund(order: Order, changed: Refund) -> tuple[Refund, ...]:
    """The order's refunds with one of them as it is now."""
    others = tuple(each for each in order.refunds if each.refund_id != changed.refund_id)
    return (*others, changed)
