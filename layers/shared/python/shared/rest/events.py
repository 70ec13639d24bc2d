"""An aggregate's messages as the API lists them."""

import json
from collections.abc import Iterable
from typing import Annotated, Any, TypedDict

from pydantic import WithJsonSchema

from shared.persistence.rows import Row

Timestamp = Annotated[str, WithJsonSchema({"type": "string", "format": "date-time"})]
"""RFC 3339 in UTC with microseconds, as `codec.timestamp` writes it."""


class EventView(TypedDict):
    """A message: what was said, why, and when the bus took it (`processed_at`)."""

    id: str
    time: Timestamp
    service: str
    type: str
    sequence: int
    correlation_id: str
    causation_id: str
    data: dict[str, Any]
    processed_at: Timestamp | None


class EventsView(TypedDict):
    """Messages in order of time; those of one moment in their sequence."""

    data: list[EventView]


def told(row: Row) -> EventView:
    """An outbox row as a message."""
    document = json.loads(str(row["Payload"]))
    processed_at = row.get("ProcessedOn")
    return {
        "id": document["id"],
        "time": document["time"],
        "service": document["source"].removeprefix("quittance."),
        "type": document["type"],
        "sequence": int(document["sequence"]),
        "correlation_id": document["correlationid"],
        "causation_id": document["causationid"],
        "data": document["data"],
        "processed_at": None if processed_at is None else str(processed_at),
    }


def listing(rows: Iterable[Row]) -> EventsView:
    return {"data": sorted(map(told, rows), key=lambda event: (event["time"], event["sequence"]))}
