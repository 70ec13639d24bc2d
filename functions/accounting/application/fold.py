"""Move balances and chains by a batch of entries: all of it or nothing, each entry once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any, Final

from accounting.application.ports import Folds
from accounting.domain.chain import bucket_of, extend, lane_of
from shared.persistence.until_fresh import until_fresh

ENTRIES_MAX: Final = 400
"""One transaction stays far below its limits of a hundred rows and four megabytes."""

type Stored = Mapping[str, Any]


def fold(rows: Sequence[Stored], *, folds: Folds, now: datetime) -> int:
    """Fold stored entries into their lanes; returns how many were new.

    A batch may come again, in another order, cut differently, or together with older entries: what
    stands in a block already is passed over. Raises StaleRow, StoreBusy.
    """
    by_lane: dict[int, dict[str, Stored]] = {}
    for row in rows:
        entry_id = _entry_id(row)
        by_lane.setdefault(lane_of(entry_id), {})[entry_id] = row
    moved = 0
    for lane, entries in sorted(by_lane.items()):
        listed = list(entries.items())
        for start in range(0, len(listed), ENTRIES_MAX):
            batch = dict(listed[start : start + ENTRIES_MAX])
            moved += until_fresh(lambda lane=lane, batch=batch: _move(lane, batch, folds, now))  # type: ignore[misc]
    return moved


def _move(lane: int, entries: Mapping[str, Stored], folds: Folds, now: datetime) -> int:
    before = folds.lane(lane)  # first: blocks that come after it make the write below fail
    buckets = {bucket_of(row["OccurredOn"]) for row in entries.values()}
    known = {
        entry_id
        for bucket in sorted(buckets)
        for block in folds.blocks(lane, since=bucket)
        for entry_id, _ in block.entries
    }
    fresh = {entry_id: row for entry_id, row in entries.items() if entry_id not in known}
    if not fresh:
        return 0
    sums = before.sums.copy()
    for row in fresh.values():
        sums.add_written(row.get("postings", ""), row.get("held", ""), row.get("released", ""))
    blocks = extend(
        before.head, lane, [(entry_id, row["OccurredOn"], row) for entry_id, row in fresh.items()]
    )
    folds.move(replace(before, head=blocks[-1].head, sums=sums), blocks, now=now)
    return len(fresh)


def _entry_id(row: Stored) -> str:
    return str(row["pk"]).removeprefix("ENTRY#")
