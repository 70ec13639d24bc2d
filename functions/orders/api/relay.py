"""The Lambda behind the stream of the orders table: its outbox, published."""

from typing import Any

from orders import wiring
from shared import clock


def handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
    del context
    return wiring.relay().on_stream(event, now=clock.now())
