"""How a failure is undone: from what is known of the order, the next move of a compensation.

Nothing is done while an outcome is not known: it waits. Nothing is touched but what its own cause
did, and nothing is asked for twice while the first request has no outcome.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum

from orders.domain.compensation import (
    EXECUTIONS_MAX,
    FAILURES_MAX,
    Compensation,
    CompensationStatus,
    Step,
    Terms,
    replacing,
)
from orders.domain.decisions import Change, lapse, requested
from orders.domain.order import REFUNDS_MAX, Hold, Order, Refund, RefundStatus
from orders.domain.states import OrderStatus, Trigger
from shared.contracts.compensation import (
    Action,
    CompensationAdvanced,
    CompensationCompleted,
    CompensationEscalated,
    Outcome,
    Reason,
)
from shared.contracts.envelope import Message
from shared.contracts.payments import CancelPayment, RefundPayment
from shared.money import Money


class Move(StrEnum):
    """What is next; the names are those of the state machine's choices."""

    RELEASE_HOLD = "release_hold"
    REFUND = "refund"
    WAIT = "wait"
    PAUSE = "pause"
    COMPLETE = "complete"
    ESCALATE = "escalate"
    STOP = "stop"


@dataclass(frozen=True, slots=True)
class Decision:
    """A move; `code` says why it is escalated, `amount` what is refunded."""

    move: Move
    code: str = ""
    amount: Money | None = None


WAIT = Decision(Move.WAIT)
COMPLETE = Decision(Move.COMPLETE)


def decided(  # noqa: PLR0911 - one case a reason
    order: Order, compensation: Compensation
) -> Decision:
    """The next move, by the facts alone."""
    if not compensation.is_open:
        return Decision(Move.STOP)
    if compensation.in_books and compensation.cause not in order.reversals:
        return WAIT
    match compensation.reason:
        case Reason.CAPTURED_LATE:
            return _given_back(order, compensation, compensation.amount)
        case Reason.REFUND_FAILED:
            return _not_refunded(order, compensation)
        case Reason.REFUNDED_TWICE:
            return _refunded_twice(order, compensation)
        case Reason.AUTHORIZATION_EXPIRED:
            return COMPLETE
        case Reason.CAPTURE_UNDONE:
            return _without_capture(order, compensation)
        case _:
            return _given_up(order, compensation)


def _given_up(order: Order, compensation: Compensation) -> Decision:
    """The order gets no money: what is held is let go of, what was taken goes back."""
    if order.capturing:
        return WAIT
    if order.captured.minor > 0:
        if not order.cancel_wanted:
            return COMPLETE  # it was paid after all, and nobody objects
        return _given_back(order, compensation, None)
    return _let_go(order, compensation)


def _let_go(order: Order, compensation: Compensation) -> Decision:
    if order.hold not in {Hold.PENDING, Hold.HELD}:
        return COMPLETE
    if not (order.cancel_wanted or order.release_wanted):
        return COMPLETE  # it was given up and taken up again
    return _next_try(compensation, Decision(Move.RELEASE_HOLD), "void_failed")


def _given_back(order: Order, compensation: Compensation, amount: Money | None) -> Decision:
    """`amount` is refunded, or all that is left of the order's."""
    if amount is not None:
        succeeded = any(step.outcome is Outcome.SUCCEEDED for step in compensation.steps)
        by_itself = compensation.cause in order.reversals
        if succeeded or (by_itself and compensation.pending is None):
            return COMPLETE
    elif order.refunding.minor > 0:
        return WAIT
    elif order.refundable.minor <= 0:
        return COMPLETE
    if len(order.refunds) >= REFUNDS_MAX:
        return Decision(Move.ESCALATE, "refunds_exhausted")
    refund = Decision(Move.REFUND, amount=amount or order.refundable)
    return _next_try(compensation, refund, "refund_failed")


def _not_refunded(order: Order, compensation: Compensation) -> Decision:
    """A person decides, unless what was given up has succeeded after all."""
    if any(
        (each.refund_id, each.status) == (compensation.cause, RefundStatus.SUCCEEDED)
        for each in order.refunds
    ):
        return COMPLETE
    return Decision(Move.ESCALATE, "refund_failed")


def _refunded_twice(order: Order, compensation: Compensation) -> Decision:
    """A person decides, unless what the provider gave has come back."""
    gave = next(each for each in order.refunds if each.refund_id == compensation.cause)
    return COMPLETE if gave.withdrawn else Decision(Move.ESCALATE, "refunded_twice")


def _without_capture(order: Order, compensation: Compensation) -> Decision:
    """The money is gone again; what was refunded of it was ours."""
    given = order.refunding + order.refunded
    if order.captured < given:
        return Decision(Move.ESCALATE, "refunded_without_capture")
    if order.capturing or order.captured.minor > 0:
        return COMPLETE
    return _let_go(order, compensation)


def _next_try(compensation: Compensation, move: Decision, code: str) -> Decision:
    """One try at a time, a pause behind each that failed, and a person in the end."""
    if compensation.pending is not None:
        return WAIT
    if compensation.failures >= FAILURES_MAX:
        return Decision(Move.ESCALATE, code)
    return move


def overdue(compensation: Compensation, terms: Terms) -> bool:
    """Whether it has waited longer than anybody should."""
    return compensation.since is not None and terms.now >= compensation.since + terms.patience


def sent(order: Order, compensation: Compensation, decision: Decision, terms: Terms) -> Change:
    """With the command that the decision asks for, if it asks for any."""
    if decision.move is Move.WAIT:
        return order, ()
    number = len(compensation.steps) + 1
    name = f"{compensation.compensation_id}-{decision.move.replace('_', '-')}-{number}"
    stamped = replace(compensation, since=terms.now)
    if decision.move is Move.RELEASE_HOLD:
        step = Step(action=Action.RELEASE_HOLD, reference=name)
        return _with(order, stamped.sent(step)), (
            CancelPayment(
                idempotency_key=name,
                payment_id=order.payment_id,
                order_id=order.order_id,
                reason=compensation.reason.value,
            ),
        )
    amount = decision.amount
    assert decision.move is Move.REFUND
    assert amount is not None
    unapplied = compensation.reason is Reason.CAPTURED_LATE
    refund = Refund(
        refund_id=name,
        amount=amount,
        reason=compensation.reason.value,
        status=RefundStatus.PENDING,
        unapplied=unapplied,
    )
    step = Step(action=Action.REFUND, reference=name, amount=amount)
    asked = order if unapplied else order.moved(Trigger.REFUND_REQUESTED)
    after = replace(_with(asked, stamped.sent(step)), refunds=(*order.refunds, refund))
    return after, (
        RefundPayment(
            idempotency_key=name,
            payment_id=order.payment_id,
            order_id=order.order_id,
            refund_id=name,
            amount=amount,
            reason=compensation.reason.value,
            unapplied=unapplied,
        ),
    )


def waiting(order: Order, compensation_id: str, token: str, terms: Terms) -> Order:
    """With the token that the present execution waits with."""
    compensation = order.compensation(compensation_id)
    assert compensation is not None
    return _with(
        order,
        replace(compensation, token=token, told=False, due_at=terms.now + terms.watch),
    )


def ended(order: Order, compensation: Compensation, decision: Decision) -> Change:
    """Completed or escalated, and told."""
    if decision.move is Move.COMPLETE:
        done = compensation.ended(CompensationStatus.COMPLETED)
        return _with(order, done), (
            CompensationCompleted(
                compensation_id=done.compensation_id,
                payment_id=order.payment_id,
                order_id=order.order_id,
                reason=done.reason,
                tried=done.tried,
            ),
        )
    assert decision.move is Move.ESCALATE
    left = compensation.ended(CompensationStatus.ESCALATED, decision.code)
    return _with(order, left), (
        CompensationEscalated(
            compensation_id=left.compensation_id,
            payment_id=order.payment_id,
            order_id=order.order_id,
            reason=left.reason,
            code=decision.code,
            order_status=order.status.value,
            tried=left.tried,
        ),
    )


def followed(order: Order, terms: Terms) -> Change:
    """After anything has changed: deadlines stamped, and whoever waits told that it need not."""
    messages: list[Message] = []
    for each in order.compensations:
        if not each.is_open:
            continue
        after = each
        if each.since is None:
            after = replace(each, since=terms.now, due_at=terms.now + terms.watch)
        if each.token is not None and not each.told and decided(order, each) != WAIT:
            after = replace(after, told=True)
            messages.append(
                CompensationAdvanced(
                    compensation_id=each.compensation_id,
                    payment_id=order.payment_id,
                    order_id=order.order_id,
                    execution=each.execution,
                )
            )
        if after != each:
            order = _with(order, after)
    return _stamped(order, terms), tuple(messages)


def attended(order: Order, terms: Terms) -> Change:
    """What the clock asks for: give up what was not confirmed, replace executions that are gone."""
    messages: list[Message] = []
    if order.confirm_by is not None and order.confirm_by <= terms.now:
        order, begun = lapse(order)
        messages += begun
    for each in order.compensations:
        if each.due_at is None or each.due_at > terms.now:
            continue
        if each.execution >= EXECUTIONS_MAX:
            order, told = ended(order, each, Decision(Move.ESCALATE, "executions_failed"))
            messages += told
            continue
        again = replace(each.again(), due_at=terms.now + terms.watch)
        order = _with(order, again)
        messages.append(requested(order, again))
    followed_order, more = followed(order, terms)
    return followed_order, (*messages, *more)


def _stamped(order: Order, terms: Terms) -> Order:
    """An order waits for its confirmation for so long, and no longer."""
    if order.status is not OrderStatus.AUTHORIZED:
        return replace(order, confirm_by=None) if order.confirm_by else order
    if order.confirm_by is None:
        return replace(order, confirm_by=terms.now + terms.confirmation)
    return order


def _with(order: Order, changed: Compensation) -> Order:
    return replace(order, compensations=replacing(order.compensations, changed))
