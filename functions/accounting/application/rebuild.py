"""Make the whole ledger again from its exports, entry by entry, with the same hashes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any, Protocol

from accounting.application.fold import fold
from accounting.application.ports import Folds
from accounting.domain.seals import imported


class Restored(Protocol):
    def restore(self, row: Mapping[str, Any], *, now: datetime) -> None:
        """Put a stored entry back as it was; one that is there already stays."""


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
    return count
