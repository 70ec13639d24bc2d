"""The rules that call a function by the clock: only when there is something that is due."""

from __future__ import annotations

from typing import Any, Final, Protocol

from shared.messaging.relay import SWEPT_AFTER
from tests.doubles.memory_dynamo import MemoryDynamo
from tests.simulation.agenda import HOUR, MINUTE, SECOND, Agenda
from tests.simulation.faults import Fate

TICK: Final = MINUTE
LATE_MAX: Final = 3 * MINUTE
"""How late a rule calls: what has become due in the meantime is done together."""
SWEPT_AFTER_MILLISECONDS: Final = int(SWEPT_AFTER.total_seconds() * SECOND)
_WATCHED: Final = {"unprocessed": SWEPT_AFTER_MILLISECONDS, "unresolved": 0, "due": 0}


class Host(Protocol):
    """What the clockwork needs of the world around it."""

    agenda: Agenda
    fate: Fate
    dynamo: MemoryDynamo

    def invoke(self, function: str, event: dict[str, Any]) -> dict[str, Any] | None: ...
    def down_until(self, actor: str) -> int: ...
    def milliseconds(self, timestamp: str) -> int: ...


class Schedule:
    """Each service's schedule, every minute; the minutes in which nothing is due are left out."""

    def __init__(self, host: Host) -> None:
        self._host = host
        self._ticks: dict[str, int] = {}
        self._idle: dict[str, int] = {}

    def due(self, table: str, index: str, sort: str) -> None:
        """Something came into an index that a schedule reads."""
        if index in _WATCHED:
            self._tick_at(table, self._host.milliseconds(sort) + _WATCHED[index])

    def _tick_at(self, table: str, moment: int) -> None:
        now = self._host.agenda.now
        moment = max(moment, now) + self._host.fate.rng.randrange(TICK // 2, LATE_MAX)
        planned = self._ticks.get(table)
        if planned is None or planned > moment:
            self._ticks[table] = moment
            self._host.agenda.add(
                moment - now, f"{table}.schedule", lambda: self._tick(table, moment)
            )

    def _tick(self, table: str, planned: int) -> None:
        if self._ticks.get(table) != planned:
            return  # another one came before it, and planned anew
        del self._ticks[table]
        function = f"{table}.schedule"
        until = self._host.down_until(function)
        if until > self._host.agenda.now:
            self._tick_at(table, until)
            return
        first = self._first(table)
        if first is None:
            self._idle[table] = 0
            return
        if first <= self._host.agenda.now:
            self._host.invoke(function, {})
            self._idle[table] = min(self._idle.get(table, 0) + 1, 10)
            first = self._first(table)
        else:
            self._idle[table] = 0
        if first is not None:
            rest = min(TICK << self._idle[table], HOUR) - TICK  # where nothing helps, less often
            self._tick_at(table, max(first, self._host.agenda.now + rest))

    def _first(self, table: str) -> int | None:
        """When the first thing is due, or was."""
        due = [
            self._host.milliseconds(first) + after
            for index, after in _WATCHED.items()
            if (first := min(self._host.dynamo.waiting(table, index), default=None)) is not None
        ]
        return min(due, default=None)
