"""What orders does by the clock: look after what nobody told, publish what its relay has missed."""

from typing import Any, Final

from orders import wiring
from orders.application.recover import attend
from orders.domain.case import CaseStatus
from shared import clock
from shared.contracts.envelope import Cause
from shared.errors.taxonomy import QuittanceException
from shared.ids import fresh
from shared.observability import log, metrics
from shared.observability.trace import child_of

SWEEP_MILLISECONDS: Final = 60_000
"""What is left of the function's time for the sweep."""


def handler(event: dict[str, Any], context: Any) -> dict[str, int]:
    del event
    attended = _attend(context)
    metrics.count("OrdersAttended", attended)
    metrics.count("OldestCaseSeconds", _oldest_case_seconds())
    return {"attended": attended, "swept": wiring.relay().sweep(now=clock.now())}


def _oldest_case_seconds() -> int:
    """How long the oldest case has waited for a person."""
    for _, case in wiring.cases().listed(CaseStatus.OPEN):
        return int((clock.now() - case.opened_at).total_seconds())
    return 0


def _attend(context: Any) -> int:
    """How many orders were due: not confirmed in time, or with an execution that went silent."""
    attended = 0
    for order_id in wiring.orders().due(clock.now()):
        if context.get_remaining_time_in_millis() < SWEEP_MILLISECONDS:
            break
        correlation_id = fresh("cor")
        log.bind(correlation_id=correlation_id, order_id=order_id)
        cause = Cause(
            id=fresh("watch"),
            correlation_id=correlation_id,
            traceparent=child_of(None),
            now=clock.now(),
        )
        try:
            attend(order_id, orders=wiring.orders(), terms=wiring.terms, cause=cause)
        except QuittanceException as failure:
            log.warning("order not attended", code=failure.code)
        else:
            attended += 1
    return attended
