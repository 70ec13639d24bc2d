"""What each fact does to a payment's amounts, and the event that tells it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Final

from payments.domain.attempt import Attempt
from payments.domain.errors import NoticeContradicts, NoticeEarly
from payments.domain.intents import refund_again
from payments.domain.payment import Payment, status_of
from payments.domain.second_holds import give_back, void_refused
from payments.domain.states import MACHINE, Trigger
from shared.contracts.envelope import Message
from shared.contracts.late import CaptureUnapplied
from shared.contracts.payments import (
    AuthorizationExpired,
    CaptureFailed,
    PaymentAuthorized,
    PaymentCaptured,
    PaymentFailed,
    PaymentRefunded,
    PaymentVoided,
    RefundFailed,
    Undoes,
    VoidFailed,
)
from shared.contracts.provider_notice import DeclineClass, Operation
from shared.errors.taxonomy import InvalidTransition

type Change = tuple[Payment, tuple[Message, ...]]


def moved(before: Payment, trigger: Trigger, after: Payment) -> Payment:
    """With the status that follows; raises NoticeContradicts for a transition that is not listed.

    What is no longer held at an expired authorization, and not reserved by anything under way, has
    expired with it: see `_expire_the_rest`.
    """
    target = status_of(after)
    try:
        MACHINE.check(before.status, trigger, target)
    except InvalidTransition as refusal:
        raise NoticeContradicts(refusal.detail) from None
    return replace(after, status=target, checks=0)


def succeeded(payment: Payment, attempt: Attempt) -> Change:
    """The attempt, already marked so in `payment`, took effect."""
    if attempt.beside is not None:
        return payment, ()
    return _settled(_SUCCESS[attempt.operation](payment, attempt))


def failed(payment: Payment, attempt: Attempt) -> Change:
    """The attempt, already marked so in `payment`, did not and will not take effect."""
    if attempt.beside is not None:
        return void_refused(payment, attempt, _code(attempt))
    return _settled(_FAILURE[attempt.operation](payment, attempt))


def late_success(payment: Payment, attempt: Attempt) -> Change:
    """What had been given up has happened after all: it is taken back, and never kept as revenue.

    A late authorization is voided by a command of our own (see `second_holds` for one that another
    has followed); a late capture is told as owed back, and orders have it refunded.
    """
    match attempt.operation:
        case Operation.AUTHORIZE:
            after, messages = succeeded(replace(payment, cancel_requested=True), attempt)
            return replace(after, cancel_requested=payment.cancel_requested), messages
        case Operation.CAPTURE:
            return _settled(_captured_late(payment, attempt))
        case Operation.REFUND:
            reserved, again, requested = refund_again(payment, attempt)
            after, messages = succeeded(reserved, again)
            return after, (requested, *messages)
        case _:
            return succeeded(payment, attempt)


def authorization_expired(payment: Payment, _: Attempt) -> Change:
    """What is held expires by the attempt's mark in `payment`."""
    return _settled((payment, ()))


def capture_reversed(payment: Payment, attempt: Attempt) -> Change:
    """Money that was captured is gone again: held, unless it came after it was given up."""
    given_up = attempt.amount if attempt.unapplied else payment.nothing
    captured, released = payment.captured - attempt.amount, payment.released + given_up
    after = replace(payment, captured=captured, released=released)
    event = CaptureFailed(
        payment_id=payment.payment_id,
        order_id=payment.order_id,
        amount=attempt.amount,
        code=_code(attempt),
        capture_id=attempt.attempt_id,
        undoes_capture=True,
        unapplied=attempt.unapplied,
    )
    return _settled((moved(payment, Trigger.CAPTURE_REVERSED, after), (event,)))


def refund_reversed(payment: Payment, attempt: Attempt) -> Change:
    """A refund came back: the customer is owed it again."""
    after = replace(payment, refunded=payment.refunded - attempt.amount)
    event = _refund_failed(payment, attempt, Undoes.REFUND)
    return moved(payment, Trigger.REFUND_REVERSED, after), (event,)


def _authorization_succeeded(payment: Payment, attempt: Attempt) -> Change:
    after = replace(payment, authorized=attempt.amount)
    event = PaymentAuthorized(
        payment_id=payment.payment_id,
        order_id=payment.order_id,
        amount=attempt.amount,
        provider=attempt.provider,
        provider_reference=str(attempt.provider_reference),
        capture_before=payment.capture_before,
    )
    messages: tuple[Message, ...] = (event,)
    if payment.cancel_requested:
        messages = (event, give_back(payment, attempt))
    return moved(payment, Trigger.AUTHORIZATION_SUCCEEDED, after), messages


def _authorization_declined(payment: Payment, attempt: Attempt) -> Change:
    event = PaymentFailed(
        payment_id=payment.payment_id,
        order_id=payment.order_id,
        amount=attempt.amount,
        decline_code=_code(attempt),
        decline_class=attempt.decline_class or DeclineClass.TECHNICAL,
    )
    return moved(payment, Trigger.AUTHORIZATION_DECLINED, payment), (event,)


def _captured_late(payment: Payment, attempt: Attempt) -> Change:
    """From what is still held as if it had come in time; else it is unapplied and owed back."""
    capturing = payment.capturing + attempt.amount
    if attempt.amount <= payment.held:
        return _capture_succeeded(replace(payment, capturing=capturing), attempt)
    if attempt.amount <= payment.released:
        untrue = replace(payment, released=payment.released - attempt.amount)
    elif attempt.amount <= payment.expired:
        untrue = replace(payment, expired=payment.expired - attempt.amount)
    else:
        raise NoticeContradicts("captured more than was authorized")
    return _capture_succeeded(replace(untrue, capturing=capturing), attempt, unapplied=True)


def _capture_succeeded(payment: Payment, attempt: Attempt, *, unapplied: bool = False) -> Change:
    captured, capturing = payment.captured + attempt.amount, payment.capturing - attempt.amount
    taken = replace(payment, captured=captured, capturing=capturing)
    messages: tuple[Message, ...] = (
        PaymentCaptured(
            payment_id=payment.payment_id,
            order_id=payment.order_id,
            capture_id=attempt.attempt_id,
            amount=attempt.amount,
            captured=captured,
            provider=attempt.provider,
            provider_reference=str(attempt.provider_reference),
            unapplied=unapplied,
        ),
    )
    if unapplied:
        owed_back = CaptureUnapplied(
            payment_id=payment.payment_id,
            order_id=payment.order_id,
            capture_id=attempt.attempt_id,
            amount=attempt.amount,
        )
        messages = (*messages, owed_back)
        taken = taken.replacing(replace(attempt, unapplied=True))
    if attempt.final and taken.held.minor > 0:
        rest = PaymentVoided(
            payment_id=payment.payment_id,
            order_id=payment.order_id,
            amount=taken.held,
            remainder=True,
        )
        messages = (*messages, rest)
        taken = replace(taken, released=taken.released + taken.held)
    return moved(payment, Trigger.CAPTURE_SUCCEEDED, taken), messages


def _capture_failed(payment: Payment, attempt: Attempt) -> Change:
    after = replace(payment, capturing=payment.capturing - attempt.amount)
    event = CaptureFailed(
        payment_id=payment.payment_id,
        order_id=payment.order_id,
        amount=attempt.amount,
        code=_code(attempt),
        capture_id=attempt.attempt_id,
    )
    return moved(payment, Trigger.CAPTURE_FAILED, after), (event,)


def _void_succeeded(payment: Payment, attempt: Attempt) -> Change:
    if payment.held < attempt.amount:
        raise NoticeContradicts("gave more back than was held")
    after = replace(payment, released=payment.released + attempt.amount)
    event = PaymentVoided(
        payment_id=payment.payment_id,
        order_id=payment.order_id,
        amount=attempt.amount,
        remainder=payment.captured.minor > 0,
    )
    return moved(payment, Trigger.VOID_SUCCEEDED, after), (event,)


def _void_failed(payment: Payment, attempt: Attempt) -> Change:
    event = VoidFailed(
        payment_id=payment.payment_id, order_id=payment.order_id, code=_code(attempt)
    )
    standing = replace(payment, cancel_requested=False)
    return moved(payment, Trigger.VOID_FAILED, standing), (event,)


def _refund_succeeded(payment: Payment, attempt: Attempt) -> Change:
    refunded = payment.refunded + attempt.amount
    back = payment.given_back + attempt.amount
    stands = not attempt.withdrawn  # else others may have taken since what it gave back
    if stands and payment.captured < back <= payment.captured + payment.capturing:
        raise NoticeEarly
    after = replace(payment, refunded=refunded, refunding=payment.refunding - attempt.amount)
    event = PaymentRefunded(
        payment_id=payment.payment_id,
        order_id=payment.order_id,
        refund_id=str(attempt.refund_id),
        amount=attempt.amount,
        refunded=refunded,
        provider=attempt.provider,
        provider_reference=str(attempt.provider_reference),
    )
    return moved(payment, Trigger.REFUND_SUCCEEDED, after), (event,)


def _refund_refused(payment: Payment, attempt: Attempt) -> Change:
    after = replace(payment, refunding=payment.refunding - attempt.amount)
    event = _refund_failed(payment, attempt, Undoes.REQUEST)
    return moved(payment, Trigger.REFUND_FAILED, after), (event,)


def _settled(change: Change) -> Change:
    """What an expired authorization still holds, and nothing under way has reserved, expires."""
    payment, messages = change
    holds = [each for each in payment.attempts if each.operation is Operation.AUTHORIZE]
    waits = any(
        each.operation in {Operation.CAPTURE, Operation.VOID} and each.beside is None
        for each in payment.undecided
    )
    if not holds[-1].withdrawn or waits or payment.held.minor <= 0:
        return change
    after = replace(payment, expired=payment.expired + payment.held)
    event = AuthorizationExpired(
        payment_id=payment.payment_id,
        order_id=payment.order_id,
        amount=payment.held,
        remainder=payment.captured.minor > 0,
    )
    return moved(payment, Trigger.AUTHORIZATION_EXPIRED, after), (*messages, event)


def _refund_failed(payment: Payment, attempt: Attempt, undoes: Undoes) -> RefundFailed:
    return RefundFailed(
        payment_id=payment.payment_id,
        order_id=payment.order_id,
        refund_id=str(attempt.refund_id),
        amount=attempt.amount,
        code=_code(attempt),
        undoes=undoes,
        unapplied=attempt.unapplied,
        already_owed=attempt.already_owed,
    )


def _code(attempt: Attempt) -> str:
    return attempt.decline_code or attempt.status.value


_SUCCESS: Final[dict[Operation, Callable[[Payment, Attempt], Change]]] = {
    Operation.AUTHORIZE: _authorization_succeeded,
    Operation.CAPTURE: _capture_succeeded,
    Operation.VOID: _void_succeeded,
    Operation.REFUND: _refund_succeeded,
}
_FAILURE: Final[dict[Operation, Callable[[Payment, Attempt], Change]]] = {
    Operation.AUTHORIZE: _authorization_declined,
    Operation.CAPTURE: _capture_failed,
    Operation.VOID: _void_failed,
    Operation.REFUND: _refund_refused,
}
