"""Make the whole ledger again from its exports, entry by entry, with the same hashes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, Protocol

from accounting.application.fold import fold
from accounting.application.ports import Folds
from accounting.domain.balances import sums_of
from accounting.domain.journal import JournalEntry
from accounting.domain.limits import Room, limited, room_of
from accounting.domain.seals import imported


class Restored(Protocol):
    def restore(self, row: Mapping[str, Any], *, now: datetime) -> None:
        """Put a stored entry back as it was; one that is there already stays."""

    def entries(self) -> Iterable[JournalEntry]: ...

    def restore_limits(
        self, rooms: Sequence[Room], holds: Sequence[JournalEntry], *, now: datetime
    ) -> None:
        """Put back what the entries say of limited accounts, and when holds end."""


def rebuild(exports: Iterable[str], *, table: Restored, folds: Folds, now: datetime) -> int:
    """Write and fold the entries of exported days, given in order; returns how many.

    Interrupted, it may be run again: nothing is written or counted twice.
    """
    count = 0
    for export in exports:
        told = sorted(imported(export), key=lambda each: (each[0].lane, each[0].position))
        for _, row in told:
            table.restore(row, now=now)
        fold([row for _, row in told], folds=folds, now=now)
        count += len(told)
    entries = list(table.entries())
    sums = sums_of(entries)
    rooms = [room_of(account, currency, sums) for account, currency in limited(entries)]
    table.restore_limits(rooms, [entry for entry in entries if entry.held], now=now)
    return count
