"""Along the chains in ledger time, block by block: an order that never changes."""

from __future__ import annotations

import heapq
from collections.abc import Iterator
from dataclasses import dataclass

from accounting.application.ports import Folds, Journal
from accounting.domain.chain import LANES, Block, Chained, StoredEntry, bucket_of, placed
from accounting.domain.errors import LedgerBroken


@dataclass(frozen=True, slots=True, order=True)
class Place:
    """A point in ledger time; where several chains have an entry at one moment, by their number."""

    booked_at: str
    lane: int = LANES

    @staticmethod
    def before(booked_at: str) -> Place:
        """Just before everything of that moment."""
        return Place(booked_at, -1)


def entries_of_block(block: Block, journal: Journal) -> dict[str, StoredEntry]:
    """The entries of a block that are there, as they are stored, by id."""
    return journal.stored_entries([entry_id for entry_id, _ in block.entries])


def along(
    lane: int, *, after: Place, folds: Folds, journal: Journal, until: str = ""
) -> Iterator[Chained]:
    """The entries of a chain after a place, to the ledger time `until` (to its end, if empty).

    Raises LedgerBroken where a chained entry is not in the books.
    """
    for block in folds.blocks(lane, since=bucket_of(after.booked_at)):
        if until and block.booked_at > until:
            return
        stored = entries_of_block(block, journal)
        for entry_id, _ in block.entries:
            if entry_id not in stored:
                raise LedgerBroken(f"{entry_id} is chained and not in the books")
        for entry in placed(block, stored):
            if until and entry.booked_at > until:
                return
            if Place(entry.booked_at, lane) > after:
                yield entry


def in_order(*, after: Place, folds: Folds, journal: Journal, until: str = "") -> Iterator[Chained]:
    """The entries of all chains after a place, in ledger time."""
    lanes = [
        along(lane, after=after, folds=folds, journal=journal, until=until) for lane in range(LANES)
    ]
    return heapq.merge(*lanes, key=lambda entry: (entry.booked_at, entry.lane))
