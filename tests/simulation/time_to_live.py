"""Deletes what has expired, as DynamoDB does: some time after, or days after."""

from __future__ import annotations

from typing import Final, Protocol

from tests.doubles.memory_dynamo import Item, MemoryDynamo
from tests.simulation.agenda import DAY, Agenda
from tests.simulation.faults import Fate

ATTRIBUTES: Final = ("expires_at", "expiration")
DAYS: Final = 20
"""As long as anything is delivered late."""


class Host(Protocol):
    """What it needs of the world around it."""

    agenda: Agenda
    fate: Fate
    dynamo: MemoryDynamo

    def epoch_seconds(self) -> int: ...
    def tell(self, line: str) -> None: ...


def schedule(host: Host) -> None:
    """Once a day, at a time of its own."""
    for day in range(DAYS):
        moment = host.fate.rng.randrange(day * DAY, (day + 1) * DAY)
        host.agenda.add(moment, "expiry", lambda: _run(host))


def _run(host: Host) -> None:
    now = host.epoch_seconds()
    for table in host.dynamo.tables():
        for item in list(host.dynamo.items(table)):
            if _expires_at(item) < now and not host.fate.strikes("expiry_late"):
                host.tell(f"expired in {table}")
                host.dynamo.remove(table, item)


def _expires_at(item: Item) -> float:
    found = [int(item[name]["N"]) for name in ATTRIBUTES if name in item]
    return min(found, default=float("inf"))
