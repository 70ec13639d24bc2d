"""A hostile provider behind its HTTP API: it keeps its word on keys and limits, on nothing else."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final, Protocol
from urllib.parse import unquote

from shared.http import HttpAnswer, NotAnswered, NotSent
from tests.doubles.memory_dynamo import MemoryDynamo
from tests.simulation.agenda import DAY, MINUTE, Agenda
from tests.simulation.calls import Calls
from tests.simulation.disputes import Disputes
from tests.simulation.faults import Fate
from tests.simulation.lives import Course, Life
from tests.simulation.watch import Watch
from tests.simulation.webhooks import Webhooks

KEY_KEPT: Final = DAY
HELD_FOR: Final = 7 * DAY
ARRIVES_WITHIN: Final = 10 * MINUTE
GIVEN_UP_BY: Final = DAY
_USUAL: Final = Course()
_KINDS: Final = {"captures": "capture", "voids": "void", "refunds": "refund"}

type Json = dict[str, Any]


class Host(Protocol):
    """What the provider needs of the world around it."""

    agenda: Agenda
    fate: Fate
    calls: Calls
    dynamo: MemoryDynamo
    watch: Watch

    @property
    def worker(self) -> int: ...

    def down_until(self, actor: str) -> int: ...
    def tell(self, line: str) -> None: ...
    def timestamp(self, milliseconds: int) -> str: ...
    def surprise(self, what: str) -> None: ...


@dataclass
class Charge:
    """A payment at the provider: its operations and disputes, each as its API shows it."""

    name: str
    life: Life
    reference: str
    capture_before: int = 0
    operations: list[Json] = field(default_factory=list)
    released: int = 0

    def sum_of(self, *kinds: str, statuses: tuple[str, ...] = ("succeeded",)) -> int:
        return sum(
            each["amount"]
            for each in self.operations
            if each["operation"] in kinds and each["status"] in statuses
        )

    @property
    def held(self) -> int:
        """What a capture may still take: nothing once the hold has expired."""
        return self.sum_of("authorize") and self.left

    @property
    def left(self) -> int:
        authorized = self.sum_of("authorize", statuses=("succeeded", "expired"))
        return authorized - self.sum_of("capture", "void") - self.released

    @property
    def refundable(self) -> int:
        gone = self.sum_of("refund") + self.sum_of("dispute", statuses=("opened", "lost"))
        return self.sum_of("capture") - gone


class Acquirer:
    """Its truth is `charges`: what it really did, whatever anybody was told."""

    def __init__(self, host: Host, lives: Mapping[str, Life], webhooks: Webhooks) -> None:
        self.charges: dict[str, Charge] = {}
        self._host = host
        self._lives = lives
        self._webhooks = webhooks
        self._keys: dict[str, tuple[int, Json, HttpAnswer]] = {}
        self._by_reference: dict[str, Json] = {}
        self._made = 0
        self.disputes = Disputes(host, self._say_of_dispute)

    def call(
        self,
        method: str,
        path: str,
        *,
        body: Mapping[str, Any] | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> HttpAnswer:
        """As `shared.http.HttpClient.call`."""
        self._host.calls.pass_through("before", f"provider.{method}", effect=method == "POST")
        self._refuse_the_line()
        if method == "GET":
            return self._query(unquote(path.partition("reference=")[2]))
        assert body is not None
        key = (headers or {}).get("Idempotency-Key", "")
        if path.startswith("/v1/disputes/"):
            return self.disputes.hear(unquote(path.split("/")[3]), key)
        return self._post(path, dict(body), key)

    def _refuse_the_line(self) -> None:
        strikes = self._host.fate.strikes
        if self._host.down_until("provider") > self._host.agenda.now:
            raise NotSent if self._host.fate.rng.random() < 0.5 else NotAnswered
        if strikes("provider_not_reached"):
            raise NotSent

    def _query(self, reference: str) -> HttpAnswer:
        if self._host.fate.strikes("provider_query_fails"):
            raise NotAnswered
        if self._host.fate.strikes("provider_refuses_us"):
            return HttpAnswer(401, None)
        found = self._by_reference.get(reference)
        if found is None or found["listed_at"] > self._host.agenda.now:
            return HttpAnswer(200, {"data": []})
        return HttpAnswer(200, {"data": [dict(found)]})

    def _post(self, path: str, body: Json, key: str) -> HttpAnswer:
        strikes = self._host.fate.strikes
        course = self._course(path, body)
        self._host.watch.called(self._host.worker, body["reference"], key)
        if strikes("provider_busy"):
            return HttpAnswer(429, {"error": {"code": "rate_limited"}})
        if strikes("provider_refuses_us"):
            return HttpAnswer(403, {"error": {"code": "forbidden"}})
        if course.line == "silent_before" or strikes("provider_silent_before"):
            raise NotAnswered
        if course.line == "given_up":
            self._later(GIVEN_UP_BY, lambda: self._come_late(path, body, key, course))
            raise NotAnswered
        if course.line == "arrives_late" or strikes("provider_arrives_late"):
            delay = self._host.fate.rng.randrange(ARRIVES_WITHIN)
            self._later(delay, lambda: self._once(path, body, key, course))
            raise NotAnswered
        answer = self._once(path, body, key, course)
        self._host.calls.pass_through("after", "provider.POST")
        if course.line == "silent_after" or strikes("provider_silent_after"):
            raise NotAnswered
        if strikes("provider_gibberish"):
            return HttpAnswer(200, self._host.fate.rng.choice((None, [], {"status": "done"})))
        return answer

    def _once(self, path: str, body: Json, key: str, course: Course) -> HttpAnswer:
        """The stored answer of a key that is known, as long as keys are kept; of no key, none."""
        known = self._keys.get(key)
        if known is not None and self._host.agenda.now < known[0]:
            if known[1] != body:
                self._host.surprise(f"key {key} came with another request")
                return HttpAnswer(422, {"error": {"code": "idempotency_key_reused"}})
            return known[2]
        if known is not None:
            self._host.fate.struck["provider_key_forgotten"] += 1
        if course.line == "server_error" or self._host.fate.strikes("provider_server_error"):
            answer = HttpAnswer(500, {"error": {"code": "internal"}})
        else:
            answer = self._perform(path, body, course)
        if key:
            self._keys[key] = (self._host.agenda.now + KEY_KEPT, body, answer)
        return answer

    def _come_late(self, path: str, body: Json, key: str, course: Course) -> None:
        """Take what was held once: what was given back of it no longer is."""
        if body["reference"] not in self._by_reference:
            for operation in self.charges[unquote(path.split("/")[3])].operations:
                if operation["operation"] == "void" and operation["status"] == "succeeded":
                    operation["status"] = "reversed"
        self._once(path, body, key, course)

    def _perform(self, path: str, body: Json, course: Course) -> HttpAnswer:
        if path == "/v1/payments":
            life = self._lives[body["payment_method"]["token"]]
            self._made += 1
            name = f"acq_{self._made}"
            charge = self.charges[name] = Charge(name, life, body["reference"])
            return self._begin(charge, "authorize", body["amount"], body, course)
        _, _, _, name, plural = path.split("/")
        charge, kind = self.charges[unquote(name)], _KINDS[plural]
        limit = charge.refundable if kind == "refund" else charge.held
        amount = body.get("amount", charge.held)
        if not 0 < amount <= limit:
            return HttpAnswer(409, {"error": {"code": "amount_too_large"}})
        return self._begin(charge, kind, amount, body, course)

    def _begin(
        self, charge: Charge, kind: str, amount: int, body: Json, course: Course
    ) -> HttpAnswer:
        self._made += 1
        operation: Json = {
            "id": f"op_{self._made}",
            "operation": kind,
            "payment": charge.name,
            "reference": body["reference"],
            "status": "pending",
            "amount": amount,
            "currency": body["currency"],
            "decline_code": None,
            "capture_before": None,
            "metadata": body["metadata"],
            "final": body.get("final", True),
            "listed_at": self._host.agenda.now + course.unlisted_for,
        }
        charge.operations.append(operation)
        self._by_reference[body["reference"]] = operation
        if course.pending:
            self._later(course.pending, lambda: self._decide(charge, operation, course))
        else:
            self._decide(charge, operation, course)
        return HttpAnswer(201, {**operation, "status": "pending"})

    def _decide(self, charge: Charge, operation: Json, course: Course) -> None:
        """A verdict, unless somebody else was faster with what it would have taken."""
        kind, verdict = operation["operation"], course.verdict
        if kind != "authorize":
            limit = charge.refundable if kind == "refund" else charge.held
            verdict = verdict if operation["amount"] <= limit else "failed"
        operation["status"] = verdict
        if verdict != "succeeded":
            operation["decline_code"] = "do_not_honor"
        elif kind == "authorize":
            charge.capture_before = self._host.agenda.now + HELD_FOR
            operation["capture_before"] = self._host.timestamp(charge.capture_before)
            self._later(HELD_FOR, lambda: self._expire(charge))
        elif kind == "capture":
            charge.released += charge.left if operation["final"] else 0
            self.disputes.schedule(charge, operation)
        surely = course.unlisted_for > 0 or course.line == "given_up"  # nobody asks any more
        self._say(operation, course, always=surely, after=course.unlisted_for)
        if verdict == "succeeded" and course.withdrawn_after is not None:
            self._later(course.withdrawn_after, lambda: self._withdraw(charge, operation, course))

    def _withdraw(self, charge: Charge, operation: Json, course: Course) -> None:
        """A success no longer stands: a capture or refund failed later, a hold is over."""
        kind, amount = operation["operation"], operation["amount"]
        if kind == "authorize":
            self._expire(charge)
        elif operation["status"] != "succeeded" or kind == "void":
            return
        elif kind == "refund" or charge.refundable >= amount:
            operation |= {"status": "reversed", "decline_code": "reversed"}
            self._say(operation, course, always=True, after=course.told_after)
            if self._host.agenda.now >= charge.capture_before:
                self._expire(charge)

    def _expire(self, charge: Charge) -> None:
        authorization = charge.operations[0]
        if charge.held > 0:
            authorization |= {"status": "expired"}
            self._say(authorization)

    def _say_of_dispute(self, dispute: Json, after: int) -> None:
        self._say(dispute, always=True, after=after)

    def _say(
        self, operation: Json, course: Course = _USUAL, *, always: bool = False, after: int = 0
    ) -> None:
        self._host.tell(
            f"provider {operation['operation']} {operation['status']}"
            f" {operation['reference']} {operation['amount']}"
        )
        self._webhooks.send(operation, course, always=always, after=after)

    def _course(self, path: str, body: Json) -> Course:
        """What is planned for this try, by the number at the end of our own reference."""
        _, kind, number = body["reference"].rsplit("-", 2)
        if path == "/v1/payments":
            life = self._lives[body["payment_method"]["token"]]
        else:
            life = self.charges[unquote(path.split("/")[3])].life
        planned = life.courses.get(kind, ())
        return planned[int(number) - 1] if int(number) <= len(planned) else Course()

    def _later(self, delay: int, action: Callable[[], object]) -> None:
        self._host.agenda.add(delay, "provider", action)
