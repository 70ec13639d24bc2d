"""Capture a payment: reserve the amount first, then the provider, then the outcome."""

from payments.application.carry_out import carry_out
from payments.application.ports import Gateways, Payments
from payments.domain.errors import PaymentUnknown
from payments.domain.payment import Payment, capture_refused
from shared.contracts.envelope import Cause
from shared.contracts.payments import CapturePayment
from shared.errors.taxonomy import DomainException
from shared.persistence.until_fresh import until_fresh


def capture_payment(
    command: CapturePayment, *, payments: Payments, gateways: Gateways, cause: Cause
) -> None:
    """Ask the provider to take the money; its notice says later whether it has.

    What our own rules refuse becomes the event CaptureFailed. Raises PaymentUnknown and
    OutcomeUnknown to be tried again.
    """
    intent = until_fresh(lambda: _intent(command, payments, cause))
    if intent is None:
        return
    payment, first_try = intent
    gateway = gateways(payment.provider)
    provider_payment = payment.provider_payment
    assert provider_payment is not None, "an authorized payment has its provider's name for it"
    carry_out(
        payment,
        first_try=first_try,
        call=lambda attempt, metadata: gateway.capture(
            attempt, provider_payment=provider_payment, metadata=metadata
        ),
        gateway=gateway,
        payments=payments,
        cause=cause,
    )


def _intent(
    command: CapturePayment, payments: Payments, cause: Cause
) -> tuple[Payment, bool] | None:
    """The payment with this command's attempt, and whether it is new; None if it was refused."""
    payment = payments.find(command.payment_id)
    if payment is None:
        raise PaymentUnknown
    if payment.attempt_caused_by(cause.id) is not None:
        return payment, False
    try:
        started = payment.start_capture(command.amount, cause_id=cause.id, now=cause.now)
    except DomainException as refusal:
        refused = capture_refused(payment, command.amount, refusal.code)
        payments.commit(payment, [refused], cause)
        return None
    return payments.keep_intent(started, cause), True
