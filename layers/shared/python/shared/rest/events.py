"""An aggregate's messages as the API lists them."""

import json
from collections.abc import Iterable
from typing import Any

from shared.persistence.rows import Row


def told(row: Row) -> dict[str, Any]:
    """An outbox row: what was said, why, and when the bus took it (`processed_at`)."""
    document = json.loads(str(row["Payload"]))
    return {
        "id": document["id"],
        "time": document["time"],
        "service": document["source"].removeprefix("quittance."),
        "type": document["type"],
        "sequence": int(document["sequence"]),
        "correlation_id": document["correlationid"],
        "causation_id": document["causationid"],
        "data": document["data"],
        "processed_at": row.get("ProcessedOn"),
    }


def listing(rows: Iterable[Row]) -> dict[str, Any]:
    """In order of time; messages of one moment in their sequence."""
    events = sorted(map(told, rows), key=lambda event: (event["time"], event["sequence"]))
    return {"data": events}
