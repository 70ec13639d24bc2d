"""The Lambda behind the events inbox of accounting."""

from functools import partial
from typing import Any

from accounting import wiring
from accounting.application.reactions import Subscribed, react
from shared import clock
from shared.messaging.consumer import Consumer
from shared.messaging.failures import FailureNotes


def handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
    """The closed periods are read once a batch: a close waits until no batch can know less."""
    del context
    journal = wiring.journal()
    consumer = Consumer(
        Subscribed,
        react=partial(
            react, journal=journal, attested=wiring.attested(), periods=journal.periods()
        ),
        handled=_never,
        clock=clock.now,
        failures=FailureNotes(wiring.table()),
    )
    return consumer.on_queue(event)


def _never(cause_id: str) -> bool:
    """The entry is the mark: its conditional write costs less than a read before it."""
    del cause_id
    return False
