"""What payments does once a night: fetch the settlement reports that did not come by themselves."""

from typing import Any

from payments import wiring
from payments.application.fetch_reports import fetch_reports
from payments.infrastructure.providers import PROVIDERS
from shared.errors.taxonomy import QuittanceException
from shared.ids import fresh
from shared.observability import log, metrics


def handler(event: dict[str, Any], context: Any) -> dict[str, int]:
    """A provider that does not answer is asked again the next night; its gap is noticed by then."""
    del event, context
    log.bind(correlation_id=fresh("cor"))
    fetched = failed = 0
    for provider in PROVIDERS:
        try:
            fetched += fetch_reports(
                provider,
                source=wiring.provider(provider),
                known=wiring.reports(),
                put=wiring.report_bucket().put,
            )
        except QuittanceException as failure:
            failed += 1
            log.warning("reports not fetched", provider=provider, code=failure.code)
            metrics.count("ReportsNotFetched", code=failure.code)
    return {"fetched": fetched, "failed": failed}
