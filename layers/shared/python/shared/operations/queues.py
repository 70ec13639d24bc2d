"""A service's queues as operators see them: where dead letters come from, and where they go."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Final

from botocore.exceptions import BotoCoreError, ClientError

from shared.operations.dead_letters import DeadLetter
from shared.operations.errors import NotRedrivable, QueueBusy

if TYPE_CHECKING:
    from mypy_boto3_sqs import SQSClient

REDRIVE_OF: Final = "redrive_of"
"""The attribute of a message that was sent again: should it die once more, it is known why."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """A dead-letter queue, and the inbox in front of it; a stream's has none ("")."""

    name: str
    arn: str
    inbox_url: str


def written(sources: Iterable[Source]) -> list[dict[str, str]]:
    """As an environment variable holds them, in JSON."""
    return [asdict(source) for source in sources]


def read(text: str) -> tuple[Source, ...]:
    return tuple(Source(**each) for each in json.loads(text))


class Inboxes:
    """Sends a dead letter's body, as it came, to the queue that it had come from."""

    def __init__(self, *, sources: Iterable[Source], client: SQSClient) -> None:
        self._urls = {source.name: source.inbox_url for source in sources if source.inbox_url}
        self._client = client

    def send(self, letter: DeadLetter) -> None:
        """Raises QueueBusy, and NotRedrivable where its queue is no more."""
        url = self._urls.get(letter.queue)
        if url is None:
            raise NotRedrivable(f"there is no inbox {letter.queue} here")
        mark = {"DataType": "String", "StringValue": letter.dead_letter_id}
        try:
            self._client.send_message(
                QueueUrl=url,
                MessageBody=letter.body,
                MessageAttributes={REDRIVE_OF: mark},  # type: ignore[dict-item]
            )
        except (ClientError, BotoCoreError) as error:
            raise QueueBusy(type(error).__name__) from error
