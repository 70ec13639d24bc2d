"""What payments does by the clock: publish what its relay has missed, ask what is not decided."""

from typing import Any

from payments import wiring
from payments.application.resolve_payment import resolve_payment
from shared import clock
from shared.contracts.envelope import Cause
from shared.errors.taxonomy import QuittanceException
from shared.ids import fresh
from shared.messaging.relay import BusRefused
from shared.observability import log, metrics
from shared.observability.trace import child_of


def handler(event: dict[str, Any], context: Any) -> dict[str, int]:
    """Ask first: a bus that refuses what is swept must not keep the providers from being asked."""
    del event, context
    asked, failed = _ask_providers()
    metrics.count("PaymentsAsked", asked)
    if failed:
        metrics.count("PaymentsNotAnswered", failed)
    try:
        swept = wiring.relay().sweep(now=clock.now())
    except BusRefused:
        log.warning("swept in part")
        raise
    return {"asked": asked, "failed": failed, "swept": swept}


def _ask_providers() -> tuple[int, int]:
    """How many payments were asked about, and for how many there was no answer this time."""
    asked = failed = 0
    for payment_id in wiring.payments().to_check(clock.now()):
        asked += 1
        correlation_id = fresh("cor")
        log.bind(correlation_id=correlation_id, payment_id=payment_id)
        cause = Cause(
            id=fresh("check"),
            correlation_id=correlation_id,
            traceparent=child_of(None),
            now=clock.now(),
        )
        try:
            resolve_payment(
                payment_id, payments=wiring.payments(), gateways=wiring.provider, cause=cause
            )
        except QuittanceException as failure:
            failed += 1
            log.warning("payment not resolved", code=failure.code)
    return asked, failed
