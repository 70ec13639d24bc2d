"""What the payments service accepts and publishes."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from shared.contracts.attestation import DayAttested, OperationsAttested
from shared.contracts.disputes import EvidenceSubmitted, PaymentOverdrawn
from shared.contracts.envelope import Command, Event
from shared.contracts.late import CaptureUnapplied
from shared.contracts.provider_notice import DeclineClass, Notice, Operation
from shared.contracts.settlement import ReadInFiles
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
    """Take `amount` of what is authorized; a `final` capture gives the rest back."""

    payment_id: str
    order_id: str
    amount: Money
    final: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class CancelPayment(Command):
    """Give back what is authorized and not captured.

    `authorization` names another hold than the payment's own: one that came when it was given up.
    """

    payment_id: str
    order_id: str
    reason: str
    authorization: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RefundPayment(Command):
    """Give `amount` of what was captured back to the customer; `unapplied` as its capture was."""

    payment_id: str
    order_id: str
    refund_id: str
    amount: Money
    reason: str
    unapplied: bool = False


type Accepted = AuthorizePayment | CapturePayment | CancelPayment | RefundPayment


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
class PaymentFailed(Event):
    """The authorization was refused; no money is held. Another payment method may be tried."""

    payment_id: str
    order_id: str
    amount: Money
    decline_code: str
    decline_class: DeclineClass = DeclineClass.HARD


@dataclass(frozen=True, slots=True, kw_only=True)
class AuthorizationExpired(Event):
    """The provider holds `amount` no longer; `remainder` when a capture had left it."""

    payment_id: str
    order_id: str
    amount: Money
    remainder: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class PaymentCaptured(Event):
    """The provider has taken `amount`; `captured` is the payment's total after it.

    `unapplied` money came after the payment was given up: it is owed back, and never revenue.
    """

    payment_id: str
    order_id: str
    capture_id: str
    amount: Money
    captured: Money
    provider: str
    provider_reference: str
    unapplied: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class CaptureFailed(Event):
    """A capture of `amount` was refused, by the provider or by our own limits.

    `undoes_capture` that was told for the same `capture_id`: it is gone; `unapplied` as that was.
    """

    payment_id: str
    order_id: str
    amount: Money
    code: str
    capture_id: str | None = None
    undoes_capture: bool = False
    unapplied: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class PaymentVoided(Event):
    """The provider has given `amount`, which was authorized and not captured, back.

    `remainder` when it is what a capture had left.
    """

    payment_id: str
    order_id: str
    amount: Money
    remainder: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class VoidFailed(Event):
    """The hold still stands: it could not be given back."""

    payment_id: str
    order_id: str
    code: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RefundRequested(Event):
    """`amount` is owed to the customer and reserved; the provider is being asked.

    `unapplied` when it gives back a capture that was. Of `amount`, `already_owed` is owed since a
    refund before it came back.
    """

    payment_id: str
    order_id: str
    refund_id: str
    amount: Money
    reason: str
    unapplied: bool = False
    already_owed: Money | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PaymentRefunded(Event):
    """The provider has given `amount` back; `refunded` is the payment's total after it."""

    payment_id: str
    order_id: str
    refund_id: str
    amount: Money
    refunded: Money
    provider: str
    provider_reference: str


class Undoes(StrEnum):
    """What had been published of a refund before it failed."""

    NOTHING = "nothing"
    REQUEST = "request"
    REFUND = "refund"


@dataclass(frozen=True, slots=True, kw_only=True)
class RefundFailed(Event):
    """A refund will not arrive; its amount may be refunded again.

    It `undoes` nothing when our own limits refused it, the request (RefundRequested) when the
    provider refused, the refund (PaymentRefunded) when it came back days later. `unapplied` and
    `already_owed` as its request was.
    """

    payment_id: str
    order_id: str
    refund_id: str
    amount: Money
    code: str
    undoes: Undoes
    unapplied: bool = False
    already_owed: Money | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class DisputeOpened(Event):
    """The customer's bank has taken `amount` back; evidence is taken until `evidence_due`."""

    payment_id: str
    order_id: str
    dispute_id: str
    amount: Money
    reason: str
    evidence_due: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class DisputeWon(Event):
    """The disputed `amount` is ours again."""

    payment_id: str
    order_id: str
    dispute_id: str
    amount: Money


@dataclass(frozen=True, slots=True, kw_only=True)
class DisputeLost(Event):
    """The disputed `amount` stays with the customer: a chargeback."""

    payment_id: str
    order_id: str
    dispute_id: str
    amount: Money


@dataclass(frozen=True, slots=True, kw_only=True)
class NoticeContradicted(Event):
    """A provider said something that cannot be: it is stored, was not applied, and needs a person.

    `reference` is what the notice was about, `contradiction` why it was refused.
    """

    payment_id: str
    order_id: str
    provider: str
    reference: str
    contradiction: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PaymentUnresolved(Event):
    """For too long nobody knows what became of an operation; it still counts as unknown."""

    payment_id: str
    order_id: str
    attempt_id: str
    operation: Operation
    started_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class WebhookReceived(Event):
    """A provider's signed notification, verified and stored; read by payments alone."""

    provider: str
    webhook_id: str
    payment_id: str
    notice: Notice


type Published = (
    PaymentAuthorized
    | PaymentFailed
    | AuthorizationExpired
    | PaymentCaptured
    | CaptureUnapplied
    | CaptureFailed
    | PaymentVoided
    | VoidFailed
    | RefundRequested
    | PaymentRefunded
    | RefundFailed
    | DisputeOpened
    | DisputeWon
    | DisputeLost
    | EvidenceSubmitted
    | PaymentOverdrawn
    | NoticeContradicted
    | PaymentUnresolved
    | WebhookReceived
    | OperationsAttested
    | DayAttested
    | ReadInFiles
)
