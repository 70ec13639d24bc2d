"""Move balances and chains by a batch of entries: all of it or nothing, each entry once."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime
from functools import partial
from itertools import islice
from typing import Any, Final

from accounting.application.ports import Folds, Lane
from accounting.domain.chain import (
    StoredEntry,
    bucket_of,
    extend,
    in_ledger_time,
    is_entry_id,
    lane_of,
    placed,
)
from accounting.domain.movements import Timed, movements_of, of_few_days
from shared.persistence.until_fresh import until_fresh

ENTRIES_MAX: Final = 400
BLOCKS_MAX: Final = 80
"""One transaction stays below its limits of a hundred rows and four megabytes."""

type Stored = Mapping[str, Any]


def fold(rows: Iterable[Stored], *, folds: Folds, now: datetime) -> int:
    """Fold stored entries into their lanes; returns how many were new.

    A batch may come again, in another order, cut differently, or together with older entries: what
    stands in a block already is passed over. Raises StaleRow, StoreBusy, LedgerBroken.
    """
    by_lane: dict[int, dict[str, Stored]] = {}
    for row in rows:
        entry_id = entry_id_of(row)
        if is_entry_id(entry_id):  # what is none was not written by us: the nightly proof names it
            by_lane.setdefault(lane_of(entry_id), {})[entry_id] = row
    moved = 0
    for lane, entries in sorted(by_lane.items()):
        listed = sorted(entries.items(), key=lambda each: (each[1]["OccurredOn"], each[0]))
        for start in range(0, len(listed), ENTRIES_MAX):
            batch = dict(listed[start : start + ENTRIES_MAX])
            while taken := until_fresh(partial(_move, lane, batch, folds, now)):
                moved += taken
                if taken == len(batch):
                    break
    return moved


def entry_id_of(row: Stored) -> str:
    return str(row["pk"]).removeprefix("ENTRY#")


def move(
    before: Lane,
    timed: Iterable[Timed],
    stored: Mapping[str, StoredEntry],
    *,
    folds: Folds,
    now: datetime,
) -> int:
    """Chain the first of the entries, as many as one write may hold; returns how many.

    Raises StaleRow, StoreBusy.
    """
    blocks = list(islice(extend(before.head, before.lane, of_few_days(timed)), BLOCKS_MAX))
    entries = [entry for block in blocks for entry in placed(block, stored)]
    movements, sums = movements_of(entries), before.sums.copy()
    for movement in movements.values():
        sums.join(movement.sums)
    head, last = blocks[-1].head, entries[-1].booked_at
    after = replace(before, head=head, sums=sums, booked_at=last)
    folds.move(before, after, blocks, movements, now=now)
    return len(entries)


def _move(lane: int, entries: Mapping[str, Stored], folds: Folds, now: datetime) -> int:
    before = folds.lane(lane)  # first: blocks that come after it make the write below fail
    oldest = min(str(row["OccurredOn"]) for row in entries.values())
    known = {
        entry_id
        for block in folds.blocks(lane, since=bucket_of(oldest))
        for entry_id, _ in block.entries
    }
    fresh = {entry_id: row for entry_id, row in entries.items() if entry_id not in known}
    if not fresh:
        return 0
    timed = in_ledger_time(before.booked_at, fresh.items())
    return move(before, timed, fresh, folds=folds, now=now)
