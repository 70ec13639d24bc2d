"""Queues that are asked again soon: LocalStack waits about a second whenever one has run empty.

It means its setting LAMBDA_EVENT_SOURCE_MAPPING_MAX_BACKOFF_ON_EMPTY_POLL_SEC to bound that wait,
but begins above the bound.
"""

from typing import Any

from apphost.localstack.plugin import stock


def mend() -> None:
    worker = stock.part("localstack.services.lambda_.event_source_mapping.esm_worker")
    backoff = worker.ExponentialBackoff

    def bounded(*, initial_interval: float, max_interval: float) -> Any:
        return backoff(
            initial_interval=min(initial_interval, max_interval), max_interval=max_interval
        )

    worker.ExponentialBackoff = bounded
