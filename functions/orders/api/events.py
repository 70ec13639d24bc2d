"""The Lambda behind the events inbox of orders."""

from functools import partial
from typing import Any

from orders import wiring
from orders.application.reactions import Subscribed, react
from shared import clock
from shared.messaging.consumer import Consumer
from shared.messaging.failures import FailureNotes


def handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
    del context
    consumer = Consumer(
        Subscribed,
        react=partial(react, orders=wiring.orders(), terms=wiring.terms),
        handled=wiring.table().handled,
        clock=clock.now,
        failures=FailureNotes(wiring.table()),
    )
    return consumer.on_queue(event)
