"""What a chain's entries come to by the day that they count for, whenever they were booked."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import takewhile
from typing import Final

from accounting.domain.balances import Sums
from accounting.domain.chain import Chained, StoredEntry
from accounting.domain.seals import day_of

DAYS_MAX: Final = 12
"""Of effect, moved by one batch: each is a row of its transaction."""
_DAY: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")

type Timed = tuple[str, str, StoredEntry]
"""An entry on its way into a chain: its id, its ledger time, what is stored of it."""


@dataclass(slots=True, kw_only=True)
class Movement:
    """The entries that count for one day: their sums, their number, and when they were booked.

    `booked` are days of ledger time. `height` is the chain's after the last of them.
    """

    sums: Sums = field(default_factory=Sums)
    entries: int = 0
    booked: frozenset[str] = frozenset()
    height: int = 0

    def add(self, entry: Chained) -> None:
        """Raises as Sums.add_stored does for postings that cannot be read."""
        self.sums.add_stored(entry.stored)
        self.entries += 1
        if (booked_on := day_of(entry.booked_at)) not in self.booked:
            self.booked |= {booked_on}
        self.height = entry.position + 1

    def joined(self, later: Movement) -> Movement:
        sums = self.sums.copy()
        sums.join(later.sums)
        return Movement(
            sums=sums,
            entries=self.entries + later.entries,
            booked=self.booked | later.booked,
            height=later.height,
        )

    def is_as(self, other: Movement) -> bool:
        return (
            not self.sums.differs_from(other.sums)
            and (self.entries, self.booked) == (other.entries, other.booked)
            and self.height == other.height
        )


type Movements = Mapping[str, Movement]
"""By the day of effect."""


def effective_day(booked_at: str, stored: StoredEntry) -> str:
    """The day that an entry counts for; that of its booking where it tells none."""
    told = day_of(str(stored.get("effective_at", booked_at)))
    return told if _is_day(told) else day_of(booked_at)


@lru_cache(maxsize=64)
def _is_day(text: str) -> bool:
    return _DAY.fullmatch(text) is not None


def movements_of(entries: Iterable[Chained]) -> dict[str, Movement]:
    found: dict[str, Movement] = {}
    for entry in entries:
        day = effective_day(entry.booked_at, entry.stored)
        if day not in found:
            found[day] = Movement()
        found[day].add(entry)
    return found


def of_few_days(entries: Iterable[Timed]) -> Iterator[Timed]:
    """The first entries, as long as they are of DAYS_MAX days."""
    days: set[str] = set()

    def few(entry: Timed) -> bool:
        days.add(effective_day(entry[1], entry[2]))
        return len(days) <= DAYS_MAX

    return takewhile(few, entries)
