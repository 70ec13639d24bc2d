"""What the balances are of everything that had happened by a moment, whenever it was booked."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime
from hashlib import sha256
from typing import Final

from accounting.application.balance import Point, Standing
from accounting.application.ports import Folds, Journal, Lane
from accounting.application.walk import Place, along
from accounting.domain.balances import Sums
from accounting.domain.chain import LANES, Chained
from accounting.domain.errors import MomentTooBusy
from accounting.domain.movements import Movement, effective_day
from accounting.domain.seals import day_of, end_of
from shared.errors.taxonomy import StoreBusy
from shared.moments import timestamp

LOOKED_AT_MAX: Final = 20_000
"""Entries for a moment within a day. What a whole day comes to is read from its rows alone."""
TRIES_MAX: Final = 6


def effective_until(at: datetime, *, folds: Folds, journal: Journal) -> Standing:
    """The balances, as last folded, of what had happened by `at`, that moment included.

    From the balances now and what each later day has moved: a row a chain and day. For a moment
    within a day its entries are read as well. Raises MomentTooBusy where they are too many, and
    StoreBusy where the chains move faster than they are read.
    """
    walk = _Walk(moment=timestamp(at.astimezone(UTC)), folds=folds, journal=journal)
    lanes = [walk.add(lane) for lane in range(LANES)]
    return Standing(
        sums=walk.sums.used(),
        point=Point(
            consistency="effective_until",
            entries=walk.entries,
            at=walk.moment,
            root=sha256("".join(lane.head.hash for lane in lanes).encode()).hexdigest(),
        ),
    )


@dataclass
class _Walk:
    moment: str
    folds: Folds
    journal: Journal
    sums: Sums = field(default_factory=Sums)
    entries: int = 0
    looked_at: int = 0

    @property
    def day(self) -> str:
        return day_of(self.moment)

    def add(self, number: int) -> Lane:
        """Add what a chain has of it; returns the chain as it was then."""
        lane, later = self._from_the_day_on(number)
        self.sums.join(lane.sums)
        self.entries += lane.head.height
        for day, movement in later.items():
            if day > self.day or self.moment < end_of(day):
                self.sums.join(movement.sums, -1)
                self.entries -= movement.entries
        if self.day in later and self.moment < end_of(self.day):
            self._add_part(lane, later[self.day])
        return lane

    def _from_the_day_on(self, number: int) -> tuple[Lane, dict[str, Movement]]:
        """A chain and what its days have moved, of one state."""
        for _ in range(TRIES_MAX):
            lane = self.folds.lane(number)
            later = dict(self.folds.movements(number, since=self.day))
            if all(movement.height <= lane.head.height for movement in later.values()):
                return lane, later
        raise StoreBusy("the balances move")

    def _add_part(self, lane: Lane, movement: Movement) -> None:
        for booked_on in sorted(movement.booked):
            for entry in along(
                lane.lane,
                after=Place.before(booked_on),
                folds=self.folds,
                journal=self.journal,
                until=end_of(booked_on),
            ):
                self.looked_at += 1
                if self.looked_at > LOOKED_AT_MAX:
                    raise MomentTooBusy
                if entry.position < lane.head.height and self._counts(entry):
                    self.sums.add_stored(entry.stored)
                    self.entries += 1

    def _counts(self, entry: Chained) -> bool:
        if effective_day(entry.booked_at, entry.stored) != self.day:
            return False
        return str(entry.stored.get("effective_at", entry.booked_at)) <= self.moment
