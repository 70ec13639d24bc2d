"""Deletes what has expired, as DynamoDB does: some time after, or days after."""

from __future__ import annotations

from typing import Final, Protocol

from tests.doubles.expressions import Item
from tests.doubles.memory_dynamo import MemoryDynamo
from tests.simulation.agenda import DAY, Agenda
from tests.simulation.faults import Fate

ATTRIBUTES: Final = frozenset({"expires_at", "expiration"})


class Host(Protocol):
    """What it needs of the world around it."""

    agenda: Agenda
    fate: Fate
    dynamo: MemoryDynamo

    def epoch_seconds(self) -> int: ...
    def tell(self, line: str) -> None: ...


class TimeToLive:
    """Runs once a day, when anything else happens at all."""

    def __init__(self, host: Host) -> None:
        self._host = host
        self._day = 0

    def tick(self) -> None:
        today = self._host.agenda.now // DAY
        if today > self._day:
            self._day = today
            self._run()

    def _run(self) -> None:
        host, now = self._host, self._host.epoch_seconds()
        for table in host.dynamo.tables():
            for item in list(host.dynamo.items(table)):
                if ATTRIBUTES.isdisjoint(item):
                    continue
                if _expires_at(item) < now and not host.fate.strikes("expiry_late"):
                    host.tell(f"expired in {table}")
                    host.dynamo.remove(table, item)


def _expires_at(item: Item) -> int:
    return min(int(item[name]["N"]) for name in ATTRIBUTES & item.keys())
