"""A compensation: what it undoes and why, what it has tried, and what it waits for."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from shared.contracts.compensation import Action, Outcome, Reason, Tried
from shared.ids import derived
from shared.money import Money

FAILURES_MAX: Final = 3
"""So often a provider may refuse the same undoing before a person is asked."""
EXECUTIONS_MAX: Final = 20
"""So often an execution is replaced by the next one before a person is asked."""
KEPT_MAX: Final = 100
"""They live in the order's row: of more than this the oldest that have ended are forgotten."""


class CompensationStatus(StrEnum):
    OPEN = "open"
    COMPLETED = "completed"
    ESCALATED = "escalated"


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """Now, and how long is waited: for a confirmation, for an execution, for an outcome."""

    now: datetime
    confirmation: timedelta
    watch: timedelta
    patience: timedelta


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One command that was sent; `reference` is its idempotency key, a refund's is its id."""

    action: Action
    reference: str
    amount: Money | None = None
    outcome: Outcome = Outcome.PENDING
    code: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Compensation:
    """It undoes what `cause` did (a capture's or refund's id, or what it is derived from), and
    `amount` of it where that is fixed. `in_books` when the ledger has to reverse an entry.

    `execution` counts its executions: what an earlier one does is refused. `token` is what the
    present one waits with, `told` that the wait is over. `since` is when it last began to wait,
    `due_at` when somebody has to look whether its execution still lives; both are stamped.
    """

    compensation_id: str
    reason: Reason
    cause: str
    amount: Money | None = None
    in_books: bool = False
    status: CompensationStatus = CompensationStatus.OPEN
    code: str | None = None
    execution: int = 1
    steps: tuple[Step, ...] = ()
    first_step: int = 0
    token: str | None = None
    told: bool = False
    since: datetime | None = None
    due_at: datetime | None = None

    @property
    def is_open(self) -> bool:
        return self.status is CompensationStatus.OPEN

    @property
    def pending(self) -> Step | None:
        return next((each for each in self.steps if each.outcome is Outcome.PENDING), None)

    @property
    def failures(self) -> int:
        """Of its steps since a person last looked."""
        return sum(each.outcome is Outcome.FAILED for each in self.steps[self.first_step :])

    @property
    def tried(self) -> tuple[Tried, ...]:
        return tuple(
            Tried(
                action=each.action,
                reference=each.reference,
                outcome=each.outcome,
                code=each.code,
            )
            for each in self.steps
        )

    def sent(self, step: Step) -> Compensation:
        return replace(self, steps=(*self.steps, step))

    def answered(self, reference: str, outcome: Outcome, code: str | None = None) -> Compensation:
        """With the outcome of one of its steps."""
        steps = (
            replace(each, outcome=outcome, code=code) if each.reference == reference else each
            for each in self.steps
        )
        return replace(self, steps=tuple(steps))

    def ended(self, status: CompensationStatus, code: str | None = None) -> Compensation:
        return replace(self, status=status, code=code, token=None, told=False, due_at=None)

    def again(self) -> Compensation:
        """By another execution: whatever the one before it still does comes too late."""
        return replace(
            self,
            status=CompensationStatus.OPEN,
            code=None,
            execution=self.execution + 1,
            token=None,
            told=False,
        )


def compensation_id(payment_id: str, reason: Reason, cause: str) -> str:
    """One payment, reason and cause is one compensation."""
    return derived("cmp", payment_id, reason.value, cause)


def replacing(
    compensations: Iterable[Compensation], changed: Compensation
) -> tuple[Compensation, ...]:
    """With `changed` in its place, or behind the others if it is new."""
    kept = list(compensations)
    for place, each in enumerate(kept):
        if each.compensation_id == changed.compensation_id:
            kept[place] = changed
            return tuple(kept)
    kept.append(changed)
    ended = [each for each in kept if not each.is_open]
    for oldest in ended[: max(len(kept) - KEPT_MAX, 0)]:
        kept.remove(oldest)
    return tuple(kept)
