"""The people who work on dead letters and replays, by the API that is made for them.

What dies becomes a row by the platform's own function; days later somebody sends it again, or
closes what nobody can read. Each request is repeated under its key until it is answered.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any, Final, Protocol

from tests.doubles.memory_dynamo import MemoryDynamo
from tests.simulation import functions
from tests.simulation.agenda import DAY, HOUR, MINUTE, SECOND, Agenda
from tests.simulation.calls import Calls
from tests.simulation.faults import LATE_DAYS_MAX, Fate
from tests.simulation.network import VISIBILITY, Answer, Inbox, Letter

SERVICES: Final = ("orders", "payments", "accounting")
REDRIVES_MAX: Final = 40
"""So often a dead letter is tried again before it counts as stuck."""
REPLAYED_DAYS: Final = 74
UNDONE: Final = {"DEADLETTER#redriving", "REPLAY#running"}
"""What the clock carries on."""
WAITING: Final = {"DEADLETTER#open"}
"""What waits for a person."""


class Host(Protocol):
    """What operators need of the world around them."""

    agenda: Agenda
    fate: Fate
    calls: Calls
    dynamo: MemoryDynamo
    inboxes: dict[str, Inbox]

    def invoke(self, function: str, event: dict[str, Any]) -> Answer: ...
    def clock(self) -> datetime: ...
    def epoch_seconds(self) -> int: ...
    def tell(self, line: str) -> None: ...


class Operators:
    """They are also what stands behind the client of SQS: what they send comes into an inbox."""

    def __init__(self, host: Host) -> None:
        self._host = host
        self._redrives: Counter[str] = Counter()
        self._planned: set[str] = set()
        self.replays: list[str] = []

    def bury(self, inbox: Inbox, letter: Letter) -> None:
        """A dead letter is handed on until its row is there, and some day looked at."""
        host, service = self._host, inbox.function.partition(".")[0]
        function = f"{service}.keeping"
        record = inbox.record(letter, source=f"{inbox.function}.dead", sent=host.epoch_seconds())
        answer = host.invoke(function, {"Records": [record]})
        kept = answer is not None and not answer["batchItemFailures"]
        if not kept or host.fate.strikes("acknowledgement_lost"):
            host.agenda.add(VISIBILITY, function, lambda: self.bury(inbox, letter))
        self.look(service)

    def look(self, service: str, within: int | None = None) -> None:
        """Somebody looks at the service's dead letters, some day: in the calm, very soon."""
        if within is None:
            within = DAY * LATE_DAYS_MAX if self._host.fate.rates else MINUTE
        if service not in self._planned:
            self._planned.add(service)
            delay = self._host.fate.rng.randrange(within)
            self._host.agenda.add(delay, "operator", lambda: self._work(service))

    def due(self, service: str, index: str) -> None:
        """Something came into an index: what was asked is carried on by the clock."""
        if index == "tasks" and self._tasks(service) & UNDONE:
            self._tick(service)

    def replay(self) -> None:
        """Have all that every service has said published once more."""
        begins = self._host.clock() - timedelta(days=REPLAYED_DAYS)
        body = {"from": begins.isoformat(), "per_second": 20, "reason": "rehearsal"}
        for service in SERVICES:
            self._ask(service, "replays", body, f"replay-{service}", self._replaying)

    def unfinished(self) -> list[str]:
        """What operators have asked for or are waited for, and what became of it instead."""
        left = [
            f"{service}: {task}"
            for service in SERVICES
            for task in self._tasks(service) & (UNDONE | WAITING)
        ]
        rows = [row for service in SERVICES for row in self._host.dynamo.items(service)]
        found = {row["replay_id"]["S"]: row["status"]["S"] for row in rows if "replay_id" in row}
        for name in self.replays:
            if found.get(name) != "done":
                left.append(f"{name} is {found.get(name)}")
        return left

    def send_message(
        self,
        *,
        QueueUrl: str,  # noqa: N803
        MessageBody: str,  # noqa: N803
        MessageAttributes: Mapping[str, Any],  # noqa: N803
    ) -> None:
        host = self._host
        host.calls.pass_through("before", f"{QueueUrl}.send")
        self._redrives[MessageBody] += 1
        assert self._redrives[MessageBody] <= REDRIVES_MAX, f"stuck in {QueueUrl}: {MessageBody}"
        inbox = host.inboxes[QueueUrl]
        inbox.sent_again += 1
        letter = Letter(f"{QueueUrl}-again-{inbox.sent_again}", MessageBody)
        letter.attributes = dict(MessageAttributes)
        inbox.send(letter, host.fate.rng.randrange(SECOND))
        host.calls.pass_through("after", f"{QueueUrl}.send")

    def _work(self, service: str) -> None:
        """Every open dead letter is sent again, but for what nobody can read."""
        self._planned.discard(service)
        path = f"/operations/{service}/dead-letters"
        asked = functions.request("GET", path, body=None, key="", flow="operator")
        asked["queryStringParameters"] = {"limit": "100"}
        answer = self._host.invoke(f"{service}.operations", asked)
        page = {} if answer is None else json.loads(answer["body"])
        for each in page.get("data", []):
            name = each["dead_letter_id"]
            verb = "close" if each["code"] == "undecodable_message" else "redrive"
            self._ask(
                service, f"dead-letters/{name}/{verb}", {"reason": "seen"}, f"{verb}-{name}", _done
            )
        if self._tasks(service) & WAITING:
            self.look(service, HOUR)

    def _ask(
        self,
        service: str,
        path: str,
        body: dict[str, Any],
        key: str,
        then: Callable[[dict[str, Any]], None],
    ) -> None:
        """POST until there is an answer that is one."""
        host = self._host
        asked = functions.request(
            "POST", f"/operations/{service}/{path}", body=body, key=key, flow="operator"
        )
        answer = host.invoke(f"{service}.operations", asked)
        document = {} if answer is None else json.loads(answer["body"])
        status = 0 if answer is None else answer["statusCode"]
        retry = status == 0 or document.get("retryable", status >= 500)
        if retry or host.fate.strikes("answer_lost"):
            delay = host.fate.rng.randrange(SECOND, MINUTE)
            again = lambda: self._ask(service, path, body, key, then)  # noqa: E731
            host.agenda.add(delay, "operator", again)
            return
        host.tell(f"answer {path} {status} {document.get('code', '')}")
        then(document)

    def _replaying(self, document: dict[str, Any]) -> None:
        self.replays.append(document["replay_id"])

    def _tick(self, service: str) -> None:
        function = f"{service}.republishing"
        if function not in self._planned:
            self._planned.add(function)
            delay = MINUTE + self._host.fate.rng.randrange(MINUTE)
            self._host.agenda.add(delay, function, lambda: self._republish(service))

    def _republish(self, service: str) -> None:
        self._planned.discard(f"{service}.republishing")
        self._host.invoke(f"{service}.republishing", {})
        if self._tasks(service) & UNDONE:
            self._tick(service)

    def _tasks(self, service: str) -> set[str]:
        """What there is in the index of the service's table, as it truly stands."""
        return self._host.dynamo.listed(service, "tasks")


def _done(document: dict[str, Any]) -> None:
    del document
