"""Stream mappings that halve a failing batch, give up old records, and go on where they stopped.

LocalStack takes BisectBatchOnFunctionError and does nothing; it takes every record for new, so that
MaximumRecordAgeInSeconds never comes, and would not say so; and a mapping that is enabled again
begins the stream anew.
"""

import copy
from collections.abc import Mapping
from typing import Any

from apphost.localstack.plugin import stock

EVENT_SOURCE_MAPPING = "localstack.services.lambda_.event_source_mapping"

NO_ERROR: Mapping[str, Any] = {"requestId": None}

_positions: dict[str, dict[str, str]] = {}
"""By the id of a mapping: where it goes on in each shard."""


class _Halve(BaseException):
    """A batch failed that is to be halved; LocalStack's own retries must not catch it."""

    def __init__(self, second_half: Any) -> None:
        super().__init__()
        self.second_half = second_half


class _Halving:
    """Gives a batch of several to the function once; LocalStack's processor keeps the rest."""

    def __init__(self, processor: Any, batch_failed: type[Exception]) -> None:
        self._processor = processor
        self._batch_failed = batch_failed

    def __getattr__(self, name: str) -> Any:
        return getattr(self._processor, name)

    def process_events_batch(self, events: list[Any]) -> None:
        try:
            self._processor.process_events_batch(events)
        except self._batch_failed:
            if len(events) == 1:
                raise
            raise _Halve(events[len(events) // 2]) from None


def _mend() -> None:
    batch_failed = stock.part(f"{EVENT_SOURCE_MAPPING}.event_processor").BatchFailureError
    processor = stock.part(f"{EVENT_SOURCE_MAPPING}.esm_event_processor").EsmEventProcessor
    factory = stock.part(f"{EVENT_SOURCE_MAPPING}.esm_worker_factory").EsmWorkerFactory
    poller = stock.part(f"{EVENT_SOURCE_MAPPING}.pollers.dynamodb_poller").DynamoDBPoller
    stock_get_worker, stock_forward = factory.get_esm_worker, poller.forward_events_to_target
    stock_initialize = poller.initialize_shards
    tell_of_error = processor.generate_event_failure_context

    def get_esm_worker(self: Any) -> Any:
        """The setting comes with the mapping, and does not reach the poller."""
        worker = stock_get_worker(self)
        if isinstance(worker.poller, poller):
            worker.poller.shards = _positions.setdefault(worker.uuid, worker.poller.shards)
            if self.esm_config.get("BisectBatchOnFunctionError"):
                worker.poller.processor = _Halving(worker.poller.processor, batch_failed)
        return worker

    def forward_events_to_target(self: Any, shard_id: str, records: list[Any]) -> None:
        try:
            stock_forward(self, shard_id, copy.deepcopy(records))
        except _Halve as failed:
            numbers = [self.get_sequence_number(record) for record in records]
            middle = numbers.index(self.get_sequence_number(failed.second_half))
            forward_events_to_target(self, shard_id, records[:middle])
            forward_events_to_target(self, shard_id, records[middle:])

    def initialize_shards(self: Any) -> Any:
        """Into the same place, so that the mapping's next poller finds it."""
        self.shards.update(stock_initialize(self))
        return self.shards

    def generate_event_failure_context(self: Any, abort_condition: str, **known: Any) -> Any:
        """A record that was given up unasked has no error to tell of."""
        error = known.pop("error")
        told = tell_of_error(self, abort_condition, error=error or NO_ERROR, **known)
        return told if error else {"requestContext": told["requestContext"]}

    factory.get_esm_worker = get_esm_worker
    poller.forward_events_to_target = forward_events_to_target
    poller.initialize_shards = initialize_shards
    processor.generate_event_failure_context = generate_event_failure_context
    poller.get_approximate_arrival_time = _written_at


def _written_at(_: Any, record: Any) -> float:
    """In seconds; to whole ones, as DynamoDB has it."""
    return float(record["dynamodb"]["ApproximateCreationDateTime"])


# What the entry point names.
on_start: Any = stock.part("localstack.runtime.hooks").on_infra_start(
    name="quittance_stream_mappings"
)(_mend)
