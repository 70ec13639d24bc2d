"""What the provider does of disputes: it opens and ends them, and hears what speaks for us."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import partial
from typing import Any, Final, Protocol

from shared.http import HttpAnswer, NotAnswered
from tests.doubles.memory_dynamo import MemoryDynamo
from tests.simulation.agenda import DAY, Agenda
from tests.simulation.calls import Calls
from tests.simulation.evidence import plain_row
from tests.simulation.faults import Fate
from tests.simulation.lives import Dispute, Life

KEY_KEPT: Final = DAY

type Json = dict[str, Any]
type Say = Callable[[Json, int], object]
"""Told a dispute as it stands, and how long after it the word is sent."""


class Host(Protocol):
    """What disputes need of the world around them."""

    agenda: Agenda
    fate: Fate
    calls: Calls
    dynamo: MemoryDynamo

    def timestamp(self, milliseconds: int) -> str: ...


class Charge(Protocol):
    """What is disputed."""

    life: Life
    operations: list[Json]

    @property
    def refundable(self) -> int: ...


class Disputes:
    """`heard` are the keys under which evidence was taken, by dispute. Under those in `forgotten`
    it was asked again by who could not know, when it no longer knew them.
    """

    def __init__(self, host: Host, say: Say) -> None:
        self.heard: dict[str, list[str]] = {}
        self.forgotten: set[str] = set()
        self._host = host
        self._say = say
        self._open: dict[str, tuple[Json, Dispute, int]] = {}
        self._keys: dict[str, tuple[int, HttpAnswer]] = {}
        self._tried: set[str] = set()

    def schedule(self, charge: Charge, capture: Json) -> None:
        """Those of its life, from its first capture on."""
        disputes, charge.life = charge.life.disputes, replace(charge.life, disputes=())
        for plan in disputes:
            amount = max(capture["amount"] * plan.percent // 100, 1)
            self._later(plan.opened_after, partial(self._begin, charge, amount, plan))

    def _begin(self, charge: Charge, amount: int, plan: Dispute) -> None:
        amount = min(amount, charge.refundable)
        if amount <= 0:
            return
        name, due = f"dp_{len(self._open) + 1}", self._host.agenda.now + plan.due_after
        dispute = {**charge.operations[0], "id": name, "operation": "dispute"}
        dispute |= {"status": "opened", "amount": amount, "decline_code": "fraudulent"}
        dispute |= {"evidence_due": self._host.timestamp(due)}
        charge.operations.append(dispute)
        self._open[name] = dispute, plan, due
        self._say(dispute, plan.told_after)
        if plan.end:
            self._later(plan.ended_after, partial(self._end, dispute, plan))

    def _end(self, dispute: Json, plan: Dispute) -> None:
        dispute["status"] = plan.end
        self._say(dispute, plan.told_after)

    def hear(self, name: str, key: str) -> HttpAnswer:
        """POST /v1/disputes/{name}/evidence."""
        strikes = self._host.fate.strikes
        if strikes("provider_busy"):
            return HttpAnswer(429, {"error": {"code": "rate_limited"}})
        if strikes("provider_refuses_us"):
            return HttpAnswer(403, {"error": {"code": "forbidden"}})
        silent = "" if key in self._tried else self._open[name][1].silent
        self._tried.add(key)
        if silent == "before" or strikes("provider_silent_before"):
            raise NotAnswered
        answer = self._once(name, key)
        self._host.calls.pass_through("after", "provider.POST")
        if silent == "after" or strikes("provider_silent_after"):
            raise NotAnswered
        if strikes("provider_gibberish"):
            return HttpAnswer(200, {"status": "done"})
        return answer

    def _once(self, name: str, key: str) -> HttpAnswer:
        """The stored answer of a key that is known, as long as keys are kept."""
        now = self._host.agenda.now
        if key in self._keys and now < self._keys[key][0]:
            return self._keys[key][1]
        if key in self._keys:
            self.forgotten |= {key} & set(self._undecided())
            self._host.fate.struck["provider_key_forgotten"] += 1
        answer = self._taken(name, key)
        self._keys[key] = now + KEY_KEPT, answer
        return answer

    def _taken(self, name: str, key: str) -> HttpAnswer:
        """While the dispute is open and its time has not ended."""
        dispute, plan, due = self._open[name]
        if dispute["status"] != "opened" or self._host.agenda.now > due or not plan.listens:
            return HttpAnswer(409, {"error": {"code": "invalid_state"}})
        self.heard.setdefault(name, []).append(key)
        return HttpAnswer(201, dict(dispute))

    def _undecided(self) -> Iterator[str]:
        """The keys of all evidence of which nobody knows what became of it."""
        for item in self._host.dynamo.items("payments"):
            row = plain_row(item) if item["sk"] == {"S": "STATE"} else {}
            for each in row.get("disputes", ()):
                for given in each.get("evidence", ()):
                    if given["status"] == "given":
                        yield f"evidence:{given['evidence_id']}"

    def _later(self, delay: int, action: Callable[[], object]) -> None:
        self._host.agenda.add(delay, "provider", action)
