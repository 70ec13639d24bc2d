"""The Lambda behind the stream of the payments table: its outbox, published."""

from typing import Any

from payments import wiring
from shared import clock


def handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
    del context
    return wiring.relay().on_stream(event, now=clock.now())
