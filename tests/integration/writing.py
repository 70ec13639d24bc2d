"""Rows and messages of an order, written to a table in one commit."""

from datetime import UTC, datetime
from typing import Any

from shared.persistence.table import Key, Put, Table

NOW = datetime(2026, 1, 2, 3, 4, 5, 678, tzinfo=UTC)
ORDER = Key("ORDER#ord_1", "STATE")
FIRST = Key("ORDER#ord_1", "MESSAGE#0000000001")


def put(key: Key, *, seen: int = 0, **row: Any) -> Put:
    return Put(key=key, row=row, seen=seen)


def message(number: int, *, occurred: str, shard: str = "3") -> Put:
    return put(
        Key("ORDER#ord_1", f"MESSAGE#{number:010d}"),
        Id=f"orders/ord_1/1/{number}",
        OccurredOn=occurred,
        Type="OrderPlaced",
        Payload="{}",
        Retries=0,
        Unprocessed=shard,
    )


def write(table: Table, *puts: Put, cause_id: str | None = None) -> None:
    table.commit(puts, cause_id=cause_id, now=NOW)
