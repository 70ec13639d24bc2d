"""What is told of compensations and of the cases that are left for people."""

from dataclasses import dataclass
from enum import StrEnum

from shared.contracts.envelope import Event


class Reason(StrEnum):
    """Which failure is undone."""

    ORDER_CANCELLED = "order_cancelled"
    NOT_CONFIRMED = "not_confirmed"
    CAPTURE_FAILED = "capture_failed"
    CAPTURE_UNDONE = "capture_undone"
    CAPTURED_LATE = "captured_late"
    REFUND_FAILED = "refund_failed"
    REFUNDED_TWICE = "refunded_twice"
    AUTHORIZATION_EXPIRED = "authorization_expired"


class Action(StrEnum):
    """What a compensation asks of payments."""

    RELEASE_HOLD = "release_hold"
    REFUND = "refund"


class Outcome(StrEnum):
    """What became of it; silence is neither success nor failure."""

    PENDING = "pending"
    SUCCEEDED = "succeeded"
    FAILED = "failed"


class Resolution(StrEnum):
    """What a person decides on a case: try again, leave it as it is, or correct the order to match
    what was found or done at the provider by hand."""

    RETRY = "retry"
    ACCEPT = "accept"
    CORRECT = "correct"


@dataclass(frozen=True, slots=True, kw_only=True)
class Tried:
    """A command that was sent, under its key, and what became of it."""

    action: Action
    reference: str
    outcome: Outcome
    code: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CompensationRequested(Event):
    """Something failed that has to be undone: the `execution`th execution is to be started."""

    compensation_id: str
    payment_id: str
    order_id: str
    reason: Reason
    execution: int


@dataclass(frozen=True, slots=True, kw_only=True)
class CompensationAdvanced(Event):
    """What its execution waits for has come."""

    compensation_id: str
    payment_id: str
    order_id: str
    execution: int


@dataclass(frozen=True, slots=True, kw_only=True)
class CompensationCompleted(Event):
    """What failed is undone: nothing of it is held, owed or waited for any more."""

    compensation_id: str
    payment_id: str
    order_id: str
    reason: Reason
    tried: tuple[Tried, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class CompensationEscalated(Event):
    """It could not be undone by itself, or has to be told: a person must decide. `code` says why.

    `order_status` is where the order stands meanwhile.
    """

    compensation_id: str
    payment_id: str
    order_id: str
    reason: Reason
    code: str
    order_status: str
    tried: tuple[Tried, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseResolved(Event):
    """A person has decided on a case; `actor` is who the API key belongs to.

    `compensation_id` is empty where no compensation has led to the case.
    """

    case_id: str
    compensation_id: str
    payment_id: str
    order_id: str
    action: Resolution
    reason: str
    actor: str


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderCorrected(Event):
    """An order was corrected by hand to match the provider: from `before` to `after`."""

    order_id: str
    payment_id: str
    case_id: str
    before: str
    after: str
    reason: str
    actor: str


type Published = (
    CompensationRequested
    | CompensationAdvanced
    | CompensationCompleted
    | CompensationEscalated
    | CaseResolved
    | OrderCorrected
)
