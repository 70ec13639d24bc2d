"""One try of one operation at one provider: the row that exists before the provider is called."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import Final

from shared.contracts.provider_notice import DeclineClass, Operation
from shared.money import Money

NOT_FOUND: Final = "not_found_at_provider"
"""The code of an attempt that its provider, asked much later, had never heard of."""


class AttemptStatus(StrEnum):
    """`started`: about to call. `pending`: the provider has it. `unknown`: it may have it."""

    STARTED = "started"
    PENDING = "pending"
    UNKNOWN = "unknown"
    SUCCEEDED = "succeeded"
    DECLINED = "declined"
    FAILED = "failed"


UNDECIDED: Final = frozenset({AttemptStatus.STARTED, AttemptStatus.PENDING, AttemptStatus.UNKNOWN})
NOT_DONE: Final = frozenset({AttemptStatus.DECLINED, AttemptStatus.FAILED})
MAY_BE_CALLED: Final = frozenset({AttemptStatus.STARTED, AttemptStatus.UNKNOWN})
"""Where the provider may have to be asked (again), with the same key."""


class Outcome(StrEnum):
    """What a provider's immediate answer means. Silence and words nobody knows are `unknown`."""

    PENDING = "pending"
    REJECTED = "rejected"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """A provider's immediate answer. It never finalizes success: its own notice does.

    `rejected` is for a request that the provider did not take on at all: nothing will follow.
    """

    outcome: Outcome
    provider_payment: str | None = None
    provider_reference: str | None = None
    decline_code: str | None = None
    decline_class: DeclineClass | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Attempt:
    """`attempt_id` is our reference at the provider, `key` the provider's idempotency key.

    `unapplied` is a capture that came after the payment was given up, and its refund.
    `already_owed` is what of a refund was owed since one before it came back. `withdrawn` is set
    when a success no longer stands: a capture or refund that failed later, an authorization that
    expired. `settled` is what the lines of a capture add up to, whatever came of it. `beside` is
    the provider's name of another hold than the payment's own, where the attempt is about one.
    """

    attempt_id: str
    operation: Operation
    provider: str
    key: str
    amount: Money
    status: AttemptStatus
    cause_id: str
    started_at: datetime
    final: bool = True
    refund_id: str | None = None
    unapplied: bool = False
    already_owed: Money | None = None
    settled: Money | None = None
    withdrawn: bool = False
    escalated: bool = False
    beside: str | None = None
    provider_reference: str | None = None
    decline_code: str | None = None
    decline_class: DeclineClass | None = None

    @property
    def decided(self) -> bool:
        return self.status not in UNDECIDED

    @property
    def may_be_called(self) -> bool:
        return self.status in MAY_BE_CALLED

    def answered(self, answer: Answer) -> Attempt:
        """With what the provider said at once; only a notice decides, or a plain rejection."""
        if self.decided:
            return self
        status = {
            Outcome.PENDING: AttemptStatus.PENDING,
            Outcome.UNKNOWN: AttemptStatus.UNKNOWN,
            Outcome.REJECTED: AttemptStatus.FAILED,
        }[answer.outcome]
        if self.status is AttemptStatus.PENDING and status is AttemptStatus.UNKNOWN:
            return self  # the provider has it: a lost answer does not take that back
        return replace(
            self,
            status=status,
            provider_reference=answer.provider_reference or self.provider_reference,
            decline_code=answer.decline_code or self.decline_code,
            decline_class=answer.decline_class or self.decline_class,
        )


def attempt_id(payment_id: str, operation: Operation, number: int) -> str:
    """Our reference for the `number`th try of an operation. No colon: some providers refuse it."""
    return f"{payment_id}-{operation}-{number}"


def provider_key(payment_id: str, operation: Operation, number: int) -> str:
    """The provider's idempotency key of that try: the same however often it is sent."""
    return f"{payment_id}:{operation}:{number}"


def payment_of(reference: str) -> str:
    """The payment that a reference of ours belongs to (the whole of it, if it is not ours)."""
    payment_id, *rest = reference.rsplit("-", 2)
    return payment_id if len(rest) == 2 else reference  # noqa: PLR2004
