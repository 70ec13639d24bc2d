"""What operators have asked to be said again, by the clock: until it is done, however often killed.

It also tells how long the oldest dead letter has been waiting for somebody.
"""

from typing import Any

from shared import clock
from shared.observability import metrics
from shared.operations import wiring
from shared.operations.dead_letters import Status
from shared.operations.redrive import finish_redrives


def handler(event: dict[str, Any], context: Any) -> dict[str, int]:
    del event, context
    now = clock.now()
    metrics.count("DeadLetterSeconds", oldest_seconds())
    redriven = finish_redrives(letters=wiring.letters(), send=wiring.inboxes().send, now=now)
    return {"redriven": redriven}


def oldest_seconds() -> int:
    """How long the oldest open dead letter has been kept; 0 where there is none."""
    first = next(wiring.letters().listed(Status.OPEN), None)
    return 0 if first is None else max(1, int((clock.now() - first.item.kept_at).total_seconds()))
