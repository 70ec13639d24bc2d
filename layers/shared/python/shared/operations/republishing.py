"""What operators have asked to be said again, by the clock: until it is done, however often killed.

It also tells how long the oldest dead letter has been waiting for somebody.
"""

import itertools
from typing import Any, Final

from shared import clock
from shared.observability import metrics
from shared.operations import wiring
from shared.operations.dead_letters import Status
from shared.operations.redrive import finish_redrives

LEFT_MILLISECONDS: Final = 20_000
"""What a part of a replay takes at most: five seconds, as often as the bus is asked again."""


def handler(event: dict[str, Any], context: Any) -> dict[str, int]:
    del event
    now = clock.now()
    metrics.count("DeadLetterSeconds", oldest_seconds())
    redriven = finish_redrives(letters=wiring.letters(), send=wiring.inboxes().send, now=now)

    def may_go_on() -> bool:
        left: int = context.get_remaining_time_in_millis()
        return left > LEFT_MILLISECONDS

    return {"redriven": redriven, "published": wiring.replayer().turn(may_go_on)}


def oldest_seconds() -> int:
    """How long the oldest dead letter has waited to be sent or closed; 0 where there is none."""
    waiting = [
        first.item.kept_at
        for status in (Status.OPEN, Status.REDRIVING)
        for first in itertools.islice(wiring.letters().listed(status), 1)
    ]
    return max(1, int((clock.now() - min(waiting)).total_seconds())) if waiting else 0
