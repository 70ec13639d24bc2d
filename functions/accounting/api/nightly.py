"""The nightly Lambda that asks for the reconciliation of the day that has ended."""

from datetime import timedelta
from typing import Any

from accounting import wiring
from accounting.application.reconcile import request_reconciliation
from shared import clock
from shared.contracts.envelope import Cause
from shared.ids import fresh
from shared.observability.trace import child_of


def handler(event: dict[str, Any], context: Any) -> dict[str, list[str]]:
    """Once a night and provider that the books know: asked twice, it is the same run."""
    del event, context
    now = clock.now()
    day = now.date() - timedelta(days=1)
    asked = [
        request_reconciliation(
            provider,
            day,
            requested_by="schedule",
            records=wiring.records(),
            cause=Cause(
                id=f"nightly-{provider}-{day.isoformat()}",
                correlation_id=fresh("cor"),
                traceparent=child_of(None),
                now=now,
            ),
        )
        for provider in wiring.providers().known()
    ]
    return {"reconciliations": [run.reconciliation_id for run in asked]}
