"""What an auditor is given of a finished world: rows and documents as plain data, and the truth.

Nothing here, nor in the `audit_…` modules, knows the platform's code: attribute values, postings
and envelopes are read anew, by what is published about them.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

type Plain = dict[str, Any]


class Finding(NamedTuple):
    """An invariant that does not hold, and where."""

    rule: str
    what: str


@dataclass
class Evidence:
    """`charges` is what the provider truly did; `letters` is what still lies in a queue."""

    orders: dict[str, Plain] = field(default_factory=dict)
    payments: dict[str, Plain] = field(default_factory=dict)
    cases: dict[str, Plain] = field(default_factory=dict)
    entries: list[Plain] = field(default_factory=list)
    lanes: dict[str, Plain] = field(default_factory=dict)
    blocks: dict[str, list[Plain]] = field(default_factory=dict)
    seals: dict[str, list[str]] = field(default_factory=dict)
    """By day: the document that stands in the vault, and each that it was asked for, in order."""
    breaches: int = 0
    """How many the last proof of the books has found."""
    outbox: list[Plain] = field(default_factory=list)
    published: list[Plain] = field(default_factory=list)
    charges: list[Plain] = field(default_factory=list)
    heard: dict[str, list[str]] = field(default_factory=dict)
    """The keys under which the provider has evidence, by dispute."""
    forgotten: set[str] = field(default_factory=set)
    """Keys under which it was asked again when it no longer knew them."""
    letters: list[str] = field(default_factory=list)
    records: dict[str, Plain] = field(default_factory=dict)
    runs: dict[str, Plain] = field(default_factory=dict)
    items: dict[str, dict[str, list[Plain]]] = field(default_factory=dict)
    """What each run has found, by record."""
    executions: dict[str, str] = field(default_factory=dict)
    given_up: dict[str, str] = field(default_factory=dict)
    """What was being authorized when its payment was given up, by payment."""
    texts: list[tuple[str, Any]] = field(default_factory=list)
    """What was said where, in rows, logs and answers."""
    secrets: tuple[str, ...] = ()
    wrong_webhooks: int = 0
    wishes: dict[str, Counter[str]] = field(default_factory=dict)
    """What each customer may ask for beside its order, and how often, by the kind of decision."""
    unexpected: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.forget()

    def forget(self) -> None:
        """After a change to the evidence: what was looked up is looked up anew."""
        self._messages: dict[str, Plain] = {}
        self._operations: dict[str, list[Plain]] = {}
        self._told: dict[tuple[str, str], list[Plain]] = {}

    def states(self, kind: str) -> dict[str, Plain] | None:
        """Where the rows of that kind of state belong."""
        return {
            "ORDER": self.orders,
            "PAYMENT": self.payments,
            "CASE": self.cases,
            "SETTLEMENT": self.records,
            "RECONCILIATION": self.runs,
        }.get(kind)

    def message(self, id_: str) -> Plain | None:
        """The message of that id, from the outbox of whoever has written it."""
        if not self._messages:
            self._messages = {row["document"]["id"]: row["document"] for row in self.outbox}
        return self._messages.get(id_)

    def told(self, kind: str, payment_id: str) -> list[Plain]:
        """What events of that type say of a payment, in sequence."""
        if not self._told:
            documents = (row["document"] for row in self.outbox)
            for each in sorted(documents, key=lambda each: int(each["sequence"])):
                key = each["type"], each["data"].get("payment_id", "")
                self._told.setdefault(key, []).append(each["data"])
        return self._told.get((kind, payment_id), [])

    def operations(self, payment_id: str) -> list[Plain]:
        """What the provider did for a payment of ours, in every charge of it."""
        if not self._operations:
            for charge in self.charges:
                name = charge["reference"].rsplit("-", 2)[0]
                self._operations.setdefault(name, []).extend(charge["operations"])
        return self._operations.get(payment_id, [])


def plain(value: Mapping[str, Any]) -> Any:
    """A value of DynamoDB as the data that it stands for."""
    ((kind, content),) = value.items()
    match kind:
        case "N":
            return int(content)
        case "NULL":
            return None
        case "L":
            return [plain(each) for each in content]
        case "M":
            return plain_row(content)
    return content


def plain_row(item: Mapping[str, Any]) -> Plain:
    return {
        name: value["S"] if "S" in value else plain(value)  # most of what is stored
        for name, value in item.items()
    }


def read_entry(row: Plain) -> Plain:
    """A row that is its own message, with what that says."""
    return {**row, "document": json.loads(row["Payload"])}


def gather(tables: Iterable[Iterable[Mapping[str, Any]]]) -> Evidence:
    """The evidence that lies in the tables of the services."""
    evidence = Evidence()
    for items in tables:
        for item in items:
            _sort_in(evidence, plain_row(item))
    return evidence


def _sort_in(evidence: Evidence, row: Plain) -> None:
    if "Payload" in row:
        row = read_entry(row)
        evidence.outbox.append(row)
    pk, sk = row["pk"], row["sk"]
    kind, _, name = pk.partition("#")
    if sk == "STATE":
        states = evidence.states(kind)
        if states is not None:
            states[name] = row
    elif sk == "ENTRY":
        evidence.entries.append(row)
    elif kind == "FOLD":
        evidence.lanes[name] = row
    elif kind == "CHAIN":
        evidence.blocks.setdefault(name, []).append(row)
    elif kind == "ITEMS":
        evidence.items.setdefault(name, {})[sk] = row["items"]
