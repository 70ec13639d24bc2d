"""The Lambda behind the events inbox of payments."""

from functools import partial
from typing import Any

from payments import wiring
from payments.application.reactions import Subscribed, react
from shared import clock
from shared.messaging.consumer import Consumer
from shared.messaging.failures import FailureNotes


def handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
    del context
    consumer = Consumer(
        Subscribed,
        react=partial(react, payments=wiring.payments()),
        handled=wiring.table().handled,
        clock=clock.now,
        failures=FailureNotes(wiring.table()),
    )
    return consumer.on_queue(event)
