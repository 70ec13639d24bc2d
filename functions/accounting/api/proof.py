"""The nightly Lambda: seal the days that have ended, prove the books, raise what is wrong."""

from typing import Any

from accounting import wiring
from accounting.application.announce import announce_breaches
from accounting.application.prove import prove
from accounting.application.seal import seal_days
from accounting.domain.errors import LedgerBroken, VaultUnreachable
from accounting.domain.proof import Breach
from shared import clock
from shared.contracts.envelope import Cause
from shared.errors.taxonomy import StaleRow
from shared.ids import fresh
from shared.moments import timestamp
from shared.observability import log, metrics
from shared.observability.trace import child_of


def handler(event: dict[str, Any], context: Any) -> dict[str, int]:
    del event, context
    now = clock.now()
    journal, folds, seals = wiring.journal(), wiring.folds(), wiring.vault()
    unsealed: list[Breach] = []
    try:
        seal_days(journal=journal, folds=folds, seals=seals, now=now, timestamp=timestamp(now))
    except (LedgerBroken, StaleRow, VaultUnreachable) as error:
        unsealed = [Breach(check="seal", detail=error.detail or error.title)]
    proof = prove(journal=journal, folds=folds, seals=seals, attested=wiring.attested(), now=now)
    breaches = [*unsealed, *proof.breaches]
    for breach in breaches:
        log.warning("ledger breached", code=breach.check, entry_id=breach.entry_id)
    cause = Cause(
        id=f"proof-{now.date().isoformat()}",
        correlation_id=fresh("cor"),
        traceparent=child_of(None),
        now=now,
    )
    announce_breaches(breaches, messages=wiring.messages(), cause=cause)
    metrics.count("LedgerBreached", len(breaches))
    metrics.count("LedgerProved", proof.entries)
    return {"entries": proof.entries, "days": proof.days, "breaches": len(breaches)}
