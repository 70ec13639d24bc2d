"""Make the whole ledger again from its exports, entry by entry, with the same hashes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import partial
from itertools import batched
from typing import Any, Protocol

from accounting.application.fold import ENTRIES_MAX, move
from accounting.application.ports import Folds
from accounting.domain.balances import Sums
from accounting.domain.chain import Chained
from accounting.domain.chart_of_accounts import CHART
from accounting.domain.errors import LedgerBroken
from accounting.domain.journal import JournalEntry
from accounting.domain.limits import Room, room_of
from accounting.domain.seals import Seal, end_of, imported
from shared.persistence.until_fresh import until_fresh


class Restored(Protocol):
    def restore(self, row: Mapping[str, Any], *, now: datetime) -> None:
        """Put a stored entry back as it was; one that is there already stays."""

    def read(self, row: Mapping[str, Any]) -> JournalEntry: ...

    def restore_limits(
        self, rooms: Sequence[Room], holds: Sequence[JournalEntry], *, now: datetime
    ) -> None:
        """Put back what the entries say of limited accounts, and when holds end.

        Raises LedgerBroken where somebody has booked on a limited account meanwhile.
        """

    def restore_periods(self, closed_through: date, *, now: datetime) -> None: ...


@dataclass(slots=True)
class _Told:
    """What the entries come to, for the rows beside them."""

    count: int = 0
    sums: Sums = field(default_factory=Sums)
    holds: dict[str, JournalEntry] = field(default_factory=dict)

    def add(self, entry: JournalEntry) -> None:
        self.count += 1
        self.sums.add(entry)
        if entry.held:
            self.holds[entry.entry_id] = entry
        elif entry.resolves is not None:
            self.holds.pop(entry.resolves, None)


def rebuild(
    days: Iterable[tuple[Seal, Iterable[str]]], *, table: Restored, folds: Folds, now: datetime
) -> int:
    """Write and chain the entries of sealed days, given in order with the parts of their exports.

    The table is empty, or was left by a rebuild that was interrupted: nothing is written or counted
    twice. Every entry gets its place and ledger time again. Returns how many there are.
    """
    told, closed_through = _Told(), ""
    for seal, parts in days:
        for batch in batched(imported(parts), ENTRIES_MAX, strict=False):
            _restore(batch, told, table=table, folds=folds, now=now)
        for lane, head in enumerate(seal.heads):
            if folds.lane(lane).head.height == head.height:
                until_fresh(partial(_close, lane, end_of(seal.day), folds, now))
        closed_through = seal.closed_through
    rooms = [
        room_of(account, currency, told.sums)
        for currency, accounts in told.sums.by_currency.items()
        for account in (CHART[code] for code in sorted(accounts))
        if account.limit is not None
    ]
    table.restore_limits(rooms, list(told.holds.values()), now=now)
    if closed_through:
        table.restore_periods(date.fromisoformat(closed_through), now=now)
    return told.count


def _restore(
    batch: Sequence[Chained], told: _Told, *, table: Restored, folds: Folds, now: datetime
) -> None:
    for entry in batch:
        table.restore(entry.stored, now=now)
        told.add(table.read(entry.stored))
    for lane in sorted({entry.lane for entry in batch}):
        of_lane = [entry for entry in batch if entry.lane == lane]
        while until_fresh(partial(_chain, lane, of_lane, folds, now)):
            pass


def _chain(lane: int, entries: Sequence[Chained], folds: Folds, now: datetime) -> bool:
    """Add what is not chained yet; whether there was anything."""
    before = folds.lane(lane)
    left = [entry for entry in entries if entry.position >= before.head.height]
    if not left:
        return False
    if left[0].position != before.head.height:
        raise LedgerBroken(f"chain {lane} has no entry at {before.head.height}")
    timed = ((entry.entry_id, entry.booked_at, entry.stored) for entry in left)
    stored = {entry.entry_id: entry.stored for entry in left}
    return move(before, timed, stored, folds=folds, now=now) > 0


def _close(lane: int, end: str, folds: Folds, now: datetime) -> None:
    before = folds.lane(lane)
    if before.booked_at < end:
        folds.close(before, end, now=now)
