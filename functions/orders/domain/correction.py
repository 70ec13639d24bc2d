"""What follows from a person's decision on a case: another try, or an order corrected to match."""

from __future__ import annotations

from dataclasses import replace

from orders.domain.compensation import Compensation, CompensationStatus, replacing
from orders.domain.decisions import Change, requested, undo
from orders.domain.facts import for_the_same, told_as_cancelled, with_refund
from orders.domain.order import Hold, Order, RefundStatus
from orders.domain.states import Trigger
from shared.contracts.compensation import Action, CaseResolved, OrderCorrected, Reason


def tried_again(order: Order, compensation: Compensation) -> Change:
    """By a new execution that counts no earlier failure; nothing if it has ended well meanwhile."""
    if compensation.status is not CompensationStatus.ESCALATED:
        return order, ()
    again = replace(
        compensation.again(), first_step=len(compensation.steps), since=None, due_at=None
    )
    return replace(order, compensations=replacing(order.compensations, again)), (
        requested(order, again),
    )


def corrected(order: Order, compensation: Compensation, told: CaseResolved) -> Change:
    """As a person has found it at the provider: the hold is gone, or the refund was paid by hand.

    It is an event of its own. Nothing where the facts have made it true already.
    """
    before = order.status
    if compensation.status is not CompensationStatus.ESCALATED:
        return order, ()
    after, messages = _as_found(order, compensation)
    if after == order:
        return order, ()
    return after, (
        OrderCorrected(
            order_id=order.order_id,
            payment_id=order.payment_id,
            case_id=told.case_id,
            before=before.value,
            after=after.status.value,
            reason=told.reason,
            actor=told.actor,
        ),
        *messages,
    )


def _as_found(order: Order, compensation: Compensation) -> Change:
    if compensation.reason is Reason.REFUND_FAILED:
        return refunded_by_hand(order, compensation.cause)
    if not compensation.steps:
        return order, ()
    last = compensation.steps[-1]
    if last.action is Action.RELEASE_HOLD:
        return let_go_by_hand(order)
    return refunded_by_hand(order, last.reference)


def let_go_by_hand(order: Order) -> Change:
    """A person has found that the provider holds nothing any more. Payments will tell it, too."""
    if order.hold not in {Hold.PENDING, Hold.HELD}:
        return order, ()
    after = order.moved(Trigger.PAYMENT_VOIDED, hold=Hold.RELEASED, by_hand=True)
    return after, told_as_cancelled(order, after)


def refunded_by_hand(order: Order, refund_id: str) -> Change:
    """A person has seen to it that the customer has the money of a refund that failed.

    Where it was made after all meanwhile, somebody has to be told; where that is not known yet,
    somebody will be.
    """
    same = for_the_same(order, refund_id)
    known = next((each for each in same if each.refund_id == refund_id), None)
    if known is None or known.by_hand:
        return order, ()
    awaited = known.status is RefundStatus.PENDING
    paid = replace(known, by_hand=True, status=known.status if awaited else RefundStatus.SUCCEEDED)
    after = order.moved(Trigger.REFUND_SUCCEEDED, refunds=with_refund(order, paid))
    if any(each.status is RefundStatus.SUCCEEDED for each in same):
        return undo(after, Reason.REFUNDED_TWICE, refund_id, amount=known.amount)
    return after, ()
