"""Seal the days that have ended, one after the other, into the vault."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from functools import partial
from itertools import batched, count, islice
from typing import Final

from accounting.application.fold import ENTRIES_MAX, fold
from accounting.application.loose import loose_rows
from accounting.application.ports import Folds, Journal, Seals
from accounting.application.walk import Place, along
from accounting.domain.chain import LANES, Chained, Head
from accounting.domain.errors import LedgerBroken
from accounting.domain.proof import UNREADABLE
from accounting.domain.seals import (
    PART_ENTRIES,
    Contents,
    Seal,
    day_after,
    day_of,
    digest,
    end_of,
    exported,
    read_seal,
)
from shared.persistence.until_fresh import until_fresh

DAYS_MAX: Final = 31
"""Sealed in one run, should the schedule have been down."""
SETTLED_AFTER: Final = timedelta(minutes=30)
"""A day is sealed when whoever booked in it has long ended."""


def last_ended(now: datetime) -> str:
    """The last day that may be sealed."""
    return ((now - SETTLED_AFTER).date() - timedelta(days=1)).isoformat()


def seal_days(
    *, journal: Journal, folds: Folds, seals: Seals, now: datetime, timestamp: str
) -> list[str]:
    """Seal every day that has ended and is not sealed; returns those days.

    What the stream has not brought is folded first, and the chains are moved past the day: what is
    still booked in it by a clock that is behind counts for the next. Raises LedgerBroken when an
    entry of the day is gone or cannot be read, VaultUnreachable.
    """
    last = last_ended(now)
    late = loose_rows(journal=journal, folds=folds, young=(end_of(last), "9"))
    for batch in batched(late, ENTRIES_MAX, strict=False):
        fold(batch, folds=folds, now=now)
    known = seals.days()
    day = day_after(known[-1]) if known else _first_day(folds)
    sealed: list[str] = []
    while day and day <= last and len(sealed) < DAYS_MAX:
        for lane in range(LANES):
            until_fresh(partial(_close, lane, end_of(day), folds, now))
        _seal(day, journal=journal, folds=folds, seals=seals, timestamp=timestamp)
        sealed.append(day)
        day = day_after(day)
    return sealed


def _first_day(folds: Folds) -> str:
    firsts = [next(folds.blocks(lane), None) for lane in range(LANES)]
    return min((day_of(block.booked_at) for block in firsts if block is not None), default="")


def _close(lane: int, end: str, folds: Folds, now: datetime) -> None:
    """Nothing more is chained at or before `end`."""
    before = folds.lane(lane)
    if before.booked_at < end:
        folds.close(before, end, now=now)


def _seal(day: str, *, journal: Journal, folds: Folds, seals: Seals, timestamp: str) -> None:
    known = seals.days()
    before = seals.find(known[-1]) if known else None
    heads = list(read_seal(before.document).heads) if before else [Head()] * LANES
    contents = Contents()
    entries = _of_day(day, heads, contents, journal=journal, folds=folds)
    for number in count():
        text = _written(list(islice(entries, PART_ENTRIES)))
        if not text:
            break
        seals.put_part(day, number, text)
    closed = journal.periods().closed_through
    seal = Seal(
        day=day,
        entries=contents.merkle.count,
        root=contents.merkle.root(),
        totals=dict(sorted(contents.totals.items())),
        heads=tuple(heads),
        previous="" if before is None else digest(before.document),
        closed_through="" if closed is None else closed.isoformat(),
        sealed_at=timestamp,
    )
    seals.seal(day, seal.document())


def _of_day(
    day: str, heads: list[Head], contents: Contents, *, journal: Journal, folds: Folds
) -> Iterator[Chained]:
    """The day's entries chain by chain; `heads` and `contents` become those of its end."""
    for lane in range(LANES):
        for entry in along(
            lane, after=Place.before(day), folds=folds, journal=journal, until=end_of(day)
        ):
            try:
                contents.add(entry.stored)
            except UNREADABLE:
                raise LedgerBroken(
                    f"{entry.entry_id} cannot be read: {day} is not sealed"
                ) from None
            yield entry
        for block in folds.blocks(lane, since=day):
            if day_of(block.booked_at) != day:
                break
            heads[lane] = block.head


def _written(part: list[Chained]) -> str:
    """A part of an export; nothing for no entries."""
    if not part:
        return ""
    try:
        return exported(part)
    except UNREADABLE:
        names = f"{part[0].entry_id} to {part[-1].entry_id}"
        raise LedgerBroken(f"an entry from {names} cannot be read") from None
