"""Between the services: the bus, and the queues with their dead letters."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, Protocol

from botocore.exceptions import ReadTimeoutError

from tests.doubles.memory_dynamo import refusal
from tests.simulation.agenda import DAY, HOUR, MINUTE, SECOND, Agenda
from tests.simulation.calls import Calls
from tests.simulation.faults import LATE_DAYS_MAX, Fate

RECEIVES_MAX: Final = 5
QUEUE_BATCH_MAX: Final = 10
VISIBILITY: Final = 6 * MINUTE
DELIVERED_WITHIN: Final = DAY
"""So long the bus tries to reach a queue; what cannot help is not tried again."""

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
        if letter in self.letters:  # what goes on while another one is buried may have buried it
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
        letter = Letter(str(self._sent), body, poison)
        if self._host.fate.strikes("bus_not_delivered"):
            self._give_up(inbox, letter)
        else:
            inbox.send(letter, held_up + self._delay())

    def _give_up(self, inbox: Inbox, letter: Letter) -> None:
        """It never comes into the queue, but among its dead letters, with the bus's own words."""
        host = self._host
        code, tried = host.fate.rng.choice((("NO_PERMISSIONS", 0), ("THROTTLING", 185)))
        told = {
            "RULE_ARN": f"rule/{inbox.function}",
            "TARGET_ARN": inbox.function,
            "ERROR_CODE": code,
            "ERROR_MESSAGE": "not delivered",
            "RETRY_ATTEMPTS": str(tried),
        }
        if tried:
            told["EXHAUSTED_RETRY_CONDITION"] = "MaximumRetryAttempts"
        letter.attributes = {
            name: {"StringValue": text, "DataType": "String"} for name, text in told.items()
        }
        host.tell(f"not delivered {inbox.function} {letter.name} {code}")
        delay = DELIVERED_WITHIN if tried else 0
        host.agenda.add(delay, "bus", lambda: host.bury(inbox, letter))

    def _delay(self) -> int:
        fate = self._host.fate
        if fate.strikes("message_delayed_days"):
            return fate.rng.randrange(DAY * LATE_DAYS_MAX)
        if fate.strikes("message_delayed"):
            return fate.rng.randrange(HOUR)
        return fate.rng.randrange(10, 500)


def _poisoned(document: dict[str, Any]) -> str:
    """A message that looks like one and cannot be read: it must stop nobody else."""
    return json.dumps({"detail": {**document, "data": {"nothing": "of use"}}})
