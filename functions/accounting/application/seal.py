"""Seal the days that have ended, one after the other, into the vault."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Any, Final

from accounting.application.fold import fold
from accounting.application.ports import Folds, Journal, Seals
from accounting.domain.chain import LANES, unchained
from accounting.domain.errors import LedgerBroken
from accounting.domain.seals import DAY_LETTERS, digest, exported, places_of_day, seal_of

DAYS_MAX: Final = 31
"""Sealed in one run, should the schedule have been down."""
SETTLED_AFTER: Final = timedelta(minutes=30)
"""A day is sealed when whoever booked in it has long ended."""


def stored_by_id(journal: Journal) -> dict[str, Mapping[str, Any]]:
    return {str(row["pk"]).removeprefix("ENTRY#"): row for row in journal.rows()}


def seal_days(
    *, journal: Journal, folds: Folds, seals: Seals, now: datetime, timestamp: str
) -> list[str]:
    """Seal every day that has ended and is not sealed; returns those days.

    What the stream has not brought yet is folded first. Raises LedgerBroken when a chained entry
    is not there, VaultUnreachable.
    """
    stored = stored_by_id(journal)
    known = seals.days()
    last = (now - SETTLED_AFTER).date() - timedelta(days=1)
    first = _first_day(known, stored)
    sealed: list[str] = []
    while first is not None and first <= last and len(sealed) < DAYS_MAX:
        _seal(first.isoformat(), stored, folds=folds, seals=seals, now=now, timestamp=timestamp)
        sealed.append(first.isoformat())
        first += timedelta(days=1)
    return sealed


def _first_day(known: list[str], stored: Mapping[str, Mapping[str, Any]]) -> date | None:
    if known:
        return date.fromisoformat(known[-1]) + timedelta(days=1)
    booked = min((str(row["OccurredOn"]) for row in stored.values()), default="")
    return date.fromisoformat(booked[:DAY_LETTERS]) if booked else None


def _seal(
    day: str,
    stored: Mapping[str, Mapping[str, Any]],
    *,
    folds: Folds,
    seals: Seals,
    now: datetime,
    timestamp: str,
) -> None:
    of_day = {
        entry_id: row for entry_id, row in stored.items() if str(row["OccurredOn"]).startswith(day)
    }
    blocks = [block for lane in range(LANES) for block in folds.blocks(lane, since=day)]
    late = unchained(of_day, blocks)
    if late:
        fold([of_day[entry_id] for entry_id in late], folds=folds, now=now)
        blocks = [block for lane in range(LANES) for block in folds.blocks(lane, since=day)]
    places = places_of_day(blocks, day)
    gone = [place.entry_id for place in places if place.entry_id not in stored]
    if gone:
        raise LedgerBroken(f"{gone[0]} is chained and not in the books: {day} is not sealed")
    entries = [stored[place.entry_id] for place in places]
    known = seals.days()
    before = seals.find(known[-1]) if known else None
    seal = seal_of(
        day,
        entries,
        heads=tuple(folds.lane(lane).head for lane in range(LANES)),
        previous="" if before is None else digest(before.document),
        sealed_at=timestamp,
    )
    seals.put(day, seal.document(), exported(places, entries))
