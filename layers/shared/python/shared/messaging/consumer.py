"""From a queue to a use case: each message checked, traced, handled once, and failed alone.

A message whose cause was handled before is acknowledged. Whatever raises stays in the queue, is
tried again and ends in the dead letters, without stopping its neighbours.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import datetime
from typing import Any

from aws_lambda_powertools.utilities.batch import (
    BatchProcessor,
    EventType,
    process_partial_response,
)
from aws_lambda_powertools.utilities.data_classes.sqs_event import SQSRecord

from shared.contracts.codec import UndecodableMessage, decode, reject_constant
from shared.contracts.envelope import Cause, Envelope
from shared.errors.taxonomy import AlreadyHandled, QuittanceException
from shared.messaging.failures import FailureNotes, failure_of
from shared.observability import log, metrics
from shared.observability.trace import child_of


class Consumer:
    """Hands the messages of the union `subscribed` to `react`.

    `handled` says whether a cause took effect before: the cheap check before anything is loaded.
    The check that counts is in the transaction of the effect. The last tries of a message that
    fails are noted in `failures`, for whoever finds it among the dead letters.
    """

    def __init__(
        self,
        subscribed: Any,
        *,
        react: Callable[[Envelope[Any], Cause], None],
        handled: Callable[[str], bool],
        clock: Callable[[], datetime],
        failures: FailureNotes | None = None,
    ) -> None:
        self._subscribed = subscribed
        self._react = react
        self._handled = handled
        self._clock = clock
        self._failures = failures

    def on_queue(self, event: dict[str, Any]) -> dict[str, Any]:
        """Handle a batch of SQS records; the answer names those that must come again."""
        processor = BatchProcessor(EventType.SQS, raise_on_entire_batch_failure=False)
        return dict(
            process_partial_response(event=event, record_handler=self._handle, processor=processor)
        )

    def _handle(self, record: SQSRecord) -> None:
        log.bind(message_id=record.message_id)  # the queue's, until the message's own is read
        try:
            self._consume(record.body)
        except AlreadyHandled:
            metrics.count("DuplicateAcknowledged")
        except QuittanceException as failure:
            log.warning("message failed", code=failure.code, error_type=type(failure).__name__)
            metrics.count("MessageFailed", code=failure.code)
            self._note(record, failure)
            raise
        except Exception as failure:
            log.exception("message failed unexpectedly")
            self._note(record, failure)
            raise

    def _note(self, record: SQSRecord, failure: Exception) -> None:
        if self._failures is not None:
            noted = failure_of(failure, record.raw_event, now=self._clock())
            self._failures.keep(record.message_id, noted)

    def _consume(self, body: str) -> None:
        envelope = decode(self._subscribed, _detail(body))
        traceparent = child_of(envelope.traceparent)
        log.bind(
            correlation_id=envelope.correlation_id,
            causation_id=envelope.causation_id,
            message_id=envelope.id,
            message_type=envelope.type,
            traceparent=traceparent,
        )
        if self._handled(envelope.id):
            raise AlreadyHandled(envelope.id)
        self._react(envelope, envelope.cause(now=self._clock(), traceparent=traceparent))
        log.info("message handled")


def _detail(body: str) -> Any:
    """The CloudEvents document that the bus wrapped into its own envelope."""
    try:
        wrapped = json.loads(body, parse_constant=reject_constant)
    except (ValueError, RecursionError):
        raise UndecodableMessage("not JSON") from None
    if not isinstance(wrapped, dict):
        raise UndecodableMessage("not a JSON object")
    return wrapped.get("detail")
