"""The commands this service accepts, the events it reacts to, and what each makes it do."""

from typing import assert_never

from payments.application.authorize_payment import authorize_payment
from payments.application.carry_out import change, told
from payments.application.operate import cancel_payment, capture_payment, refund_payment
from payments.application.ports import Gateways, Payments
from payments.domain.errors import PaymentUnknown
from shared.contracts.envelope import Cause, Envelope
from shared.contracts.payments import (
    AuthorizePayment,
    CancelPayment,
    CapturePayment,
    RefundPayment,
    WebhookReceived,
)

type Accepted = AuthorizePayment | CapturePayment | CancelPayment | RefundPayment
type Subscribed = WebhookReceived


def obey(
    envelope: Envelope[Accepted],
    cause: Cause,
    *,
    provider: str,
    payments: Payments,
    gateways: Gateways,
) -> None:
    """Carry out a command; new payments go to `provider`."""
    command = envelope.data
    match command:
        case AuthorizePayment():
            authorize_payment(
                command, provider=provider, payments=payments, gateways=gateways, cause=cause
            )
        case CapturePayment():
            capture_payment(command, payments=payments, gateways=gateways, cause=cause)
        case CancelPayment():
            cancel_payment(command, payments=payments, gateways=gateways, cause=cause)
        case RefundPayment():
            refund_payment(command, payments=payments, gateways=gateways, cause=cause)
        case _:
            assert_never(command)


def react(envelope: Envelope[Subscribed], cause: Cause, *, payments: Payments) -> None:
    """Apply what a provider has said; raises PaymentUnknown: the notice is parked and retried."""
    received = envelope.data
    if payments.find(received.payment_id) is None:
        raise PaymentUnknown
    change(received.payment_id, lambda read: told(read, received.notice), payments, cause)
