"""Capture, void and refund: reserve first, then the provider, then the outcome."""

from collections.abc import Callable
from dataclasses import dataclass

from payments.application.carry_out import carry_out
from payments.application.ports import Gateway, Gateways, Payments
from payments.application.resolve_payment import resolve_payment
from payments.domain.attempt import Answer, Attempt
from payments.domain.effects import Change
from payments.domain.errors import OutcomeUnknown, PaymentUnknown
from payments.domain.intents import start_capture, start_refund, start_void
from payments.domain.payment import Payment
from payments.domain.second_holds import not_given_back, start_giving_back
from shared.contracts.envelope import Cause, Event
from shared.contracts.payments import (
    CancelPayment,
    CaptureFailed,
    CapturePayment,
    RefundFailed,
    RefundPayment,
    Undoes,
    VoidFailed,
)
from shared.errors.taxonomy import DomainException
from shared.persistence.until_fresh import until_fresh


@dataclass(frozen=True, slots=True, kw_only=True)
class _Steps:
    """One operation: what is begun, what our own refusal is told as, and which call is made."""

    start: Callable[[Payment], Change]
    refused: Callable[[Payment, str], Event]
    call: Callable[[Gateway, Attempt, str, dict[str, str]], Answer]


def capture_payment(
    command: CapturePayment, *, payments: Payments, gateways: Gateways, cause: Cause
) -> None:
    """Ask the provider to take the money; its notice says later whether it has.

    What our own rules refuse becomes CaptureFailed.
    """
    steps = _Steps(
        start=lambda payment: (
            start_capture(payment, command, cause_id=cause.id, now=cause.now),
            (),
        ),
        refused=lambda payment, code: CaptureFailed(
            payment_id=payment.payment_id,
            order_id=payment.order_id,
            amount=command.amount,
            code=code,
        ),
        call=lambda gateway, attempt, name, metadata: gateway.capture(
            attempt, provider_payment=name, metadata=metadata
        ),
    )
    _operate(command.payment_id, steps, payments, gateways, cause)


def cancel_payment(
    command: CancelPayment, *, payments: Payments, gateways: Gateways, cause: Cause
) -> None:
    """Ask the provider to give back what it holds; what our own rules refuse becomes VoidFailed.

    An authorization that is not decided yet is given back when it succeeds; one that came when the
    payment was authorized anew, by itself.
    """
    second = command.authorization
    steps = _Steps(
        start=lambda payment: (_start_void(payment, second, cause), ()),
        refused=lambda payment, code: (
            VoidFailed(payment_id=payment.payment_id, order_id=payment.order_id, code=code)
            if second is None
            else not_given_back(payment, second, code)
        ),
        call=lambda gateway, attempt, name, metadata: gateway.void(
            attempt, provider_payment=name, metadata=metadata
        ),
    )
    _operate(command.payment_id, steps, payments, gateways, cause)


def refund_payment(
    command: RefundPayment, *, payments: Payments, gateways: Gateways, cause: Cause
) -> None:
    """Ask the provider to give captured money back; what our rules refuse becomes RefundFailed."""

    def start(payment: Payment) -> Change:
        started, owed = start_refund(payment, command, cause_id=cause.id, now=cause.now)
        return started, (owed,)

    steps = _Steps(
        start=start,
        refused=lambda payment, code: RefundFailed(
            payment_id=payment.payment_id,
            order_id=payment.order_id,
            refund_id=command.refund_id,
            amount=command.amount,
            code=code,
            undoes=Undoes.NOTHING,
            unapplied=command.unapplied,
        ),
        call=lambda gateway, attempt, name, metadata: gateway.refund(
            attempt, provider_payment=name, metadata=metadata
        ),
    )
    _operate(command.payment_id, steps, payments, gateways, cause)


def _operate(
    payment_id: str, steps: _Steps, payments: Payments, gateways: Gateways, cause: Cause
) -> None:
    """Raises PaymentUnknown and OutcomeUnknown to be tried again.

    What is unknown is asked of the provider first: it is all that this operation waits for.
    """
    try:
        intent = until_fresh(lambda: _intent(payment_id, steps, payments, cause))
    except OutcomeUnknown:
        resolve_payment(payment_id, payments=payments, gateways=gateways, cause=cause)
        intent = until_fresh(lambda: _intent(payment_id, steps, payments, cause))
    if intent is None:
        return
    payment, first_try = intent
    gateway = gateways(payment.provider)
    carry_out(
        payment,
        first_try=first_try,
        call=lambda attempt, metadata: steps.call(
            gateway, attempt, _name(payment, attempt), metadata
        ),
        gateway=gateway,
        payments=payments,
        cause=cause,
    )


def _start_void(payment: Payment, second: str | None, cause: Cause) -> Payment:
    if second is None:
        return start_void(payment, cause_id=cause.id, now=cause.now)
    return start_giving_back(payment, second, cause_id=cause.id, now=cause.now)


def _name(payment: Payment, attempt: Attempt) -> str:
    """The provider's own: what may be called was authorized, and another try forgets the name."""
    if attempt.beside is not None:
        return attempt.beside
    assert payment.provider_payment is not None, f"{payment.payment_id} is not authorized"
    return payment.provider_payment


def _intent(
    payment_id: str, steps: _Steps, payments: Payments, cause: Cause
) -> tuple[Payment, bool] | None:
    """The payment with this cause's attempt, and whether it is new; None if nothing is begun."""
    payment = payments.find(payment_id)
    if payment is None:
        raise PaymentUnknown
    mine = payment.attempt_caused_by(cause.id)
    if mine is not None:
        if mine.may_be_called and payment.unknown_beside(mine):
            raise OutcomeUnknown  # not sent before, or not surely: it waits as a new one does
        return payment, False
    try:
        started, messages = steps.start(payment)
    except DomainException as refusal:
        payments.commit(payment, [steps.refused(payment, refusal.code)], cause)
        return None
    if started == payment:
        payments.acknowledge(cause)
        return None
    if started.attempt_caused_by(cause.id) is None:
        payments.commit(started, messages, cause)
        return None
    return payments.keep_intent(started, cause, messages=messages), True
