"""The sparse indexes of a table in memory, which may tell what was true a moment ago."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Mapping
from typing import Any, Final

from accounting.infrastructure.dynamodb_journal import BY_ORDER, BY_PAYMENT, BY_PAYOUT
from accounting.infrastructure.dynamodb_records import OPEN
from orders.infrastructure import dynamodb_cases
from orders.infrastructure.dynamodb_orders import DUE
from payments.infrastructure.dynamodb_attestations import BY_DAY
from payments.infrastructure.dynamodb_payments import BY_PROVIDER, BY_STATUS, UNRESOLVED
from shared.operations.tasks import TASKS
from shared.persistence.table import UNPROCESSED, Index

INDEXES: Final = (
    UNPROCESSED,
    UNRESOLVED,
    BY_STATUS,
    BY_PROVIDER,
    dynamodb_cases.BY_STATUS,
    TASKS,
    BY_DAY,
    OPEN,
    DUE,
    Index(BY_PAYMENT, partition="payment_id", sort="OccurredOn"),
    Index(BY_ORDER, partition="order_id", sort="OccurredOn"),
    Index(BY_PAYOUT, partition="payout_id", sort="OccurredOn"),
)
BEHIND_MAX: Final = 4
"""How many writes a stale index has not seen yet."""
BEHIND_MILLISECONDS: Final = 600_000
"""By then every index has caught up."""

type Item = Mapping[str, Any]
type Name = tuple[str, str]
type Entries = dict[Name, str]
type Undo = list[tuple[str, str, Name, str | None]]


class Indexes:
    """Every index of one table: the sort key of each item, by partition; `now` in milliseconds."""

    def __init__(self, indexes: tuple[Index, ...], now: Callable[[], int]) -> None:
        self._now = now
        self._indexes = {index.name: index for index in indexes}
        self._entries: dict[str, dict[str, Entries]] = {name: {} for name in self._indexes}
        self._behind: deque[tuple[int, Undo]] = deque(maxlen=BEHIND_MAX)

    def moved(self, name: Name, before: Item | None, after: Item | None) -> list[tuple[str, str]]:
        """Follow a write; returns the index and sort key of every place that is new."""
        undo: Undo = []
        fresh = []
        written = {*(before or ()), *(after or ())}
        for index in self._indexes.values():
            if index.partition not in written:
                continue
            old, new = _place(index, before), _place(index, after)
            if old == new:
                continue
            if old is not None:
                del self._entries[index.name][old[0]][name]
                undo.append((index.name, old[0], name, old[1]))
            if new is not None:
                self._entries[index.name].setdefault(new[0], {})[name] = new[1]
                undo.append((index.name, new[0], name, None))
                fresh.append((index.name, new[1]))
        if undo:
            self._behind.append((self._now(), undo))
        return fresh

    def partitions(self, index: str) -> set[str]:
        return {value for value, entries in self._entries[index].items() if entries}

    def sorts(self, index: str) -> list[str]:
        return [sort for entries in self._entries[index].values() for sort in entries.values()]

    def read(
        self, name: str, value: str, *, above: str, below: str | None, stale: bool
    ) -> list[Item]:
        """The keys of an index's partition between two sort keys, in order."""
        index = self._indexes[name]
        entries = self._entries[name].get(value, {})
        if stale:
            entries = self._a_moment_ago(name, value, entries)
        found = [
            (sort, key)
            for key, sort in entries.items()
            if sort > above and (below is None or sort < below)
        ]
        return [
            {
                "pk": {"S": pk},
                "sk": {"S": sk},
                index.partition: {"S": value},
                index.sort: {"S": sort},
            }
            for sort, (pk, sk) in sorted(found)
        ]

    def _a_moment_ago(self, name: str, value: str, entries: Entries) -> Entries:
        old = dict(entries)
        since = self._now() - BEHIND_MILLISECONDS
        for write in (undo for at, undo in reversed(self._behind) if at >= since):
            for index, partition, key, sort in reversed(write):
                if (index, partition) != (name, value):
                    continue
                if sort is None:
                    old.pop(key, None)
                else:
                    old[key] = sort
        return old


def _place(index: Index, item: Item | None) -> tuple[str, str] | None:
    if item is None or index.partition not in item or index.sort not in item:
        return None
    partition: str = item[index.partition]["S"]
    sort: str = item[index.sort]["S"]
    return partition, sort
