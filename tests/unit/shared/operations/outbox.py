"""A service's outbox without a cloud, a bus that can refuse and kill, and a replayer."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

from shared.messaging.relay import Relay
from shared.moments import timestamp
from shared.operations.replay import Replayer
from shared.operations.replays import Replay, Replays
from shared.persistence.rows import Row
from shared.persistence.span import Span
from shared.persistence.table import Key, Put, Table
from tests.doubles.memory_table import MemoryTable
from tests.unit.shared.operations.graveyard import by

BEGIN = datetime(2026, 1, 2, 3, 0, tzinfo=UTC)
NOW = BEGIN + timedelta(hours=30)
DAY = Span(begins_at=BEGIN, ends_at=BEGIN + timedelta(hours=24))


class Killed(BaseException):
    """The worker is gone."""


class Bus:
    """`heard` are the payloads in their order; `refuse` says which it does not take."""

    def __init__(self, *, refuse: Callable[[str], bool] = lambda _: False) -> None:
        self.heard: list[str] = []
        self.calls = 0
        self.killed_at = 0
        self.refuse = refuse

    def put_events(self, *, Entries: list[dict[str, Any]]) -> dict[str, Any]:  # noqa: N803
        self.calls += 1
        if self.calls == self.killed_at:
            raise Killed
        results = []
        for entry in Entries:
            if self.refuse(entry["Detail"]):
                results.append({"ErrorCode": "InternalFailure"})
            else:
                self.heard.append(entry["Detail"])
                results.append({"EventId": "1"})
        return {"Entries": results}


class Outbox:
    """A service's table with messages, one an hour for each of some orders, and a replayer."""

    def __init__(self, bus: Bus, *, table: Table | None = None) -> None:
        self.table = table or MemoryTable()
        self.replays = Replays(self.table)
        self.waited_seconds = 0.0
        self.meanwhile: Callable[[], None] = lambda: None
        self.bus = bus
        client: Any = bus
        self.replayer = Replayer(
            replays=self.replays,
            table=self.table,
            relay=Relay(service="orders", table=self.table, bus=client, bus_name="bus"),
            clock=lambda: NOW,
            pause=self.wait,
        )

    def wait(self, seconds: float) -> None:
        self.waited_seconds += seconds
        self.meanwhile()

    def tell(self, order: str, *, hours: int, type_: str = "OrderPlaced") -> None:
        """A message an hour."""
        for hour in range(hours):
            row: Row = {
                "Id": f"{order}/{hour}",
                "OccurredOn": timestamp(BEGIN + timedelta(hours=hour)),
                "Type": type_,
                "Payload": f"{order}/{hour:02d}",
                "Retries": 0,
                "Unprocessed": "0",
            }
            key = Key(f"ORDER#{order}", f"MESSAGE#{hour + 1:010d}")
            self.table.commit([Put(key=key, row=row)], cause_id=None, now=NOW)
        state = Put(key=Key(f"ORDER#{order}", "STATE"), row={"version": 1})
        self.table.commit([state], cause_id=None, now=NOW)

    def start(self, span: Span = DAY, *, per_second: int = 10) -> Replay:
        asked = by("ada", at=NOW)
        return self.replays.start(
            Replay(replay_id="rp_orders_1", span=span, per_second=per_second, asked=asked)
        )

    def turn(self, *, parts: int = 1000) -> int:
        """One turn of the clock that has time for so many looks at it."""
        left = iter(range(parts))
        return self.replayer.turn(lambda: next(left, None) is not None)

    def now(self) -> Replay:
        return self.replays.get("rp_orders_1")

    def messages(self) -> list[Row]:
        whole = Span(begins_at=BEGIN - timedelta(days=9), ends_at=BEGIN + timedelta(days=9))
        return list(self.table.outbox(whole, after=None, looked_at_max=10_000).rows)
