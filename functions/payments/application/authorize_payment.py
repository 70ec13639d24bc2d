"""Authorize a payment: intent first, then the provider, then the outcome."""

from payments.application.carry_out import carry_out
from payments.application.ports import Gateways, Payments
from payments.domain.errors import AuthorizationNotPossible, CaptureMayCome, PaymentGivenUp
from payments.domain.intents import may_be_held, start_authorization
from payments.domain.payment import Payment, requested
from shared.contracts.envelope import Cause
from shared.contracts.payments import AuthorizePayment, PaymentFailed
from shared.persistence.until_fresh import until_fresh


def authorize_payment(
    command: AuthorizePayment,
    *,
    provider: str,
    payments: Payments,
    gateways: Gateways,
    cause: Cause,
) -> None:
    """Ask `provider` to hold the money; its notice says later whether it does.

    A payment that failed or expired may be authorized anew, with another payment method. While an
    authorization runs or stands, a second one is acknowledged without effect. One that is refused
    because money had come late meanwhile, or may come yet, is told as failed.
    """
    intent = until_fresh(lambda: _intent(command, provider, payments, cause))
    if intent is None:
        return
    payment, first_try = intent
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


def _intent(
    command: AuthorizePayment, provider: str, payments: Payments, cause: Cause
) -> tuple[Payment, bool] | None:
    """The payment with this command's attempt, and whether it is new; None if none is wanted."""
    payment = payments.find(command.payment_id) or requested(
        command, provider=provider, correlation_id=cause.correlation_id
    )
    if payment.attempt_caused_by(cause.id) is not None:
        return payment, False
    try:
        started = start_authorization(payment, command, cause_id=cause.id, now=cause.now)
    except (AuthorizationNotPossible, CaptureMayCome, PaymentGivenUp) as refusal:
        if may_be_held(payment):
            payments.acknowledge(cause)
            return None
        failed = PaymentFailed(
            payment_id=command.payment_id,
            order_id=command.order_id,
            amount=command.amount,
            decline_code=refusal.code,
        )
        payments.commit(payment, [failed], cause)
        return None
    return payments.keep_intent(started, cause), True
