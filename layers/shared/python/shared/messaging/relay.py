"""The outbox relay: from the table's stream to the bus, in order, each message checked.

A message may be published twice (its id repeats), and is never skipped: what the bus refuses comes
back by the stream's retries, and what the stream gives up on is found again by the sweep.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, Final

from shared.errors.taxonomy import QuittanceException
from shared.moments import timestamp
from shared.observability import log, metrics
from shared.persistence.outbox import SHARDS
from shared.persistence.rows import Row, load_row
from shared.persistence.table import UNPROCESSED, Key, Table

if TYPE_CHECKING:
    from mypy_boto3_events import EventBridgeClient
    from mypy_boto3_events.type_defs import PutEventsRequestEntryTypeDef

ENTRIES_MAX: Final = 10
REQUEST_BYTES_MAX: Final = 240_000
REPEATS_MAX: Final = 3
"""How often what the bus refuses is put again before the whole is left for later."""
SWEPT_AFTER: Final = timedelta(minutes=5)
SWEPT_PER_SHARD_MAX: Final = 100


class BusRefused(QuittanceException):
    """The bus took a part of the messages; the next sweep, or turn, takes up the rest."""

    code, title, status, retryable = "bus_refused", "The event bus refused messages", 503, True


@dataclass(frozen=True, slots=True)
class Waiting:
    """A message in the outbox: where it stands, and what goes to the bus."""

    position: str
    key: Key
    type: str
    payload: str


class Relay:
    """Publishes one service's outbox."""

    def __init__(
        self, *, service: str, table: Table, bus: EventBridgeClient, bus_name: str
    ) -> None:
        self._source = f"quittance.{service}"
        self._table = table
        self._bus = bus
        self._bus_name = bus_name

    def on_stream(self, event: dict[str, Any], *, now: datetime) -> dict[str, Any]:
        """Publish a batch of stream records; the answer names the first that must come again."""
        waiting = [found for record in event["Records"] if (found := _from_record(record))]
        first = next(self._refused(waiting, now=now), None)
        failures = [{"itemIdentifier": first.position}] if first else []
        return {"batchItemFailures": failures}

    def sweep(self, *, now: datetime) -> int:
        """Publish what has waited too long; returns how many, raises BusRefused if any is left.

        A relay that was down for longer than the stream keeps its records loses nothing, and a
        message that the bus never takes does not hold up the others.
        """
        overdue = sorted(self._overdue(timestamp(now - SWEPT_AFTER)), key=_place_in_time)
        waiting = [_waiting(row, position="") for row in overdue]
        refused = list(self._refused(waiting, now=now))
        if waiting:
            metrics.count("OutboxSwept", len(waiting))
        if refused:
            raise BusRefused
        return len(waiting)

    def repeat(self, rows: Sequence[Row], *, pace: Callable[[int], None]) -> None:
        """Put messages on the bus once more, in order, whether or not they were there before.

        Nothing is stamped: what was never published is still for the relay and the sweep. `pace`
        is told how many went, and may take its time. Raises BusRefused if any is left.
        """
        for batch in _batches([_waiting(row, position="") for row in rows]):
            left = batch
            for _ in range(REPEATS_MAX):
                answer = self._bus.put_events(Entries=[self._entry(each) for each in left])
                pace(len(left))
                taken = ["EventId" in result for result in answer["Entries"]]
                left = [each for each, done in zip(left, taken, strict=True) if not done]
                if not left:
                    break
            else:
                log.warning("bus refused a message", message_type=left[0].type)
                raise BusRefused

    def _overdue(self, before: str) -> Iterator[Row]:
        for shard in SHARDS:
            for key in self._table.due(
                UNPROCESSED, value=shard, before=before, rows_max=SWEPT_PER_SHARD_MAX
            ):
                row = self._table.get(key)
                if row is not None and "Unprocessed" in row:
                    yield row

    def _refused(self, waiting: Sequence[Waiting], *, now: datetime) -> Iterator[Waiting]:
        """Put messages on the bus in order and stamp them; gives those that were refused.

        It goes no further than it is asked: the stream stops at the first.
        """
        published = 0
        for batch in _batches(waiting):
            answer = self._bus.put_events(Entries=[self._entry(message) for message in batch])
            for message, result in zip(batch, answer["Entries"], strict=True):
                if "EventId" in result:
                    self._table.stamp_processed(message.key, now=now)
                    published += 1
                    continue
                code = result.get("ErrorCode", "")
                log.warning("bus refused a message", message_type=message.type, code=code)
                metrics.count("OutboxRefused")
                self._table.count_retry(message.key)
                yield message
        log.info("outbox published", published=published)

    def _entry(self, message: Waiting) -> PutEventsRequestEntryTypeDef:
        return {
            "EventBusName": self._bus_name,
            "Source": self._source,
            "DetailType": message.type,
            "Detail": message.payload,
        }


def _from_record(record: dict[str, Any]) -> Waiting | None:
    image = record["dynamodb"].get("NewImage", {})
    if record["eventName"] != "INSERT" or "Payload" not in image or "ProcessedOn" in image:
        return None  # what was published before is only put back
    return _waiting(load_row(image), position=record["dynamodb"]["SequenceNumber"])


def _place_in_time(row: Row) -> tuple[str, str]:
    return str(row["OccurredOn"]), str(row["sk"])


def _waiting(row: Row, *, position: str) -> Waiting:
    return Waiting(
        position=position,
        key=Key(str(row["pk"]), str(row["sk"])),
        type=str(row["Type"]),
        payload=str(row["Payload"]),
    )


def _batches(waiting: Sequence[Waiting]) -> Iterator[list[Waiting]]:
    """As many as one call may carry, by number and by bytes, in order."""
    batch: list[Waiting] = []
    size = 0
    for message in waiting:
        length = len(message.payload.encode())
        if batch and (len(batch) == ENTRIES_MAX or size + length > REQUEST_BYTES_MAX):
            yield batch
            batch, size = [], 0
        batch.append(message)
        size += length
    if batch:
        yield batch
