"""What a provider's word changes. The same word again changes nothing, in whatever order it comes.

A provider's words on one operation only ever add up: nothing, success, success withdrawn. A word
that presumes an earlier one which has not come yet (an expiry, a reversal) tells both.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Final

from payments.domain.attempt import NOT_FOUND, Answer, Attempt, AttemptStatus
from payments.domain.disputes import dispute_noticed
from payments.domain.effects import (
    Change,
    authorization_expired,
    capture_reversed,
    failed,
    late_success,
    refund_reversed,
    succeeded,
)
from payments.domain.errors import NoticeContradicts
from payments.domain.payment import Payment
from payments.domain.second_holds import heard_of, is_second, known_as
from shared.contracts.disputes import PaymentOverdrawn
from shared.contracts.provider_notice import Notice, Operation, Verdict

_FAILURES: Final = {
    Verdict.DECLINED: AttemptStatus.DECLINED,
    Verdict.FAILED: AttemptStatus.FAILED,
}
_WITHDRAWALS: Final[dict[tuple[Operation, Verdict], Callable[[Payment, Attempt], Change]]] = {
    (Operation.AUTHORIZE, Verdict.EXPIRED): authorization_expired,
    (Operation.CAPTURE, Verdict.REVERSED): capture_reversed,
    (Operation.REFUND, Verdict.REVERSED): refund_reversed,
}


def answered(payment: Payment, reference: str, answer: Answer) -> Change:
    """With the provider's immediate answer, which is provisional unless it is a rejection."""
    attempt = payment.attempt(reference)
    assert attempt is not None, f"{reference} is not an attempt of {payment.payment_id}"
    if attempt.decided:
        return payment, ()
    provisional = attempt.answered(answer)
    changed = known_as(payment.replacing(provisional), answer.provider_payment, attempt)
    return failed(changed, provisional) if provisional.decided else (changed, ())


def absent(payment: Payment, reference: str) -> Change:
    """With the provider's answer, long after, that it has never heard of the attempt."""
    attempt = payment.attempt(reference)
    assert attempt is not None, f"{reference} is not an attempt of {payment.payment_id}"
    if attempt.decided:
        return payment, ()
    gone = replace(attempt, status=AttemptStatus.FAILED, decline_code=NOT_FOUND)
    return failed(payment.replacing(gone), gone)


def noticed(payment: Payment, notice: Notice) -> Change:
    """With a provider's own word on one operation.

    Where a refund or a dispute has taken more than is left it is told in addition. Raises
    NoticeContradicts for an operation that was never tried, for another amount, and for a word
    that cannot be true together with an earlier one.
    """
    after, messages = _applied(payment, notice)
    takes = notice.operation in {Operation.REFUND, Operation.DISPUTE}
    if not takes or after.overdrawn <= payment.overdrawn:
        return after, messages
    overdrawn = PaymentOverdrawn(
        payment_id=payment.payment_id, order_id=payment.order_id, excess=after.overdrawn
    )
    return after, (*messages, overdrawn)


def _applied(payment: Payment, notice: Notice) -> Change:
    if notice.amount.currency != payment.amount.currency:
        raise NoticeContradicts(f"{notice.amount} on a payment in {payment.amount.currency}")
    if notice.operation is Operation.DISPUTE:
        return dispute_noticed(payment, notice)
    attempt = payment.attempt(notice.reference)
    if attempt is None or attempt.operation is not notice.operation:
        raise NoticeContradicts("no such operation was started")
    if attempt.amount != notice.amount:
        raise NoticeContradicts(f"{notice.amount} instead of {attempt.amount}")
    if notice.verdict is None:
        return _taken_on(payment, attempt, notice)
    if notice.verdict in _FAILURES:
        return _failure(payment, attempt, notice)
    if notice.verdict is Verdict.SUCCEEDED:
        return _success(payment, attempt, notice)
    return _withdrawal(payment, attempt, notice)


def _taken_on(payment: Payment, attempt: Attempt, notice: Notice) -> Change:
    """The provider has it and has not decided: that much is certain now."""
    if not attempt.may_be_called:
        return payment, ()
    pending = replace(
        attempt, status=AttemptStatus.PENDING, provider_reference=notice.provider_reference
    )
    return known_as(payment.replacing(pending), notice.provider_payment, attempt), ()


def _failure(payment: Payment, attempt: Attempt, notice: Notice) -> Change:
    assert notice.verdict is not None
    status = _FAILURES[notice.verdict]
    if attempt.decided:
        if attempt.status is AttemptStatus.SUCCEEDED:
            raise NoticeContradicts(f"{status} after it succeeded")
        return payment, ()
    decided = replace(
        attempt,
        status=status,
        provider_reference=notice.provider_reference,
        decline_code=notice.decline_code or attempt.decline_code,
        decline_class=notice.decline_class or attempt.decline_class,
    )
    return failed(payment.replacing(decided), decided)


def _success(payment: Payment, attempt: Attempt, notice: Notice) -> Change:
    if attempt.status is AttemptStatus.SUCCEEDED:
        return payment, ()
    late = attempt.decided
    if late and attempt.decline_code != NOT_FOUND:
        raise NoticeContradicts(f"succeeded after {attempt.status}")
    decided = replace(
        attempt,
        status=AttemptStatus.SUCCEEDED,
        provider_reference=notice.provider_reference,
        decline_code=None,
        decline_class=None,
    )
    if is_second(payment, attempt):
        return heard_of(payment, decided, provider_payment=notice.provider_payment)
    known = known_as(payment.replacing(decided), notice.provider_payment, attempt)
    if notice.operation is Operation.AUTHORIZE:
        known = replace(known, capture_before=notice.capture_before)
    return late_success(known, decided) if late else succeeded(known, decided)


def _withdrawal(payment: Payment, attempt: Attempt, notice: Notice) -> Change:
    assert notice.verdict is not None
    withdraw = _WITHDRAWALS.get((notice.operation, notice.verdict))
    if withdraw is None:
        raise NoticeContradicts(f"{notice.operation} cannot be {notice.verdict}")
    if attempt.withdrawn:
        return payment, ()
    if attempt.operation is Operation.REFUND and not attempt.decided:
        attempt = replace(attempt, withdrawn=True)
    stands, told = _success(payment, attempt, notice)
    standing = stands.attempt(attempt.attempt_id)
    assert standing is not None
    gone = replace(standing, withdrawn=True, decline_code=notice.decline_code)
    withdrawn, also_told = withdraw(stands.replacing(gone), gone)
    return withdrawn, (*told, *also_told)
