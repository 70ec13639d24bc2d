"""A service's dead letters without a cloud: what dies, what is kept of it, what is sent again."""

import json
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from shared.messaging.failures import FailureNotes
from shared.operations.dead_letters import DeadLetter, Decision, Status
from shared.operations.errors import QueueBusy
from shared.operations.keeping import Keeper
from shared.operations.letters import DeadLetters
from shared.operations.queues import Source
from shared.persistence.table import Table
from tests.doubles.memory_table import MemoryTable

SAID = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
KEPT = SAID + timedelta(minutes=10)
ARN = "arn:aws:sqs:us-east-1:111122223333"
SOURCES = (
    Source(name="commands", arn=f"{ARN}:commands-dead", inbox_url="https://queue/commands"),
    Source(name="events", arn=f"{ARN}:events-dead", inbox_url="https://queue/events"),
    Source(name="relay", arn=f"{ARN}:relay-failures", inbox_url=""),
)
BODY = json.dumps(
    {
        "detail-type": "PaymentCaptured",
        "detail": {
            "id": "payments/pay_1/4/1",
            "type": "PaymentCaptured",
            "time": "2026-01-02T03:04:05.000000Z",
            "correlationid": "cor_1",
        },
    }
)


@dataclass
class Graveyard:
    """`sent` is what was put into an inbox again; a queue that is `busy` takes nothing."""

    table: Table = field(default_factory=MemoryTable)
    now: datetime = KEPT
    busy: bool = False
    sent: list[tuple[str, str, str]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.letters = DeadLetters(self.table)
        self.failures = FailureNotes(self.table)
        self.keeper = Keeper(
            service="orders",
            sources={source.arn: source for source in SOURCES},
            letters=self.letters,
            failures=self.failures,
            clock=lambda: self.now,
        )

    def bury(self, *records: dict[str, Any]) -> list[str]:
        """The records that must come again."""
        answer = self.keeper.on_queue({"Records": list(records)})
        return [failure["itemIdentifier"] for failure in answer["batchItemFailures"]]

    def one(self, **changes: Any) -> DeadLetter:
        """The dead letter that became of one record."""
        before = {each.dead_letter_id for each in self.every()}
        assert self.bury(record(**changes)) == []
        (letter,) = (each for each in self.every() if each.dead_letter_id not in before)
        return letter

    def every(self, status: Status = Status.OPEN) -> list[DeadLetter]:
        return [listed.item for listed in self.letters.listed(status)]

    def send(self, letter: DeadLetter) -> None:
        if self.busy:
            raise QueueBusy
        self.sent.append((letter.queue, letter.body, letter.dead_letter_id))


def record(
    message_id: str = "m-1",
    body: str = BODY,
    queue: str = "events-dead",
    attributes: dict[str, str] | None = None,
) -> dict[str, Any]:
    """A dead letter as its queue gives it."""
    told = attributes or {}
    return {
        "messageId": message_id,
        "receiptHandle": "handle",
        "body": body,
        "attributes": {"ApproximateReceiveCount": "1", "SentTimestamp": "1767323050123"},
        "messageAttributes": {
            name: {"dataType": "String", "stringValue": text} for name, text in told.items()
        },
        "eventSource": "aws:sqs",
        "eventSourceARN": f"{ARN}:{queue}",
    }


def by(actor: str, *, request: str = "req_1", at: datetime = KEPT) -> Decision:
    return Decision(actor=actor, reason="mended", request_id=request, at=at)
