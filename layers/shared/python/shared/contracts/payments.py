"""What the payments service accepts and publishes."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from shared.contracts.envelope import Command, Event
from shared.money import Money


@dataclass(frozen=True, slots=True, kw_only=True)
class AuthorizePayment(Command):
    """Reserve `amount` on the customer's payment method (a provider's token, never a card)."""

    payment_id: str
    order_id: str
    amount: Money
    payment_method_token: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CapturePayment(Command):
    """Take `amount` of what is authorized; the rest is released by the provider."""

    payment_id: str
    order_id: str
    amount: Money


type Accepted = AuthorizePayment | CapturePayment


@dataclass(frozen=True, slots=True, kw_only=True)
class PaymentAuthorized(Event):
    """The provider holds `amount` for us until `capture_before` (absent where it sets no date)."""

    payment_id: str
    order_id: str
    amount: Money
    provider: str
    provider_reference: str
    capture_before: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PaymentCaptured(Event):
    """The provider has taken `amount`; `captured` is the payment's total after it."""

    payment_id: str
    order_id: str
    capture_id: str
    amount: Money
    captured: Money
    provider: str
    provider_reference: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PaymentFailed(Event):
    """The provider refused the authorization; no money is held."""

    payment_id: str
    order_id: str
    amount: Money
    decline_code: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CaptureFailed(Event):
    """A capture of `amount` was refused, by the provider or by our own limits; nothing moved."""

    payment_id: str
    order_id: str
    amount: Money
    code: str


class Operation(StrEnum):
    """What a provider can be asked to do with a payment."""

    AUTHORIZE = "authorize"
    CAPTURE = "capture"


class Verdict(StrEnum):
    """A provider's final word on an operation. Anything that is not one of these is no verdict."""

    SUCCEEDED = "succeeded"
    DECLINED = "declined"
    FAILED = "failed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """What a provider says of one operation, in its webhook or in its answer to our query.

    `reference` is ours (the attempt's id), `provider_payment` the provider's name for the payment
    and `provider_reference` its name for this operation. `verdict` is absent when nothing is
    decided yet.
    """

    reference: str
    operation: Operation
    verdict: Verdict | None
    amount: Money
    provider_payment: str
    provider_reference: str
    decline_code: str | None = None
    capture_before: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class WebhookReceived(Event):
    """A provider's signed notification, verified and stored; read by payments alone."""

    provider: str
    webhook_id: str
    payment_id: str
    notice: Notice


type Published = (
    PaymentAuthorized | PaymentCaptured | PaymentFailed | CaptureFailed | WebhookReceived
)
