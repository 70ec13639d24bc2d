"""What must hold at every step: watched at each write, and at each call to the provider.

As the auditor, it knows the platform by its published documents and rows alone.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any, Final

from tests.simulation.audit_payments import DECIDED, disputed, held, tried
from tests.simulation.evidence import Finding, Plain, plain_row
from tests.simulation.watch_ages import Ages
from tests.simulation.watch_causes import Causes
from tests.simulation.watch_steps import GIVEN_UP, Steps

STATES: Final = Path(__file__).parents[2] / "docs" / "contracts" / "states.md"
STAMPS: Final = frozenset({"ProcessedOn", "Retries", "Unprocessed"})
WITHOUT_MONEY: Final = frozenset({"cancelling", "cancelled", "payment_failed"})
_KINDS: Final = {"ORDER": "Order", "PAYMENT": "Payment"}
_ARROW: Final = re.compile(r"    (\w+) --> (\w+): ")

type Item = Mapping[str, Any]


class Watch:
    """Told every write of the three tables, and every call that reaches the provider."""

    def __init__(self) -> None:
        self.findings: list[Finding] = []
        self._payments: dict[str, Plain] = {}
        self._statuses: dict[str, str] = {}
        self._known: dict[int, Item] = {}
        self._overdrawn: dict[str, int] = {}
        self._untold: dict[str, Finding] = {}
        self.causes = Causes(self._find)
        self._ages = Ages(self._find)
        self._steps = Steps(self._find)

    def written(self, table: str, before: Item | None, after: Item | None) -> None:
        item = after if after is not None else before
        if item is None or "sk" not in item:
            return
        if before is not None and "Payload" in before:
            self._unchanged(before, after)
        if before is None and after is not None:
            self.causes.written(table, after, self._payments)
            self._ages.written(after)
            if after.get("Type") == {"S": "PaymentOverdrawn"}:
                self._told(json.loads(after["Payload"]["S"])["data"])
        kind = _KINDS.get(str(item["pk"]["S"]).partition("#")[0])
        if item["sk"] == {"S": "STATE"} and after is not None and kind is not None:
            row = plain_row(after)
            self._moved(kind, row)
            if table == "payments":
                self._payment(row)
            elif table == "orders":
                old = plain_row(before) if before is not None else None
                self._undone(row, old)
                self._steps.order(old, row)
                self.causes.order(old, row, self._payments.get(row["payment_id"]))

    def read(self, worker: int, item: Item) -> None:
        """A worker has read a row, and knows what stands in it."""
        if item["sk"] == {"S": "STATE"}:
            self._known[worker] = item

    def called(self, worker: int, reference: str, key: str) -> None:
        """A POST has reached the provider: its intent is durable, and nothing else is unknown.

        What another worker learns at that very moment is nothing that this one could know.
        """
        payment_id = reference.rsplit("-", 2)[0]
        attempts = self._payments.get(payment_id, {"attempts": []})["attempts"]
        mine = [each for each in attempts if each["attempt_id"] == reference]
        if [each["key"] for each in mine] != [key]:
            self._find("P4", f"{reference} was sent with {key} before that was durable")
        known = plain_row(self._known[worker]) if worker in self._known else {"attempts": []}
        for other in known["attempts"]:
            beside = other["attempt_id"].startswith(f"{payment_id}-")
            if beside and other["attempt_id"] != reference and other["status"] == "unknown":
                self._find("P5", f"{reference} was sent while {other['attempt_id']} is unknown")

    def _unchanged(self, before: Item, after: Item | None) -> None:
        """What was told or booked stays, but for the stamps of its publication."""
        rule = "L4" if before["sk"] == {"S": "ENTRY"} else "X2"
        if after is None:
            self._find(rule, f"{before['pk']} {before['sk']} was deleted")
        elif any(before.get(name) != after.get(name) for name in before.keys() - STAMPS):
            self._find(rule, f"{before['pk']} {before['sk']} was changed")

    def _moved(self, kind: str, row: Plain) -> None:
        """P3: a status moves along the published graph only."""
        before, now = self._statuses.get(row["pk"]), row["status"]
        self._statuses[row["pk"]] = now
        if before is not None and before != now and now not in _within(kind, before):
            self._find("P3", f"{row['pk']} went from {before} to {now}")

    def _undone(self, row: Plain, before: Plain | None) -> None:
        """X5: who is being given up has somebody who does it, and it ends when nothing is held."""
        if row["status"] == "cancelling" and not any(
            each["status"] in {"open", "escalated"} for each in row["compensations"]
        ):
            self._find("X5", f"{row['pk']} is cancelling, and nobody does it")
        ended = {each["compensation_id"] for each in _completed(before)}
        payment = self._payments.get(row["payment_id"])
        for each in _completed(row):
            fresh = each["compensation_id"] not in ended and each["reason"] in GIVEN_UP
            if fresh and payment and held(payment) > 0 and row["status"] in WITHOUT_MONEY:
                self._find("X5", f"{each['compensation_id']} has left {held(payment)} held")

    def _payment(self, row: Plain) -> None:
        before = self._payments.get(row["payment_id"])
        self.causes.payment(before)
        self._ages.payment(before)
        self._payments[row["payment_id"]] = row
        name, captured = row["payment_id"], row["captured"]
        amounts = [row[each] for each in ("captured", "capturing", "released", "expired")]
        if min(amounts) < 0 or held(row) < 0:
            self._find("P1", f"{name}: {amounts} of {row['authorized']}")
        back = row["refunded"] + disputed(row, "opened", "lost")
        over, told = max(0, back - captured - _withdrawn(row)), self._overdrawn.get(name, 0)
        if min(row["refunding"], row["refunded"]) < 0 or over > told:
            self._find("P2", f"{name}: {back} back of {captured}")
            self._untold[name] = self.findings[-1]
        self._overdrawn[name] = min(over, told)
        reserved = row["refunding"] - (before or {"refunding": 0})["refunding"]
        if reserved > 0 and back + row["refunding"] > captured and not _late(before, row):
            self._find("P2", f"{name}: {row['refunding']} more reserved of {captured - back}")
        self._attempts((before or {"attempts": []})["attempts"], row["attempts"])
        if before is not None and len(tried(row)) > len(tried(before)):
            self._tried_again(before, name)

    def _told(self, overdrawn: Plain) -> None:
        """More may have gone back than was captured if the same write tells a person, behind it."""
        name = overdrawn["payment_id"]
        self._overdrawn[name] = overdrawn["excess"]["minor"]
        if self.findings and self.findings[-1] is self._untold.get(name):
            self.findings.pop()

    def _tried_again(self, before: Plain, name: str) -> None:
        """P6: only when nothing is held, and nothing may be."""
        open_ = [each["attempt_id"] for each in tried(before) if each["status"] not in DECIDED]
        if open_ or held(before) > 0:
            self._find("P6", f"{name} was tried again beside {open_ or held(before)}")

    def _attempts(self, before: list[Plain], now: list[Plain]) -> None:
        """An attempt stays, with its key; what is decided stays so, but for what was not found."""
        standing = {each["attempt_id"]: each for each in now}
        for old in before:
            new = standing.get(old["attempt_id"])
            if new is None or new["key"] != old["key"] or new["amount"] != old["amount"]:
                self._find("P4", f"{old['attempt_id']} was changed or lost")
            elif _decided(old) and new["status"] != old["status"]:
                self._find("P3", f"{old['attempt_id']} was {old['status']} before")

    def _find(self, rule: str, what: str) -> None:
        self.findings.append(Finding(rule, what))


def _withdrawn(row: Plain) -> int:
    """What captures had taken that do not stand: all that the provider gave back or disputed of it
    is heard of in any order. No more of it may be asked for.
    """
    return sum(
        each["amount"]
        for each in row["attempts"]
        if each["operation"] == "capture" and each["withdrawn"]
    )


def _completed(row: Plain | None) -> list[Plain]:
    return [each for each in (row or {}).get("compensations", ()) if each["status"] == "completed"]


def _within(kind: str, status: str) -> set[str]:
    """Where one write may lead to: a fact that tells an earlier one with it takes two steps."""
    graph = reachable(kind)
    return graph[status].union(*(graph[each] for each in graph[status]))


def _decided(attempt: Plain) -> bool:
    """For good: what was given up as never heard of may have happened after all."""
    known = attempt["decline_code"] != "not_found_at_provider"
    return attempt["status"] in DECIDED and known


def _late(before: Plain | None, row: Plain) -> bool:
    """Whether the reservation is for a refund that had been given up and happened after all."""
    return before is not None and len(before["attempts"]) == len(row["attempts"])


@cache
def reachable(kind: str) -> dict[str, set[str]]:
    """Where each status may lead to, by the published diagram of that machine."""
    section = STATES.read_text().partition(f"## {kind}\n")[2].partition("\n## ")[0]
    graph: dict[str, set[str]] = {}
    for source, target in _ARROW.findall(section):
        graph.setdefault(source, set()).add(target)
        graph.setdefault(target, set())
    assert graph, f"no diagram of {kind}"
    return graph
