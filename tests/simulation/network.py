"""Between the services: the bus, the queues with their dead letters, the tables' streams."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, Protocol

from botocore.exceptions import ReadTimeoutError

from tests.doubles.expressions import Item
from tests.doubles.memory_dynamo import refusal
from tests.simulation.agenda import DAY, HOUR, MINUTE, SECOND, Agenda
from tests.simulation.calls import Calls
from tests.simulation.faults import Fate

RECEIVES_MAX: Final = 5
QUEUE_BATCH_MAX: Final = 10
STREAM_BATCH_MAX: Final = 100
STREAM_TRIES_MAX: Final = 20
STREAM_KEPT: Final = 24 * HOUR
VISIBILITY: Final = 6 * MINUTE
DELAY_DAYS_MAX: Final = 14

type Answer = dict[str, Any] | None
"""What a function answered; None when it was killed or failed."""


class Host(Protocol):
    """What the network needs of the world around it."""

    agenda: Agenda
    fate: Fate
    calls: Calls

    def invoke(self, function: str, event: dict[str, Any]) -> Answer: ...
    def down_until(self, actor: str) -> int: ...
    def bury(self, inbox: Inbox, letter: Letter) -> None: ...
    def tell(self, line: str) -> None: ...


@dataclass(slots=True)
class Letter:
    """A message in a queue. `poison` is what nobody can handle, put there on purpose."""

    name: str
    body: str
    poison: bool = False
    receives: int = 0
    visible_at: int = 0
    attributes: dict[str, Any] = field(default_factory=dict)


@dataclass
class Inbox:
    """A consumer's queue: a letter leaves it only when it was handled."""

    host: Host
    function: str
    types: frozenset[str]
    letters: list[Letter] = field(default_factory=list)
    sent_again: int = 0

    def send(self, letter: Letter, delay: int) -> None:
        letter.visible_at = self.host.agenda.now + delay
        self.letters.append(letter)
        self.host.agenda.add(delay, self.function, self.poll)

    def poll(self) -> None:
        """Hand what is visible to the consumer, in any order, and keep what it could not handle."""
        host, now = self.host, self.host.agenda.now
        until = host.down_until(self.function)
        if until > now:
            host.agenda.add(until - now, self.function, self.poll)
            return
        visible = [each for each in self.letters if each.visible_at <= now]
        if not visible:
            return
        host.fate.rng.shuffle(visible)
        batch = [each for each in visible[:QUEUE_BATCH_MAX] if self._may_be_received(each)]
        if len(visible) > QUEUE_BATCH_MAX:
            host.agenda.add(SECOND, self.function, self.poll)
        if batch:
            self._deliver(batch)

    def record(self, letter: Letter, *, source: str, sent: int) -> dict[str, Any]:
        """As Lambda is handed it; `sent` in seconds."""
        return {
            "messageId": letter.name,
            "body": letter.body,
            "attributes": {
                "ApproximateReceiveCount": str(letter.receives),
                "SentTimestamp": f"{sent}000",
            },
            "messageAttributes": {
                name: {"stringValue": value["StringValue"]}
                for name, value in letter.attributes.items()
            },
            "eventSource": "aws:sqs",
            "eventSourceARN": source,
        }

    def _may_be_received(self, letter: Letter) -> bool:
        if letter.receives < RECEIVES_MAX:
            return True
        self.letters.remove(letter)
        self.host.tell(f"dead letter {self.function} {letter.name}")
        self.host.bury(self, letter)
        return False

    def _deliver(self, batch: Sequence[Letter]) -> None:
        host = self.host
        for letter in batch:
            letter.receives += 1
            letter.visible_at = host.agenda.now + VISIBILITY
        records = [self.record(each, source=self.function, sent=0) for each in batch]
        answer = host.invoke(self.function, {"Records": records})
        failed = {each.name for each in batch}
        if answer is not None and not host.fate.strikes("acknowledgement_lost"):
            failed = {each["itemIdentifier"] for each in answer["batchItemFailures"]}
        done = {each.name for each in batch} - failed
        self.letters = [each for each in self.letters if each.name not in done]
        for letter in batch:
            if letter.name in failed:
                delay = max(letter.visible_at - host.agenda.now, 0)
                host.agenda.add(delay, self.function, self.poll)


class Bus:
    """The bus as its client sees it; each entry goes to every inbox that listens to its type.

    What is `held_up` takes so long, by its type.
    """

    def __init__(self, host: Host, inboxes: Sequence[Inbox], held_up: Mapping[str, int]) -> None:
        self.published: list[dict[str, Any]] = []
        self._host = host
        self._inboxes = inboxes
        self._held_up = held_up
        self._sent = 0

    def put_events(self, *, Entries: list[dict[str, Any]]) -> dict[str, Any]:  # noqa: N803
        """Some entries may be refused in an answer that says 200."""
        host = self._host
        host.calls.pass_through("before", "bus.put")
        if host.fate.strikes("bus_refuses"):
            raise refusal("ThrottlingException")
        results = []
        for entry in Entries:
            if host.fate.strikes("bus_entry_failed"):
                results.append({"ErrorCode": "InternalFailure"})
                continue
            document = json.loads(entry["Detail"])
            self.published.append(document)
            host.tell(f"bus {document['type']} {document['id']}")
            self.deliver(document, entry["Detail"])
            results.append({"EventId": str(len(self.published))})
        host.calls.pass_through("after", "bus.put")
        if host.fate.strikes("bus_answer_lost"):
            raise ReadTimeoutError(endpoint_url="bus")
        return {"Entries": results, "FailedEntryCount": len(Entries) - len(results)}

    def deliver(self, document: dict[str, Any], text: str) -> None:
        """To everyone who listens: at least once, at any time, in any order."""
        body = f'{{"detail": {text}}}'
        for inbox in self._inboxes:
            if document["type"] not in inbox.types:
                continue
            held_up = self._held_up.get(document["type"], 0)
            self._send(inbox, body, held_up=held_up)
            if self._host.fate.strikes("message_doubled"):
                self._send(inbox, body, held_up=held_up)
            if self._host.fate.strikes("message_poisoned"):
                self._send(inbox, _poisoned(document), poison=True)

    def _send(self, inbox: Inbox, body: str, *, poison: bool = False, held_up: int = 0) -> None:
        self._sent += 1
        inbox.send(Letter(str(self._sent), body, poison), held_up + self._delay())

    def _delay(self) -> int:
        fate = self._host.fate
        if fate.strikes("message_delayed_days"):
            return fate.rng.randrange(DAY * DELAY_DAYS_MAX)
        if fate.strikes("message_delayed"):
            return fate.rng.randrange(HOUR)
        return fate.rng.randrange(10, 500)


def _poisoned(document: dict[str, Any]) -> str:
    """A message that looks like one and cannot be read: it must stop nobody else."""
    return json.dumps({"detail": {**document, "data": {"nothing": "of use"}}})


class Stream:
    """A shard of a table's stream, as one of its readers sees it: in order, again after a failure.

    What was not read within a day is gone.
    """

    def __init__(
        self, host: Host, function: str, *, wanted: Callable[[Item], bool], gives_up: bool
    ) -> None:
        self._host = host
        self._function = function
        self._wanted = wanted
        self._gives_up = gives_up
        self._records: list[tuple[int, int, Item]] = []
        self._inserted = 0
        self._tries = 0
        self._polling = False
        self._busy = False

    def insert(self, item: Item) -> None:
        if self._wanted(item):
            self._inserted += 1
            self._records.append((self._inserted, self._host.agenda.now, item))
            self._poll_in(self._host.fate.rng.randrange(20, 300))

    def poll(self) -> None:
        self._polling = False
        host, now = self._host, self._host.agenda.now
        until = host.down_until(self._function)
        if until > now or self._busy:
            self._poll_in(max(until - now, SECOND))
            return
        kept = [each for each in self._records if now - each[1] < STREAM_KEPT]
        if len(kept) < len(self._records):
            host.fate.struck["stream_trimmed"] += len(self._records) - len(kept)
        self._records = kept
        if kept:
            self._busy = True
            try:
                self._read(kept[: self._size()])
            finally:
                self._busy = False
        if self._records:
            self._poll_in(min(SECOND << self._tries, 5 * MINUTE) if self._tries else 10)

    def _read(self, batch: list[tuple[int, int, Item]]) -> None:
        answer = self._host.invoke(self._function, _stream_event(batch))
        failed = batch[0][0]
        if answer is not None:
            named = [int(each["itemIdentifier"]) for each in answer["batchItemFailures"]]
            failed = min(named, default=batch[-1][0] + 1)
        self._tries = self._tries + 1 if failed == batch[0][0] else 0
        if self._gives_up and self._tries > STREAM_TRIES_MAX:
            self._host.fate.struck["stream_gave_up"] += 1
            failed, self._tries = failed + 1, 0
        self._records = [each for each in self._records if each[0] >= failed]

    def _size(self) -> int:
        """The batch: smaller by chance, and halved after each failure."""
        size = STREAM_BATCH_MAX
        if self._host.fate.strikes("stream_batch_small"):
            size = self._host.fate.rng.randint(1, 5)
        return max(size >> self._tries, 1)

    def _poll_in(self, delay: int) -> None:
        if not self._polling:
            self._polling = True
            self._host.agenda.add(delay, self._function, self.poll)


def _stream_event(batch: list[tuple[int, int, Item]]) -> dict[str, Any]:
    return {
        "Records": [
            {
                "eventName": "INSERT",
                "dynamodb": {
                    "Keys": {name: item[name] for name in ("pk", "sk")},
                    "NewImage": item,
                    "SequenceNumber": str(number),
                },
            }
            for number, _, item in batch
        ]
    }
