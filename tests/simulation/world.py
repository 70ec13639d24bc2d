"""Three services, one hostile network and one provider, in one process, decided by one seed.

The functions of the platform run as they are deployed: their handlers, wiring, use cases, stores,
relays and consumers. Around them stand doubles of AWS and of the provider. `World(seed).run()`
goes on until nothing is left to do.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Sequence
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from random import Random
from typing import Any, Final

from botocore.exceptions import BotoCoreError, ClientError

from shared.errors.taxonomy import QuittanceException
from tests.doubles.expressions import Item
from tests.doubles.memory_dynamo import MemoryDynamo
from tests.doubles.memory_vault import MemoryVault
from tests.simulation import functions
from tests.simulation.acquirer import Acquirer
from tests.simulation.agenda import DAY, HOUR, MINUTE, Agenda
from tests.simulation.answers import Answers
from tests.simulation.calls import INTERLEAVED_WITHIN, Calls, Crash
from tests.simulation.customer import Customer
from tests.simulation.executions import Executions
from tests.simulation.faults import Fate, drawn
from tests.simulation.lives import Life
from tests.simulation.lives import drawn as drawn_life
from tests.simulation.network import Answer, Bus, Inbox, Letter
from tests.simulation.operators import SERVICES, Operators
from tests.simulation.proofs import prove_at_last
from tests.simulation.said import Said
from tests.simulation.schedule import Schedule
from tests.simulation.site import SECRETS, site
from tests.simulation.streams import streams_of
from tests.simulation.time_to_live import TimeToLive
from tests.simulation.watch import Watch
from tests.simulation.webhooks import Webhooks

START: Final = datetime(2026, 1, 1, tzinfo=UTC)
NESTED_MAX: Final = 2
CHAIN_MAX: Final = 12
"""Enough for a webhook to be stored, relayed and applied while its own call is still answered."""
STEPS_MAX_PER_LIFE: Final = 20_000
CALM_AFTER: Final = 20 * DAY
"""By then every fault has ended, so that everything left half-way must come to its end."""
QUIET_BEFORE: Final = 2_000 * DAY
"""Whoever still does something then will do it for ever: a last look may come after 630 days."""


class World:
    """`lives` are led at once; `rates` are the faults. What is not given is drawn from the seed."""

    def __init__(
        self,
        seed: int,
        *,
        payments: int = 4,
        lives: Sequence[Life] | None = None,
        rates: dict[str, float] | None = None,
        kill_at: Collection[int] = (),
    ) -> None:
        rng = Random(seed)
        self.seed = seed
        self.ids = Random(seed + 1)
        self.fate = Fate(rng, drawn(rng) if rates is None else rates)
        self.agenda = Agenda()
        self.calls = Calls(self.fate, kill_at=kill_at)
        self.lives = list(lives or (drawn_life(rng) for _ in range(payments)))
        self.customers = [Customer(self, number, life) for number, life in enumerate(self.lives)]
        self.surprises: list[str] = []
        self.said = Said(self.surprises)
        self.answers = Answers(self.surprise)
        self.secrets = SECRETS
        self.breaches = 0
        self.metrics: dict[str, int] = {}
        self.on_line: Any = None
        self._sick = {name: times for life in self.lives for name, times in life.sick.items()}
        self._hash = sha256()
        self._stack: list[str] = []
        self._skew = [0]
        self._skews = functions.skews(self.fate)
        self._outages = functions.outages(self.fate)
        for life in self.lives:
            self._outages |= life.away
        self._build()

    def run(self) -> None:
        """Lead every life to its end, and let what is dead be redriven until nothing is left.

        Whatever is said to everybody once more must change nothing.
        """
        with site(self):
            self._begin()
            self.drain()
            if any(each.replayed for each in self.lives):
                self.operators.replay()
                self.drain()
            self._calm()
            self.drain()
            self.breaches = prove_at_last(self)
            self.surprises += [f"undone: {each}" for each in self.operators.unfinished()]

    def _begin(self) -> None:
        for customer in self.customers:
            delay = self.fate.rng.randrange(HOUR) if len(self.lives) > 1 else 0
            self.agenda.add(delay, "orders.http", customer.place)
        if self.fate.rates:
            self.agenda.add(CALM_AFTER, "calm", self._calm)
        if self.fate.strikes("outbox_replayed"):  # in the middle of everything
            moment = self.fate.rng.randrange(CALM_AFTER)
            self.agenda.add(moment, "operator", self.operators.replay)

    @property
    def trace_hash(self) -> str:
        """Of everything that happened, in order."""
        return self._hash.hexdigest()

    def _build(self) -> None:
        self.dynamo = MemoryDynamo()
        self.dynamo.on_call = self.calls.store
        self.watch = Watch()
        self.dynamo.now = lambda: self.agenda.now
        self.dynamo.on_write = self._written
        self.dynamo.on_read = self._read
        self.dynamo.stale = lambda: self.fate.strikes("index_stale")
        self.dynamo.unprocessed = lambda: self.fate.strikes("store_keys_unprocessed")
        self.calls.meanwhile = self._meanwhile
        self.calls.pause = self._pause
        self.calls.on_moment = self.tell
        self.vault = MemoryVault()
        self.webhooks = Webhooks(self)
        lives = {customer.token: customer.life for customer in self.customers}
        self.acquirer = Acquirer(self, lives, self.webhooks)
        self.inboxes = {name: Inbox(self, name, types) for name, types in functions.INBOXES.items()}
        held_up = {kind: after for life in self.lives for kind, after in life.held_up.items()}
        self.bus = Bus(self, list(self.inboxes.values()), held_up)
        self.streams = streams_of(self)
        self.schedule = Schedule(self)
        self._expiry = TimeToLive(self)
        self.executions = Executions(self)
        self.operators = Operators(self)
        self.sqs = self.operators
        self.dynamo.on_due = self._due

    def drain(self) -> None:
        steps_max = STEPS_MAX_PER_LIFE * (len(self.lives) + 1)
        for _ in range(steps_max):
            if not self.agenda:
                return
            if self.agenda.now > QUIET_BEFORE:
                break
            self._step(self.agenda.next())
        raise AssertionError("the network never went quiet")

    def _step(self, entry: Any) -> None:
        _, _, name, action = entry
        self._expiry.tick()
        self._stack.append(name)
        try:
            action()
        finally:
            self._stack.pop()

    def _calm(self) -> None:
        """Every fault ends, every clock is right, and everyone is there."""
        self.fate.forgive()
        self._outages.clear()
        self._skews.clear()
        for service in SERVICES:
            self.operators.look(service, MINUTE)

    def _meanwhile(self) -> None:
        """Others go on in the middle of this worker: one, or a whole chain from cause to effect."""
        if len(self._stack) > NESTED_MAX:
            return
        for _ in range(self.fate.rng.choice((1, 1, 1, CHAIN_MAX))):
            entry = self.agenda.near(INTERLEAVED_WITHIN, but_not=self._stack)
            if entry is None:
                return
            self.tell(f"meanwhile {entry[2]}")
            self._step(entry)

    def _written(self, table: str, before: Item | None, after: Item | None) -> None:
        streams = self.streams.get(table)
        if streams is None:
            return
        self.watch.written(table, before, after)
        if before is None and after is not None:
            self.answers.written(self.worker, table, after)
            for stream in streams:
                stream.insert(after)

    def _read(self, table: str, item: Item) -> None:
        if table == "payments":
            self.watch.read(self.worker, item)

    @property
    def worker(self) -> int:
        """Which of the workers that run in each other's middle is the one that runs now."""
        return len(self._skew)

    def _due(self, table: str, index: str, sort: str) -> None:
        self.schedule.due(table, index, sort)
        self.operators.due(table, index)

    def _pause(self, milliseconds: int) -> None:
        self.agenda.now += milliseconds

    def invoke(self, function: str, event: dict[str, Any]) -> Answer:
        """What a function answers, in a worker of its own; None when it was killed or failed."""
        if function == "orders.compensation" and self.down_until(function):
            return None
        if self._sick.get(function, 0) > 0:
            self._sick[function] -= 1
            return None
        skew = self._skews.get((function, self.fate.rng.randrange(functions.WORKERS)), 0)
        self._skew.append(skew)
        self.calls.begin()
        self.tell(f"invoke {function}")
        try:
            answer = functions.DEPLOYED[function](event, functions.context(function))
            return self.said.answered(function, answer)
        except Crash:
            return None
        except (ClientError, BotoCoreError, QuittanceException) as failure:
            self.tell(f"failed {function} {type(failure).__name__}")
            return None
        finally:
            self._skew.pop()

    def http(
        self, service: str, method: str, path: str, *, body: Any, key: str, flow: str
    ) -> tuple[int, dict[str, Any]]:
        """The status and document of an answer; 0 when none came."""
        event = functions.request(method, path, body=body, key=key, flow=flow)
        with self.answers.asked(self.worker + 1, f"{path} {key}"):
            answer = self.invoke(f"{service}.http", event)
        if answer is None:
            return 0, {}
        document: dict[str, Any] = json.loads(answer["body"])
        self.answers.told(f"{path} {key}", answer["statusCode"], document)
        self.tell(f"answer {method} {path} {answer['statusCode']} {document.get('code', '')}")
        return answer["statusCode"], document

    def receive_webhook(self, raw: str, headers: dict[str, str]) -> int:
        answer = self.invoke("payments.webhooks", functions.webhook(raw, headers))
        return 0 if answer is None else int(answer["statusCode"])

    def bury(self, inbox: Inbox, letter: Letter) -> None:
        self.operators.bury(inbox, letter)

    def down_until(self, actor: str) -> int:
        begins, ends = self._outages.get(actor, (0, 0))
        return ends if begins <= self.agenda.now < ends else 0

    def clock(self, zone: Any = UTC) -> datetime:
        """The time of day in UTC, as the worker that asks believes."""
        assert zone is UTC
        return self._at(self.agenda.now + self._skew[-1])

    def epoch_seconds(self) -> int:
        return int(self._at(self.agenda.now).timestamp())

    def timestamp(self, milliseconds: int) -> str:
        return self._at(milliseconds).isoformat(timespec="milliseconds").replace("+00:00", "Z")

    def milliseconds(self, timestamp: str) -> int:
        return round((datetime.fromisoformat(timestamp) - START) / timedelta(milliseconds=1))

    def tell(self, line: str) -> None:
        """One line of the trace."""
        told = f"{self.agenda.now} {'  ' * len(self._skew)}{line}"
        self._hash.update(told.encode())
        if self.on_line is not None:
            self.on_line(told)

    def count(self, name: str, value: int = 1, **dimensions: str) -> None:
        """A metric, whatever its dimensions."""
        del dimensions
        self.metrics[name] = self.metrics.get(name, 0) + value

    def surprise(self, what: str) -> None:
        self.surprises.append(what)

    def _at(self, milliseconds: int) -> datetime:
        return START + timedelta(milliseconds=milliseconds)
