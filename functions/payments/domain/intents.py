"""What may be begun: each intent reserves its amount before the provider hears of it.

Each raises OutcomeUnknown while an outcome is not known (wait), CurrencyDiffers, a refusal of its
own (AuthorizationNotPossible, …) for the state the payment is in, and AmountExceeds… for an amount
over what is left. The caller makes the returned payment durable before it calls the provider.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import Final

from payments.domain.attempt import NOT_FOUND, Attempt, AttemptStatus
from payments.domain.errors import (
    AmountExceedsCapturable,
    AmountExceedsRefundable,
    AuthorizationNotPossible,
    AuthorizationOver,
    CaptureMayCome,
    CaptureNotPossible,
    CurrencyDiffers,
    OutcomeUnknown,
    PaymentGivenUp,
    RefundNotPossible,
    VoidNotPossible,
)
from payments.domain.payment import Payment, status_of
from payments.domain.states import MACHINE, PaymentStatus, Trigger
from shared.contracts.payments import (
    AuthorizePayment,
    CapturePayment,
    RefundPayment,
    RefundRequested,
)
from shared.contracts.provider_notice import Operation
from shared.errors.taxonomy import InvalidTransition
from shared.money import Money


def start_authorization(
    payment: Payment, command: AuthorizePayment, *, cause_id: str, now: datetime
) -> Payment:
    """The first try, or another one with another payment method once nothing is held any more.

    Raises PaymentGivenUp when its cancellation has overtaken it, and CaptureMayCome when a capture
    of an earlier hold was given up: what comes of it yet could be told from no other.
    """
    if _capture_may_come(payment) and not may_be_held(payment):
        raise CaptureMayCome
    _allow(payment, Trigger.AUTHORIZATION_STARTED, AuthorizationNotPossible)
    if payment.cancel_requested:
        raise PaymentGivenUp
    _same_currency(payment, command.amount)
    nothing = payment.nothing
    fresh = replace(
        payment,
        payment_method_token=command.payment_method_token,
        amount=command.amount,
        authorized=nothing,
        released=nothing,
        expired=nothing,
        provider_payment=None,
        capture_before=None,
    )
    begun = fresh.with_attempt(Operation.AUTHORIZE, command.amount, cause_id=cause_id, now=now)
    return _moved(payment, Trigger.AUTHORIZATION_STARTED, begun)


def may_be_held(payment: Payment) -> bool:
    """Whether money is held, or is being authorized or captured."""
    tried = any(each.operation is Operation.AUTHORIZE for each in payment.undecided)
    return tried or payment.held.minor > 0 or payment.capturing.minor > 0


def _capture_may_come(payment: Payment) -> bool:
    """Whether a capture was given up since nobody knew of it: it may come yet, or has."""
    return any(
        each.operation is Operation.CAPTURE and (each.unapplied or each.decline_code == NOT_FOUND)
        for each in payment.attempts
    )


def start_capture(
    payment: Payment, command: CapturePayment, *, cause_id: str, now: datetime
) -> Payment:
    """Reserve the amount; a hold that its provider has let go is never captured."""
    _allow(payment, Trigger.CAPTURE_STARTED, CaptureNotPossible)
    _same_currency(payment, command.amount)
    if payment.held < command.amount:
        raise AmountExceedsCapturable(f"{command.amount} of {payment.held}")
    if payment.capture_before is not None and now >= payment.capture_before:
        raise AuthorizationOver
    begun = payment.with_attempt(
        Operation.CAPTURE, command.amount, cause_id=cause_id, now=now, final=command.final
    )
    reserved = replace(begun, capturing=payment.capturing + command.amount)
    return _moved(payment, Trigger.CAPTURE_STARTED, reserved)


def start_void(payment: Payment, *, cause_id: str, now: datetime) -> Payment:
    """Ask for everything that is still held to be given back.

    While the authorization is not decided nothing is begun: it will be given back when it succeeds.
    Where nothing is held any more nothing will be: an authorization that comes later is refused.
    """
    undecided = any(each.operation is Operation.AUTHORIZE for each in payment.undecided)
    if undecided or payment.status in _NOTHING_HELD:
        return replace(payment, cancel_requested=True)
    _allow(payment, Trigger.VOID_STARTED, VoidNotPossible)
    if payment.held.minor <= 0:
        raise VoidNotPossible("nothing is held")
    begun = payment.with_attempt(Operation.VOID, payment.held, cause_id=cause_id, now=now)
    return _moved(payment, Trigger.VOID_STARTED, begun)


def start_refund(
    payment: Payment, command: RefundPayment, *, cause_id: str, now: datetime
) -> tuple[Payment, RefundRequested]:
    """Reserve the amount; it is owed to the customer from now on."""
    _allow(payment, Trigger.REFUND_STARTED, RefundNotPossible)
    _same_currency(payment, command.amount)
    if payment.refundable < command.amount:
        raise AmountExceedsRefundable(f"{command.amount} of {payment.refundable}")
    begun = payment.with_attempt(
        Operation.REFUND,
        command.amount,
        cause_id=cause_id,
        now=now,
        refund=command,
    )
    reserved = replace(begun, refunding=payment.refunding + command.amount)
    requested = _requested(payment, begun.attempts[-1], command.reason)
    return _moved(payment, Trigger.REFUND_STARTED, reserved), requested


def refund_again(payment: Payment, attempt: Attempt) -> tuple[Payment, Attempt, RefundRequested]:
    """Reserve what a refund gave back that was given up too early: its request was taken back."""
    others = tuple(each for each in payment.attempts if each.attempt_id != attempt.attempt_id)
    owed = replace(payment, attempts=others).owed_of(attempt.amount)
    again = replace(attempt, already_owed=owed)
    reserved = replace(payment.replacing(again), refunding=payment.refunding + attempt.amount)
    return reserved, again, _requested(payment, again, "succeeded after it was given up")


def _requested(payment: Payment, attempt: Attempt, reason: str) -> RefundRequested:
    return RefundRequested(
        payment_id=payment.payment_id,
        order_id=payment.order_id,
        refund_id=str(attempt.refund_id),
        amount=attempt.amount,
        reason=reason,
        unapplied=attempt.unapplied,
        already_owed=attempt.already_owed,
    )


_NOTHING_HELD: Final = frozenset(
    {PaymentStatus.FAILED, PaymentStatus.EXPIRED, PaymentStatus.VOIDED}
)


def _allow(payment: Payment, trigger: Trigger, refusal: type[InvalidTransition]) -> None:
    if any(each.status is AttemptStatus.UNKNOWN for each in payment.attempts):
        raise OutcomeUnknown
    if not MACHINE.allows(payment.status, trigger):
        raise refusal(f"the payment is {payment.status}")


def _same_currency(payment: Payment, amount: Money) -> None:
    assert amount.minor > 0
    if amount.currency != payment.amount.currency:
        raise CurrencyDiffers(f"the payment is in {payment.amount.currency}")


def _moved(before: Payment, trigger: Trigger, after: Payment) -> Payment:
    target = status_of(after)
    MACHINE.check(before.status, trigger, target)
    return replace(after, status=target)
