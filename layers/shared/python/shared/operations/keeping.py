"""The Lambda behind a service's dead-letter queues: each dead letter becomes a row.

A queue forgets after 14 days and cannot be listed; a row can be looked at, sent again or closed
weeks later. What cannot be kept stays in its queue, whose alarm goes on.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final

from aws_lambda_powertools.utilities.batch import (
    BatchProcessor,
    EventType,
    process_partial_response,
)
from aws_lambda_powertools.utilities.data_classes.sqs_event import SQSRecord

from shared import clock
from shared.contracts.codec import reject_constant
from shared.ids import derived
from shared.messaging.failures import DETAIL_CHARACTERS_MAX, Failure, FailureNotes
from shared.observability import log, metrics
from shared.operations import wiring
from shared.operations.dead_letters import DeadLetter, Reason
from shared.operations.letters import DeadLetters
from shared.operations.queues import REDRIVE_OF, Source

NO_WORD: Final = Reason(
    "no_word", "its consumer ended before it could say why: killed, out of time or of memory"
)
NAME_CHARACTERS_MAX: Final = 300


def handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
    del context
    keeper = Keeper(
        service=wiring.settings().powertools_service_name,
        sources=wiring.sources(),
        letters=wiring.letters(),
        failures=wiring.failures(),
        clock=clock.now,
    )
    return keeper.on_queue(event)


class Keeper:
    """`sources` are the service's dead-letter queues by their ARN."""

    def __init__(
        self,
        *,
        service: str,
        sources: Mapping[str, Source],
        letters: DeadLetters,
        failures: FailureNotes,
        clock: Callable[[], datetime],
    ) -> None:
        self._service = service
        self._sources = sources
        self._letters = letters
        self._failures = failures
        self._clock = clock

    def on_queue(self, event: dict[str, Any]) -> dict[str, Any]:
        """Keep a batch of SQS records; the answer names those that must come again."""
        processor = BatchProcessor(EventType.SQS, raise_on_entire_batch_failure=False)
        return dict(
            process_partial_response(event=event, record_handler=self._keep, processor=processor)
        )

    def _keep(self, record: SQSRecord) -> None:
        letter = self._letter(record.raw_event)
        log.bind(
            dead_letter_id=letter.dead_letter_id,
            message_id=letter.message_id,
            message_type=letter.message_type,
            correlation_id=letter.correlation_id,
        )
        if self._letters.keep(letter):
            log.warning("dead letter kept", queue=letter.queue, code=letter.reason.code)
            metrics.count("DeadLetterKept", queue=letter.queue, code=letter.reason.code)

    def _letter(self, record: dict[str, Any]) -> DeadLetter:
        source = self._sources[record["eventSourceARN"]]
        sent_at = datetime.fromtimestamp(int(record["attributes"]["SentTimestamp"]) // 1000, tz=UTC)
        message = _Message.of(record["body"])
        failures = tuple(self._failures.of(record["messageId"]))
        told = {
            name: str(value.get("stringValue", ""))
            for name, value in (record.get("messageAttributes") or {}).items()
        }
        return DeadLetter(
            dead_letter_id=derived(f"dl_{self._service}", source.name, record["messageId"]),
            queue=source.name,
            redrivable=source.inbox_url != "",
            body=record["body"],
            reason=_reason(source, record["body"], told, failures),
            failures=failures,
            message_id=message.id,
            message_type=message.type,
            correlation_id=message.correlation_id,
            said_at=message.time or sent_at,
            sent_at=sent_at,
            kept_at=self._clock(),
            redrive_of=told.get(REDRIVE_OF),
        )


@dataclass(frozen=True, slots=True)
class _Message:
    """What can be read of a body that somebody could not handle."""

    id: str | None = None
    type: str | None = None
    correlation_id: str | None = None
    time: datetime | None = None

    @classmethod
    def of(cls, body: str) -> _Message:
        document = _document(body).get("detail")
        if not isinstance(document, dict):
            return cls()
        return cls(
            _text(document.get("id")),
            _text(document.get("type")),
            _text(document.get("correlationid")),
            _moment(document.get("time")),
        )


def _reason(
    source: Source, body: str, told: Mapping[str, str], failures: tuple[Failure, ...]
) -> Reason:
    """The consumer's own last word, else the bus's, else the stream's, else that nobody told."""
    if failures:
        return Reason(failures[-1].code, failures[-1].detail)
    if "ERROR_CODE" in told:
        detail = f"{told['ERROR_CODE']}: {told.get('ERROR_MESSAGE', '')}"
        return Reason("not_delivered", detail[:DETAIL_CHARACTERS_MAX])
    if source.inbox_url == "":
        return Reason("stream_gave_up", _position(_document(body)))
    return NO_WORD


def _position(note: Mapping[str, Any]) -> str:
    """Which records of a stream its reader gave up; the records themselves are not in the note."""
    why, batch = note.get("requestContext"), note.get("DDBStreamBatchInfo")
    if not isinstance(why, dict) or not isinstance(batch, dict):
        return "a note that cannot be read"
    detail = (
        f"{why.get('condition')}: {batch.get('batchSize')} records of {batch.get('shardId')}"
        f" from {batch.get('startSequenceNumber')} to {batch.get('endSequenceNumber')},"
        f" the first of {batch.get('approximateArrivalOfFirstRecord')}"
    )
    return detail[:DETAIL_CHARACTERS_MAX]


def _document(body: str) -> dict[str, Any]:
    try:
        document = json.loads(body, parse_constant=reject_constant)
    except (ValueError, RecursionError):
        return {}
    return document if isinstance(document, dict) else {}


def _text(value: object) -> str | None:
    return value[:NAME_CHARACTERS_MAX] if isinstance(value, str) and value else None


def _moment(value: object) -> datetime | None:
    try:
        moment = datetime.fromisoformat(str(value))
    except ValueError:
        return None
    return moment if moment.tzinfo is not None else None
