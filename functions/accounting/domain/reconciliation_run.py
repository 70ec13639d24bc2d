"""One run of the reconciliation: whose, through which day, and how far it has come."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from enum import StrEnum
from types import MappingProxyType
from typing import Final

from accounting.domain.payouts import Payout, PayoutState
from accounting.domain.reconciliation import DISCREPANCIES, Class, Tally

LOOKED_BACK_MAX: Final = 31
"""Days that one run takes up, should none have run for a while."""


class Stage(StrEnum):
    """What a run goes through, in this order."""

    ENTRIES = "entries"
    LINES = "lines"
    OPEN = "open"
    PAYOUTS = "payouts"
    TOTALS = "totals"
    COMPLETED = "completed"


NEXT: Final = {
    Stage.ENTRIES: Stage.LINES,
    Stage.LINES: Stage.OPEN,
    Stage.OPEN: Stage.PAYOUTS,
    Stage.PAYOUTS: Stage.TOTALS,
    Stage.TOTALS: Stage.COMPLETED,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """`days` are the booking days it takes up, `cursor` the last place done within `stage`.

    `looked_at` counts the payments so far, `payout_ids` are those that a line was told of; the
    totals are whole when it is completed. `version`
    and `sequence` are as they were read; the store counts them on.
    """

    reconciliation_id: str
    provider: str
    day: date
    days: tuple[date, ...]
    requested_at: datetime
    requested_by: str
    stage: Stage = Stage.ENTRIES
    cursor: str = ""
    part: int = 1
    looked_at: int = 0
    payout_ids: frozenset[str] = frozenset()
    totals: Mapping[Class, Tally] = field(default_factory=lambda: MappingProxyType({}))
    payouts: tuple[Payout, ...] = ()
    completed_at: datetime | None = None
    correlation_id: str = ""
    version: int = 0
    sequence: int = 0

    @property
    def unexplained(self) -> int:
        """Operations, lines and payouts that a person, or a later line, has to explain."""
        parts = sum(
            each.operations + each.lines
            for kind, each in self.totals.items()
            if kind in DISCREPANCIES
        )
        return parts + sum(each.state is PayoutState.UNEXPLAINED for each in self.payouts)

    def through(self) -> Run:
        """The next stage, from its beginning."""
        return replace(self, stage=NEXT[self.stage], cursor="")


def days_of(day: date, last: date | None) -> tuple[date, ...]:
    """From the day of the last run on, which may have ended before that day did, through `day`."""
    earliest = day - timedelta(days=LOOKED_BACK_MAX)
    first = earliest if last is None else max(earliest, min(last, day))
    return tuple(first + timedelta(days=number) for number in range((day - first).days + 1))
