"""Prove the ledger from the outside: fetch everything, recompute everything, trust nothing."""

from __future__ import annotations

import base64
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from accounting.domain.balances import Sums
from accounting.domain.chain import LANES, Block, Chained, Head, StoredEntry
from accounting.domain.proof import UNREADABLE, Breach, LaneSource, SealedDay, book_breaches
from accounting.infrastructure.entry_rows import from_row
from client.answers import ChainPage, Seal
from client.api import Api
from client.signature import NotAKey, signed_by
from shared.errors.taxonomy import DomainException


@dataclass(frozen=True, slots=True)
class Verification:
    """How much was recomputed, and everything that is not as it must be."""

    entries: int
    days: int
    breaches: tuple[Breach, ...]

    def as_json(self) -> dict[str, object]:
        return {
            "entries": self.entries,
            "sealed_days": self.days,
            "breaches": [
                {"check": each.check, "detail": each.detail, "entry_id": each.entry_id}
                for each in self.breaches
            ],
        }


class _Entries:
    """Each entry is read once more: it balances, and it is what its announcement says."""

    def __init__(self) -> None:
        self.count = 0

    def observe(self, chained: Chained) -> Iterator[Breach]:
        self.count += 1
        try:
            told = from_row(dict(chained.stored)).entry_id
        except (DomainException, *UNREADABLE) as error:
            told = f"not a journal entry any more: {type(error).__name__}"
        if told != chained.entry_id:
            yield Breach(check="entry", detail=told, entry_id=chained.entry_id)


def verify(api: Api) -> Verification:
    """Walk every chain from genesis, check every seal, and add up every balance once more.

    Seals are read first: chains only grow. What stands in no chain only the platform can see: its
    own checks are asked for as well.
    """
    seals = api.seals()
    key = base64.b64decode(seals["public_key"])
    entries = _Entries()
    lanes = [_lane(api.chain(lane)) for lane in range(LANES)]
    days = (
        SealedDay(
            day=seal["day"],
            document=seal["document"],
            signed=_signed(key, seal),
            parts=api.ledger_export(seal["day"]),
        )
        for seal in seals["data"]
    )
    recomputed = tuple(book_breaches(lanes, days, observe=entries.observe))
    said = [
        Breach(check=each["check"], detail=each["detail"], entry_id=each["entry_id"])
        for each in api.ledger_proof()["breaches"]
    ]
    breaches = (*recomputed, *(each for each in said if each not in recomputed))
    return Verification(entries=entries.count, days=len(seals["data"]), breaches=breaches)


def _lane(pages: Iterator[ChainPage]) -> LaneSource:
    """A lane as its first page says it ends."""
    first = next(pages)
    return LaneSource(
        lane=first["lane"],
        head=Head(height=first["height"], hash=first["hash"]),
        sums=Sums(by_currency=first["balances"]),
        blocks=_blocks(first, pages),
    )


def _blocks(
    first: ChainPage, pages: Iterator[ChainPage]
) -> Iterator[tuple[Block, Mapping[str, StoredEntry]]]:
    page: ChainPage | None = first
    while page is not None:
        for told in page["blocks"]:
            if told["position"] >= first["height"]:
                return  # folded while we were reading
            entries = tuple((entry_id, mark) for entry_id, mark in told["entries"])
            block = Block(
                lane=first["lane"],
                position=told["position"],
                booked_at=told["booked_at"],
                entries=entries,
                before=told["before"],
                hash=told["hash"],
            )
            found = zip(entries, told["stored"], strict=True)
            yield block, {entry_id: row for (entry_id, _), row in found if row is not None}
        page = next(pages, None)


def _signed(key: bytes, seal: Seal) -> bool:
    try:
        return signed_by(key, seal["document"].encode(), base64.b64decode(seal["signature"]))
    except (NotAKey, ValueError):
        return False
