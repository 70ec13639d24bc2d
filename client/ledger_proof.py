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
from client.known_ledger import Note, Pin, cut_breaches, fingerprint, key_breaches
from client.signature import NotAKey, signed_by
from shared.errors.taxonomy import DomainException


@dataclass(frozen=True, slots=True)
class Verification:
    """How much was recomputed, and everything that is not as it must be."""

    entries: int
    days: int
    breaches: tuple[Breach, ...]
    note: Note

    def as_json(self) -> dict[str, object]:
        return {
            "entries": self.entries,
            "sealed_days": self.days,
            "public_key": self.note.fingerprint,
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


def verify(api: Api, *, pinned: Pin | None = None, known: Note | None = None) -> Verification:
    """Walk every chain from genesis, check every seal, and add up every balance once more.

    Seals are checked with the `pinned` key, or else with that which the platform tells; chains must
    pass where they are `known` to have been. Seals are read first: chains only grow. What stands in
    no chain only the platform can see: its own checks are asked for as well.
    """
    seals = api.seals()
    told = _decoded(seals["public_key"])
    key = pinned.der if pinned is not None and pinned.der is not None else told
    entries = _Entries()
    walks = [_Passing(api.chain(lane), known) for lane in range(LANES)]
    days = (
        SealedDay(
            day=seal["day"],
            document=seal["document"],
            signed=_signed(key, seal),
            parts=api.ledger_export(seal["day"]),
        )
        for seal in seals["data"]
    )
    sources = [walk.source for walk in walks]
    recomputed = (
        *key_breaches(fingerprint(told), pinned, known),
        *book_breaches(sources, days, observe=entries.observe),
        *cut_breaches(known, [walk.passed for walk in walks]),
    )
    said = [
        Breach(check=each["check"], detail=each["detail"], entry_id=each["entry_id"])
        for each in api.ledger_proof()["breaches"]
    ]
    return Verification(
        entries=entries.count,
        days=len(seals["data"]),
        breaches=(*recomputed, *(each for each in said if each not in recomputed)),
        note=Note(fingerprint(told), tuple(source.head for source in sources)),
    )


class _Passing:
    """A lane as its first page says it ends; `passed` once it was where it is known to have been.

    A head is always the end of a block: blocks are never cut anew.
    """

    def __init__(self, pages: Iterator[ChainPage], known: Note | None) -> None:
        first = next(pages)
        self.passed = False
        self._known = None if known is None else known.heads[first["lane"]]
        self.source = LaneSource(
            lane=first["lane"],
            head=Head(height=first["height"], hash=first["hash"]),
            sums=Sums(by_currency=first["balances"]),
            blocks=self._watched(_blocks(first, pages)),
        )

    def _watched(
        self, blocks: Iterator[tuple[Block, Mapping[str, StoredEntry]]]
    ) -> Iterator[tuple[Block, Mapping[str, StoredEntry]]]:
        for block, stored in blocks:
            self.passed = self.passed or block.head == self._known
            yield block, stored


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


def _decoded(text: str) -> bytes:
    """Nothing where it is no base 64: no signature holds then."""
    try:
        return base64.b64decode(text, validate=True)
    except ValueError:
        return b""


def _signed(key: bytes, seal: Seal) -> bool:
    try:
        return signed_by(key, seal["document"].encode(), base64.b64decode(seal["signature"]))
    except (NotAKey, ValueError):
        return False
