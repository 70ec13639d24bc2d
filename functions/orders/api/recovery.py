"""The Lambda behind the recovery inbox: executions are started and woken, cases opened."""

from functools import partial
from typing import Any

from orders import wiring
from orders.application.recover import Recovery, Subscribed, recover
from shared import clock
from shared.messaging.consumer import Consumer
from shared.messaging.failures import FailureNotes


def handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
    del context
    consumer = Consumer(
        Subscribed,
        react=partial(recover, by=_recovery()),
        handled=wiring.table().handled,
        clock=clock.now,
        failures=FailureNotes(wiring.table()),
    )
    return consumer.on_queue(event)


def _recovery() -> Recovery:
    return Recovery(
        orders=wiring.orders(),
        cases=wiring.cases(),
        executions=wiring.executions(),
        terms=wiring.terms,
    )
