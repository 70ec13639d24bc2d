"""The Lambda behind the recovery inbox: executions are started, and told when to go on."""

from functools import partial
from typing import Any

from orders import wiring
from orders.application.recover import Subscribed, recover
from shared import clock
from shared.messaging.consumer import Consumer


def handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
    consumer = Consumer(
        Subscribed,
        react=partial(recover, orders=wiring.orders(), executions=wiring.executions()),
        handled=wiring.table().handled,
        clock=clock.now,
    )
    return consumer.on_queue(event, context)
