"""Entries that stand in no chain: what the stream has lost, or what was put in behind our back."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from accounting.application.fold import entry_id_of
from accounting.application.ports import Folds, Journal
from accounting.domain.census import Census
from accounting.domain.chain import LANES, lane_of


def loose_rows(
    *, journal: Journal, folds: Folds, young: tuple[str, str]
) -> Iterator[Mapping[str, Any]]:
    """The stored entries in no chain, but for those booked after the first and before the second
    moment of `young`: they may be on their way.

    Nothing is held where all is well; else the ids of one chain at a time.
    """
    for lane in sorted(_odd_lanes(journal, folds, young)):
        chained = {entry_id for block in folds.blocks(lane) for entry_id, _ in block.entries}
        for row in journal.rows():
            entry_id = entry_id_of(row)
            if lane_of(entry_id) == lane and entry_id not in chained and not _is(row, young):
                yield row


def _odd_lanes(journal: Journal, folds: Folds, young: tuple[str, str]) -> frozenset[int]:
    """A chain's entries are told by their ledger time, which is that of their booking but for the
    few whose clock was behind: those make a lane odd that is not, and it is looked through."""
    census = Census()
    for lane in range(LANES):
        for block in folds.blocks(lane):
            if not young[0] < block.booked_at < young[1]:
                for entry_id, _ in block.entries:
                    census.chained(entry_id)
    for row in journal.rows():
        if not _is(row, young):
            census.stored(entry_id_of(row))
    return census.odd_lanes()


def _is(row: Mapping[str, Any], young: tuple[str, str]) -> bool:
    return young[0] < str(row.get("OccurredOn", "")) < young[1]
