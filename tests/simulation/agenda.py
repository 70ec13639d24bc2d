"""What is going to happen in a simulated world, and when; one thing at a time, in order."""

from __future__ import annotations

import heapq
from collections.abc import Callable, Collection
from typing import Final

SECOND: Final = 1_000
MINUTE: Final = 60 * SECOND
HOUR: Final = 60 * MINUTE
DAY: Final = 24 * HOUR

type Entry = tuple[int, int, str, Callable[[], object]]
"""When (in milliseconds from the world's beginning), a tie-break, what, and how."""


class Agenda:
    """Entries run in the order of their time; those of one moment as they were added."""

    def __init__(self) -> None:
        self.now = 0
        self._entries: list[Entry] = []
        self._added = 0

    def __len__(self) -> int:
        return len(self._entries)

    def add(self, delay: int, name: str, action: Callable[[], object]) -> None:
        """Run `action` in `delay` milliseconds; `name` is what a trace calls it."""
        self._added += 1
        heapq.heappush(self._entries, (self.now + max(delay, 0), self._added, name, action))

    def waits_for_more_than(self, names: Collection[str]) -> bool:
        """Whether anything is going to happen but what is called so."""
        return any(name not in names for _, _, name, _ in self._entries)

    def next(self) -> Entry:
        entry = heapq.heappop(self._entries)
        self.now = max(self.now, entry[0])
        return entry

    def near(self, within: int, *, but_not: Collection[str]) -> Entry | None:
        """Take out the next entry, if it is due within that time and may run beside the others."""
        if not self._entries:
            return None
        at, _, name, _ = self._entries[0]
        if at > self.now + within or name in but_not:
            return None
        return self.next()
