"""What accounting does by the clock: publish what its relay has missed, free holds that ended."""

from typing import Any

from accounting import wiring
from accounting.application.by_hand import expire_holds
from shared import clock
from shared.contracts.envelope import Cause
from shared.ids import fresh
from shared.observability.trace import child_of


def handler(event: dict[str, Any], context: Any) -> dict[str, int]:
    del event, context
    now = clock.now()
    cause = Cause(id="", correlation_id=fresh("cor"), traceparent=child_of(None), now=now)
    swept = wiring.relay().sweep(now=now)
    return {"swept": swept, "expired": expire_holds(journal=wiring.journal(), cause=cause)}
