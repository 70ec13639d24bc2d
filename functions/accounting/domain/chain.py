"""The proof that nothing was changed: every entry is chained by hash to the one before it.

There are a few chains (lanes) side by side, so that no chain is a bottleneck; an entry's id says
which is its own. A chain is kept in blocks, one for each batch that was folded.

Each entry has its ledger time: that of its booking, or just after the entry before it in its chain,
where the clock of whoever booked it was behind. So ledger time only grows along a chain, and what
the books said at a moment that every chain is past is never said differently.
"""

from __future__ import annotations

import hashlib
import re
import zlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from shared import compact_json

LANES: Final = 4
GENESIS: Final = "0" * 64
MARK_LETTERS: Final = 12
BUCKET_LETTERS: Final = 18
"""`2026-01-02T03:04:0`: ten seconds of ledger time."""
BLOCK_ENTRIES_MAX: Final = 400
CHANGING: Final = frozenset({"ProcessedOn", "Retries", "Unprocessed"})
"""What the relay stamps on an entry when it is published; all else is never written again."""

_ENTRY_ID: Final = re.compile(r"je_[0-9a-hjkmnp-tv-z]{20}")
_TIME: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}\.[0-9]{6}Z")
_TICK: Final = timedelta(microseconds=1)
_encoded: Final = compact_json.encoder(sort_keys=True, ascii_only=False)

type StoredEntry = Mapping[str, Any]
"""The attributes of an entry as they are stored."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Head:
    """Where a chain ends: how many entries it has, and the hash over all of them."""

    height: int = 0
    hash: str = GENESIS


@dataclass(frozen=True, slots=True, kw_only=True)
class Block:
    """A run of a chain: `entries` from `position` on, each with the first letters of its hash.

    `before` is the chain's hash up to here and `hash` that after the last entry. `booked_at` is the
    ledger time of the first entry; all entries of a block are of one bucket of it.
    """

    lane: int
    position: int
    booked_at: str
    entries: tuple[tuple[str, str], ...]
    before: str
    hash: str

    @property
    def bucket(self) -> str:
        return bucket_of(self.booked_at)

    @property
    def head(self) -> Head:
        return Head(height=self.position + len(self.entries), hash=self.hash)


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """The first place of a chain that is not as it was written."""

    what: str
    lane: int
    position: int
    entry_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Chained:
    """An entry at its place: `booked_at` is its ledger time."""

    lane: int
    position: int
    booked_at: str
    entry_id: str
    stored: StoredEntry


def is_entry_id(text: str) -> bool:
    """Whether an id is one of an entry: nothing else has a place in a chain."""
    return _ENTRY_ID.fullmatch(text) is not None


def lane_of(entry_id: str) -> int:
    return zlib.crc32(entry_id.encode()) % LANES


def bucket_of(booked_at: str) -> str:
    return booked_at[:BUCKET_LETTERS]


def ledger_time(before: str, booked_at: str) -> str:
    """The ledger time of an entry that follows one of `before`."""
    if booked_at > before:
        return booked_at
    return f"{datetime.fromisoformat(before) + _TICK:%Y-%m-%dT%H:%M:%S.%fZ}"


def canonical(stored: StoredEntry) -> bytes:
    """The bytes of an entry that never change, in an order that does not depend on the store."""
    kept = {name: value for name, value in stored.items() if name not in CHANGING}
    return _encoded(kept).encode()


def link(before: str, booked_at: str, stored: StoredEntry) -> str:
    """The chain's hash after one more entry, at its ledger time."""
    return hashlib.sha256(f"{before}{booked_at}".encode() + canonical(stored)).hexdigest()


def in_ledger_time(
    since: str, entries: Iterable[tuple[str, StoredEntry]]
) -> Iterator[tuple[str, str, StoredEntry]]:
    """Entries (id, attributes) with the ledger time of each, in the order of their booking."""
    for entry_id, stored in sorted(entries, key=lambda each: (each[1]["OccurredOn"], each[0])):
        since = ledger_time(since, stored["OccurredOn"])
        yield entry_id, since, stored


def extend(
    head: Head, lane: int, entries: Iterable[tuple[str, str, StoredEntry]]
) -> Iterator[Block]:
    """The blocks that add entries (id, ledger time, attributes) to a chain, in the order given."""
    run: list[tuple[str, str, StoredEntry]] = []
    for entry_id, booked_at, stored in entries:
        if run and not _continues(run, booked_at, stored):
            block = _block(head, lane, run)
            yield block
            head, run = block.head, []
        run.append((entry_id, booked_at, stored))
    if run:
        yield _block(head, lane, run)


def _continues(
    run: Sequence[tuple[str, str, StoredEntry]], booked_at: str, stored: StoredEntry
) -> bool:
    """A block tells the ledger time of its first entry alone: that of the others must follow."""
    return (
        len(run) < BLOCK_ENTRIES_MAX
        and bucket_of(booked_at) == bucket_of(run[0][1])
        and booked_at == ledger_time(run[-1][1], stored["OccurredOn"])
    )


def _block(head: Head, lane: int, run: Sequence[tuple[str, str, StoredEntry]]) -> Block:
    running, marked = head.hash, []
    for entry_id, booked_at, stored in run:
        running = link(running, booked_at, stored)
        marked.append((entry_id, running[:MARK_LETTERS]))
    return Block(
        lane=lane,
        position=head.height,
        booked_at=run[0][1],
        entries=tuple(marked),
        before=head.hash,
        hash=running,
    )


def placed(block: Block, stored: Mapping[str, StoredEntry]) -> Iterator[Chained]:
    """The entries of a block that are there, each with its ledger time."""
    booked_at = ""
    for offset, (entry_id, _) in enumerate(block.entries):
        found = stored.get(entry_id)
        if found is None:
            continue
        own = str(found.get("OccurredOn", ""))
        booked_at = ledger_time(booked_at, own) if booked_at else block.booked_at
        yield Chained(
            lane=block.lane,
            position=block.position + offset,
            booked_at=booked_at,
            entry_id=entry_id,
            stored=found,
        )


class Walk:
    """Along one chain from genesis, block by block; `finding` is the first place that is wrong."""

    def __init__(self, lane: int) -> None:
        self.lane = lane
        self.head = Head()
        self.finding: Finding | None = None
        self._booked_at = ""

    def take(self, block: Block, stored: Mapping[str, StoredEntry]) -> None:
        """Go on over a block whose entries are `stored`; raises nothing for what is wrong."""
        if block.position != self.head.height or block.before != self.head.hash:
            what = "removed" if block.position > self.head.height else "moved"
            self._found(what, self.head.height, "")
        elif (
            not block.entries
            or not _TIME.fullmatch(block.booked_at)
            or block.booked_at <= self._booked_at
        ):
            self._found("changed", block.position, block.entries[0][0] if block.entries else "")
        else:
            self._walk(block, stored)
        self.head = block.head

    def end(self, at: Head) -> None:
        """Here the chain ended when its balances were stored."""
        if self.head != at:
            self._found("removed", self.head.height, "")

    def _walk(self, block: Block, stored: Mapping[str, StoredEntry]) -> None:
        running, booked_at = block.before, ""
        for offset, (entry_id, mark) in enumerate(block.entries):
            found, what = stored.get(entry_id), ""
            if found is None:
                what = "removed"
            elif lane_of(entry_id) != self.lane:
                what = "moved"
            else:
                own = str(found.get("OccurredOn", ""))
                booked_at = ledger_time(booked_at, own) if booked_at else block.booked_at
                running = link(running, booked_at, found)
                what = "" if running[:MARK_LETTERS] == mark else "changed"
            if what:
                self._found(what, block.position + offset, entry_id)
                return
        self._booked_at = booked_at
        if running != block.hash:
            last = len(block.entries) - 1
            self._found("changed", block.position + last, block.entries[-1][0])

    def _found(self, what: str, position: int, entry_id: str) -> None:
        if self.finding is None:
            self.finding = Finding(what=what, lane=self.lane, position=position, entry_id=entry_id)
