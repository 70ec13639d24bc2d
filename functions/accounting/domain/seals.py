"""A day's seal: what its entries were, so that nobody can tell it differently later."""

from __future__ import annotations

import csv
import hashlib
import io
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any, Final

from accounting.domain.balances import Sums
from accounting.domain.chain import LANES, Chained, Head, StoredEntry, canonical
from accounting.domain.errors import LedgerBroken
from accounting.domain.merkle import Merkle, leaf

COLUMNS: Final = (
    "lane", "position", "entry_id", "booked_at", "effective_at", "fact", "payment_id", "order_id",
    "cause_id", "description", "postings", "stored",
)  # fmt: skip
"""Of an exported day. `booked_at` is ledger time; `stored` is the whole item as JSON: the books can
be made again from it."""
PART_ENTRIES: Final = 1_000
"""An export is kept in parts of so many lines, each of which fits one answer of the API."""

DAY_LETTERS: Final = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class Seal:
    """What is signed: the day's root and count, its turnover, all chains' heads, the seal before.

    `totals` are the debits (equal to the credits) of the day by currency; `heads` are the chains as
    they stood at the end of the day, which pins everything before as well. `closed_through` is the
    last closed day of the books, or empty.
    """

    day: str
    entries: int
    root: str
    totals: Mapping[str, int]
    heads: Sequence[Head]
    previous: str
    closed_through: str
    sealed_at: str

    def document(self) -> str:
        """The text that is signed; the same seal is always the same text."""
        return json.dumps(
            {
                "day": self.day,
                "entries": self.entries,
                "root": self.root,
                "totals": dict(self.totals),
                "heads": [{"height": head.height, "hash": head.hash} for head in self.heads],
                "previous": self.previous,
                "closed_through": self.closed_through,
                "sealed_at": self.sealed_at,
            },
            sort_keys=True,
            separators=(",", ":"),
        )


def read_seal(document: str) -> Seal:
    """The seal of a document; raises LedgerBroken."""
    try:
        read: dict[str, Any] = json.loads(document)
        heads = tuple(Head(height=each["height"], hash=each["hash"]) for each in read.pop("heads"))
        seal = Seal(**read, heads=heads)
        date.fromisoformat(seal.day)
    except (AttributeError, KeyError, TypeError, ValueError):
        raise LedgerBroken("a seal cannot be read") from None
    if len(seal.heads) != LANES:
        raise LedgerBroken(f"the seal of {seal.day} is of another number of chains")
    return seal


def digest(document: str) -> str:
    """By which the next seal names this one."""
    return hashlib.sha256(document.encode()).hexdigest()


def day_of(booked_at: str) -> str:
    return booked_at[:DAY_LETTERS]


def day_after(day: str) -> str:
    return (date.fromisoformat(day) + timedelta(days=1)).isoformat()


def end_of(day: str) -> str:
    """The last moment of a day in ledger time."""
    return f"{day}T23:59:59.999999Z"


@dataclass(slots=True)
class Contents:
    """What a day's entries come to, taken one by one in the order of their places."""

    merkle: Merkle = field(default_factory=Merkle)
    totals: dict[str, int] = field(default_factory=dict)

    def add(self, stored: StoredEntry) -> None:
        """Raises as Sums.add_written does for postings that cannot be read."""
        self.merkle.add(leaf(stored))
        sums = Sums()
        sums.add_written(stored.get("postings", ""))
        for currency, accounts in sums.by_currency.items():
            debits = sum(each[0] for each in accounts.values())
            self.totals[currency] = self.totals.get(currency, 0) + debits

    def are_of(self, seal: Seal) -> bool:
        told = (seal.entries, seal.root, dict(seal.totals))
        return told == (self.merkle.count, self.merkle.root(), self.totals)


def exported(entries: Iterable[Chained]) -> str:
    """Entries as CSV, a line each, under the names of the columns."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(COLUMNS)
    for entry in entries:
        stored = entry.stored
        message = json.loads(stored["Payload"])
        writer.writerow(
            (
                entry.lane,
                entry.position,
                entry.entry_id,
                entry.booked_at,
                stored["effective_at"],
                message["data"]["fact"],
                stored.get("payment_id", ""),
                message["data"]["order_id"],
                message["causationid"],
                stored["description"],
                stored.get("postings", ""),
                canonical(stored).decode(),
            )
        )
    return text.getvalue()


def imported(parts: Iterable[str]) -> Iterator[Chained]:
    """The entries of an exported day with their places, in its order; raises LedgerBroken."""
    try:
        for part in parts:
            for line in csv.DictReader(io.StringIO(part)):
                yield Chained(
                    lane=int(line["lane"]),
                    position=int(line["position"]),
                    booked_at=line["booked_at"],
                    entry_id=line["entry_id"],
                    stored=json.loads(line["stored"]),
                )
    except (KeyError, TypeError, ValueError, csv.Error):
        raise LedgerBroken("an export cannot be read") from None
