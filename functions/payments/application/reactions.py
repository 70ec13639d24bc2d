"""The commands this service accepts, the events it reacts to, and what each makes it do."""

from typing import assert_never

from payments.application.authorize_payment import authorize_payment
from payments.application.carry_out import change, told
from payments.application.operate import cancel_payment, capture_payment, refund_payment
from payments.application.ports import Gateways, Payments
from payments.domain.effects import Change
from payments.domain.errors import PaymentUnknown
from payments.domain.payment import Payment
from payments.domain.settling import line_settled
from shared.contracts.envelope import Cause, Envelope
from shared.contracts.payments import (
    AuthorizePayment,
    CancelPayment,
    CapturePayment,
    RefundPayment,
    WebhookReceived,
)
from shared.contracts.settlement import PaymentSettled

type Accepted = AuthorizePayment | CapturePayment | CancelPayment | RefundPayment
type Subscribed = WebhookReceived | PaymentSettled


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
    """Apply what a provider has said, in a notice or a report's line.

    Raises PaymentUnknown and NoticeEarly: the message is parked and retried.
    """
    said = envelope.data
    if not said.payment_id:  # a line of nobody's
        payments.acknowledge(cause)
        return
    if payments.find(said.payment_id) is None:
        raise PaymentUnknown
    change(said.payment_id, lambda read: _with(read, said), payments, cause)


def _with(payment: Payment, said: Subscribed) -> Change:
    match said:
        case WebhookReceived():
            return told(payment, said.notice)
        case PaymentSettled():
            return line_settled(payment, said), ()
        case _:
            assert_never(said)
