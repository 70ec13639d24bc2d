"""What the balances are, and for which point that is true."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from hashlib import sha256

from accounting.application.ports import Folds, Journal, Lane
from accounting.application.walk import Place, along
from accounting.domain.balances import Sums
from accounting.domain.chain import LANES, StoredEntry, bucket_of, lane_of
from shared.errors.taxonomy import NotFound
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
    return _joined([folds.lane(lane) for lane in range(LANES)])


def _joined(lanes: Sequence[Lane]) -> Standing:
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
                sums.add_stored(entry.stored)
                entries += 1
    return sums, entries


def _less(place: Place) -> str:
    """What sorts before everything of that moment, and after all that came before it."""
    return place.booked_at[:-1]


def current(*, journal: Journal) -> Standing:
    """The balances of every entry that is in the books now: reads all of them, one by one."""
    sums, entries = Sums(), 0
    for entry in journal.entries():
        sums.add(entry)
        entries += 1
    return Standing(sums=sums, point=Point(consistency="current", entries=entries))


def including(entry_ids: Sequence[str], *, folds: Folds, journal: Journal) -> Standing:
    """The balances as last folded, with those entries that whoever asks knows of.

    Reads an entry, and the blocks since it was booked until it is found, for each. Raises NotFound
    for one that is not in the books.
    """
    lanes = [folds.lane(lane) for lane in range(LANES)]
    standing = _joined(lanes)
    stored = journal.stored_entries(list(dict.fromkeys(entry_ids)))
    added = 0
    for entry_id in dict.fromkeys(entry_ids):
        if entry_id not in stored:
            raise NotFound(f"no journal entry {entry_id}")
        if not _chained(entry_id, stored[entry_id], lanes[lane_of(entry_id)], folds):
            standing.sums.add(journal.read(stored[entry_id]))
            added += 1
    point = replace(standing.point, consistency="including", entries=standing.point.entries + added)
    return replace(standing, point=point)


def _chained(entry_id: str, stored: StoredEntry, lane: Lane, folds: Folds) -> bool:
    """Whether the lane's balances have the entry: its ledger time is not before its booking."""
    for block in folds.blocks(lane.lane, since=bucket_of(str(stored["OccurredOn"]))):
        if block.position >= lane.head.height:
            return False
        if any(entry_id == each for each, _ in block.entries):
            return True
    return False
