"""What payments does by the clock: ask what is not decided, publish what its relay has missed."""

from datetime import timedelta
from typing import Any, Final

from payments import wiring
from payments.application.attest import attest_days, is_due
from payments.application.resolve_payment import resolve_payment
from payments.domain.payment import Payment
from shared import clock
from shared.contracts.envelope import Cause
from shared.errors.taxonomy import QuittanceException
from shared.ids import fresh
from shared.observability import log, metrics
from shared.observability.trace import child_of

SWEEP_MILLISECONDS: Final = 120_000
"""What is left of the function's time for the sweep, however many payments are to be asked of."""
WARNED_BEFORE: Final = timedelta(hours=24)
"""How long before a hold expires somebody should have captured it."""


def handler(event: dict[str, Any], context: Any) -> dict[str, int]:
    del event
    asked, failed = _ask_providers(context)
    metrics.count("PaymentsAsked", asked)
    metrics.count("PaymentsNotAnswered", failed)
    metrics.count("HoldsExpiringSoon", _expiring())
    swept = wiring.relay().sweep(now=clock.now())
    return {"asked": asked, "failed": failed, "swept": swept, "attested": _attest()}


def _attest() -> int:
    """How many days that are over were told to the ledger: mostly none."""
    now = clock.now()
    attestations = wiring.attestations()
    if not is_due(attestations.last_day(), now):
        return 0
    cause = Cause(
        id=fresh("check"),
        correlation_id=fresh("cor"),
        traceparent=child_of(None),
        now=now,
    )
    return len(attest_days(attestations=attestations, cause=cause))


def _ask_providers(context: Any) -> tuple[int, int]:
    """How many payments were asked about, and for how many there was no answer this time."""
    asked = failed = oldest_seconds = 0
    for payment_id in wiring.payments().to_check(clock.now()):
        if context.get_remaining_time_in_millis() < SWEEP_MILLISECONDS:
            break
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
            payment = resolve_payment(
                payment_id, payments=wiring.payments(), gateways=wiring.provider, cause=cause
            )
        except QuittanceException as failure:
            failed += 1
            log.warning("payment not resolved", code=failure.code)
        else:
            oldest_seconds = max(oldest_seconds, _undecided_seconds(payment))
    metrics.count("UndecidedSeconds", oldest_seconds)
    return asked, failed


def _undecided_seconds(payment: Payment) -> int:
    """How long the oldest operation of a payment has been undecided."""
    started = [attempt.started_at for attempt in payment.undecided]
    return int((clock.now() - min(started)).total_seconds()) if started else 0


def _expiring() -> int:
    """How many holds are not captured and end soon, as far as one page of the index tells."""
    now = clock.now()
    soon = set(wiring.payments().to_check(now + WARNED_BEFORE))
    return len(soon - set(wiring.payments().to_check(now)))
