"""A day's seal: what its entries were, so that nobody can tell it differently later."""

from __future__ import annotations

import csv
import hashlib
import io
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from accounting.domain.balances import Sums
from accounting.domain.chain import Block, Head, StoredEntry, canonical, leaf, merkle_root

COLUMNS: Final = (
    "lane", "position", "entry_id", "booked_at", "effective_at", "fact", "payment_id", "order_id",
    "cause_id", "description", "postings", "stored",
)  # fmt: skip
"""Of an exported day. `stored` is the whole item as JSON: the books can be made again from it."""

DAY_LETTERS: Final = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class Placed:
    """An entry's place in its chain."""

    lane: int
    position: int
    entry_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Seal:
    """What is signed: the day's root and count, its turnover, all chains' heads, the seal before.

    `totals` are the debits (equal to the credits) of the day by currency; `heads` are the chains as
    they stood when the seal was made, which pins everything before as well.
    """

    day: str
    entries: int
    root: str
    totals: Mapping[str, int]
    heads: Sequence[Head]
    previous: str
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
                "sealed_at": self.sealed_at,
            },
            sort_keys=True,
            separators=(",", ":"),
        )


def read_seal(document: str) -> Seal:
    read: dict[str, Any] = json.loads(document)
    heads = tuple(Head(height=each["height"], hash=each["hash"]) for each in read.pop("heads"))
    return Seal(**read, heads=heads)


def digest(document: str) -> str:
    """By which the next seal names this one."""
    return hashlib.sha256(document.encode()).hexdigest()


def places_of_day(blocks: Iterable[Block], day: str) -> list[Placed]:
    """The entries that were booked on that day, lane by lane in the order of their chains."""
    return [
        Placed(lane=block.lane, position=block.position + offset, entry_id=entry_id)
        for block in sorted(blocks, key=lambda each: (each.lane, each.position))
        if block.bucket.startswith(day)
        for offset, (entry_id, _) in enumerate(block.entries)
    ]


def seal_of(
    day: str,
    entries: Sequence[StoredEntry],
    *,
    heads: Sequence[Head],
    previous: str,
    sealed_at: str,
) -> Seal:
    """The seal of a day's entries, given in the order of their places."""
    sums = Sums()
    for stored in entries:
        sums.add_written(stored.get("postings", ""))
    return Seal(
        day=day,
        entries=len(entries),
        root=merkle_root([leaf(stored) for stored in entries]),
        totals={
            currency: sum(each[0] for each in accounts.values())
            for currency, accounts in sorted(sums.by_currency.items())
        },
        heads=heads,
        previous=previous,
        sealed_at=sealed_at,
    )


def exported(places: Sequence[Placed], entries: Sequence[StoredEntry]) -> str:
    """A day as CSV, a line an entry."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(COLUMNS)
    for place, stored in zip(places, entries, strict=True):
        message = json.loads(stored["Payload"])
        writer.writerow(
            (
                place.lane,
                place.position,
                place.entry_id,
                stored["OccurredOn"],
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


def imported(export: str) -> list[tuple[Placed, dict[str, Any]]]:
    """The entries of an exported day with their places, in its order."""
    return [
        (
            Placed(
                lane=int(line["lane"]), position=int(line["position"]), entry_id=line["entry_id"]
            ),
            json.loads(line["stored"]),
        )
        for line in csv.DictReader(io.StringIO(export))
    ]
