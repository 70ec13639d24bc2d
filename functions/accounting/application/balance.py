"""What the balances are, and for which point that is true."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256

from accounting.application.fold import add_stored
from accounting.application.ports import Folds, Journal
from accounting.application.walk import Place, along
from accounting.domain.balances import Sums
from accounting.domain.chain import LANES
from accounting.domain.journal import JournalEntry
from shared.moments import timestamp


@dataclass(frozen=True, slots=True, kw_only=True)
class Point:
    """What a balance covers. `root` names the state of all chains where it was read from folds.

    It is `final` when nothing that is booked from now on can change it.
    """

    consistency: str
    entries: int
    at: str | None = None
    root: str | None = None
    final: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """All balances at one point."""

    sums: Sums
    point: Point


def folded(*, folds: Folds) -> Standing:
    """The balances as last folded: cheap, exact for their root, and a moment behind."""
    lanes = [folds.lane(lane) for lane in range(LANES)]
    sums = Sums()
    for lane in lanes:
        sums.join(lane.sums)
    return Standing(
        sums=sums,
        point=Point(
            consistency="folded",
            entries=sum(lane.head.height for lane in lanes),
            at=max(lane.folded_at for lane in lanes) or None,
            root=sha256("".join(lane.head.hash for lane in lanes).encode()).hexdigest(),
        ),
    )


def booked_until(at: datetime, *, folds: Folds, journal: Journal) -> Standing:
    """The balances as they were at `at` in ledger time, that moment included.

    From the balances that were kept before it, and the few hundred entries after them.
    """
    moment = timestamp(at)
    lanes = [folds.lane(lane) for lane in range(LANES)]
    sums, entries = until(Place(moment), folds=folds, journal=journal)
    return Standing(
        sums=sums,
        point=Point(
            consistency="booked_until",
            entries=entries,
            at=moment,
            final=all(lane.booked_at >= moment for lane in lanes),
        ),
    )


def until(place: Place, *, folds: Folds, journal: Journal) -> tuple[Sums, int]:
    """The sums of all entries up to a place, and their number."""
    sums, entries = Sums(), 0
    if not place.booked_at:
        return sums, entries
    for lane in range(LANES):
        kept = folds.lane_until(lane, place.booked_at if lane <= place.lane else _less(place))
        sums.join(kept.sums)
        entries += kept.head.height
        for entry in along(
            lane,
            after=Place(kept.booked_at),
            folds=folds,
            journal=journal,
            until=place.booked_at,
        ):
            if Place(entry.booked_at, lane) <= place:
                add_stored(sums, entry.stored)
                entries += 1
    return sums, entries


def _less(place: Place) -> str:
    """What sorts before everything of that moment, and after all that came before it."""
    return place.booked_at[:-1]


def current(*, journal: Journal) -> Standing:
    """The balances of every entry that is in the books now: reads all of them, one by one."""
    return _counted("current", journal, lambda _: True)


def effective_until(at: datetime, *, journal: Journal) -> Standing:
    """The balances of everything that had happened by `at`, whenever we booked it: reads all."""
    return _counted("effective_until", journal, lambda entry: entry.effective_at <= at)


def _counted(name: str, journal: Journal, counts: Callable[[JournalEntry], bool]) -> Standing:
    sums, entries = Sums(), 0
    for entry in journal.entries():
        if counts(entry):
            sums.add(entry)
            entries += 1
    return Standing(sums=sums, point=Point(consistency=name, entries=entries))
