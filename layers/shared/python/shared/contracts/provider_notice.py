"""What a provider says of an operation, in our words."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from shared.money import Money


class Operation(StrEnum):
    """What can be done with a payment at a provider; a dispute is the customer's doing."""

    AUTHORIZE = "authorize"
    CAPTURE = "capture"
    VOID = "void"
    REFUND = "refund"
    DISPUTE = "dispute"


class Verdict(StrEnum):
    """A provider's word on an operation. Anything that is not one of these is no verdict.

    `reversed` succeeded before and no longer stands; `expired` is for an authorization; the last
    three are for disputes.
    """

    SUCCEEDED = "succeeded"
    DECLINED = "declined"
    FAILED = "failed"
    REVERSED = "reversed"
    EXPIRED = "expired"
    OPENED = "opened"
    WON = "won"
    LOST = "lost"


class DeclineClass(StrEnum):
    """What a refusal means for the next try, whatever the provider calls it."""

    SOFT = "soft"
    HARD = "hard"
    TECHNICAL = "technical"
    FRAUD = "fraud"
    AUTHENTICATION_REQUIRED = "authentication_required"
    CONFIGURATION = "configuration"


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """What a provider says of one operation, in its webhook or in its answer to our query.

    `reference` is ours (the attempt's id), `provider_payment` the provider's name for the payment
    and `provider_reference` its name for this operation. `verdict` is absent when nothing is
    decided yet. `evidence_due` is for a dispute: until when the provider takes evidence.
    """

    reference: str
    operation: Operation
    verdict: Verdict | None
    amount: Money
    provider_payment: str
    provider_reference: str
    decline_code: str | None = None
    decline_class: DeclineClass | None = None
    capture_before: datetime | None = None
    evidence_due: datetime | None = None
