"""Authorize a payment: intent first, then the provider, then the outcome."""

from payments.application.carry_out import carry_out
from payments.application.ports import Gateways, Payments
from payments.domain.payment import requested
from shared.contracts.envelope import Cause
from shared.contracts.payments import AuthorizePayment


def authorize_payment(
    command: AuthorizePayment,
    *,
    provider: str,
    payments: Payments,
    gateways: Gateways,
    cause: Cause,
) -> None:
    """Ask `provider` to hold the money; its notice says later whether it does.

    A second command for the same payment is acknowledged without effect: an authorization that
    runs or has run is not repeated.
    """
    payment = payments.find(command.payment_id)
    first_try = payment is None
    if payment is None:
        new = requested(command, provider=provider, correlation_id=cause.correlation_id)
        started = new.start_authorization(cause_id=cause.id, now=cause.now)
        payment = payments.keep_intent(started, cause)
    gateway = gateways(payment.provider)
    carry_out(
        payment,
        first_try=first_try,
        call=lambda attempt, metadata: gateway.authorize(
            attempt, token=command.payment_method_token, metadata=metadata
        ),
        gateway=gateway,
        payments=payments,
        cause=cause,
    )
