"""A hold that comes when its payment was authorized anew: given back, and part of no amount.

Its provider had not known of it for so long that it was believed to hold nothing. Its name there is
kept with the attempts that are about it, `beside` the payment's own.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from payments.domain.attempt import Attempt, AttemptStatus
from payments.domain.errors import OutcomeUnknown
from payments.domain.payment import Payment
from shared.contracts.envelope import Message
from shared.contracts.payments import CancelPayment, NoticeContradicted
from shared.contracts.provider_notice import Operation


def known_as(payment: Payment, provider_payment: str | None, attempt: Attempt) -> Payment:
    """With its provider's name for it, unless the attempt is about another hold."""
    if provider_payment is None or attempt.beside is not None:
        return payment
    return replace(payment, provider_payment=provider_payment)


def is_second(payment: Payment, attempt: Attempt) -> bool:
    """Whether another authorization was begun after this one."""
    holds = [each for each in payment.attempts if each.operation is Operation.AUTHORIZE]
    return attempt.operation is Operation.AUTHORIZE and attempt.attempt_id != holds[-1].attempt_id


def heard_of(
    payment: Payment, attempt: Attempt, *, provider_payment: str
) -> tuple[Payment, tuple[Message, ...]]:
    """With the attempt, which has succeeded after all, and what has it given back."""
    second = replace(attempt, beside=provider_payment)
    return payment.replacing(second), (give_back(payment, second),)


def give_back(payment: Payment, attempt: Attempt) -> CancelPayment:
    """The command to let go of what was authorized after it was given up."""
    return CancelPayment(
        idempotency_key=f"{attempt.attempt_id}-cancel",
        payment_id=payment.payment_id,
        order_id=payment.order_id,
        reason="authorized after it was given up",
        authorization=None if attempt.beside is None else attempt.attempt_id,
    )


def start_giving_back(
    payment: Payment, authorization: str, *, cause_id: str, now: datetime
) -> Payment:
    """Ask for it once; nothing where it is over.

    Raises OutcomeUnknown while an outcome is not known, OperationsExhausted.
    """
    hold = payment.attempt(authorization)
    if hold is None or hold.beside is None or hold.withdrawn:
        return payment
    if any(
        (each.operation, each.beside) == (Operation.VOID, hold.beside) for each in payment.attempts
    ):
        return payment
    if any(each.status is AttemptStatus.UNKNOWN for each in payment.attempts):
        raise OutcomeUnknown
    begun = payment.with_attempt(Operation.VOID, hold.amount, cause_id=cause_id, now=now)
    return begun.replacing(replace(begun.attempts[-1], beside=hold.beside))


def void_refused(
    payment: Payment, attempt: Attempt, code: str
) -> tuple[Payment, tuple[Message, ...]]:
    """A person is told, unless the hold is over: it will be some day."""
    holds = [
        each
        for each in payment.attempts
        if each.operation is Operation.AUTHORIZE and each.beside == attempt.beside
    ]
    if holds[-1].withdrawn:
        return payment, ()
    return payment, (not_given_back(payment, holds[-1].attempt_id, code),)


def not_given_back(payment: Payment, authorization: str, code: str) -> NoticeContradicted:
    """What a person is told."""
    return NoticeContradicted(
        payment_id=payment.payment_id,
        order_id=payment.order_id,
        provider=payment.provider,
        reference=authorization,
        contradiction=f"authorized after it was given up, and not given back: {code}",
    )
