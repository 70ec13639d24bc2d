"""The proof that nothing was changed: every entry is chained by hash to the one before it.

There are a few chains (lanes) side by side, so that no chain is a bottleneck; an entry's id says
which is its own. A chain is kept in blocks, one for each batch that was folded.
"""

from __future__ import annotations

import hashlib
import json
import zlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

LANES: Final = 4
GENESIS: Final = "0" * 64
MARK_LETTERS: Final = 12
BUCKET_LETTERS: Final = 18
"""`2026-01-02T03:04:0`: ten seconds of booking time."""
CHANGING: Final = frozenset({"ProcessedOn", "Retries", "Unprocessed"})
"""What the relay stamps on an entry when it is published; all else is never written again."""

_ENCODER: Final = json.JSONEncoder(sort_keys=True, separators=(",", ":"), ensure_ascii=False)

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

    `before` is the chain's hash up to here and `hash` that after the last entry. All entries of a
    block were booked within one bucket of time.
    """

    lane: int
    bucket: str
    position: int
    entries: tuple[tuple[str, str], ...]
    before: str
    hash: str

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


def lane_of(entry_id: str) -> int:
    return zlib.crc32(entry_id.encode()) % LANES


def bucket_of(booked_at: str) -> str:
    return booked_at[:BUCKET_LETTERS]


def canonical(stored: StoredEntry) -> bytes:
    """The bytes of an entry that never change, in an order that does not depend on the store."""
    kept = {name: value for name, value in stored.items() if name not in CHANGING}
    return _ENCODER.encode(kept).encode()


def link(before: str, stored: StoredEntry) -> str:
    """The chain's hash after one more entry."""
    return hashlib.sha256(before.encode() + canonical(stored)).hexdigest()


def leaf(stored: StoredEntry) -> str:
    """An entry's own hash, wherever it stands."""
    return hashlib.sha256(b"\0" + canonical(stored)).hexdigest()


def merkle_root(leaves: Sequence[str]) -> str:
    """The root over leaves in order (RFC 6962); an odd one out is carried up as it is."""
    level = list(leaves)
    if not level:
        return GENESIS
    while len(level) > 1:
        pairs = zip(level[::2], level[1::2], strict=False)
        above = [hashlib.sha256(b"\1" + (a + b).encode()).hexdigest() for a, b in pairs]
        level = above + level[len(above) * 2 :]
    return level[0]


def extend(head: Head, lane: int, entries: Sequence[tuple[str, str, StoredEntry]]) -> list[Block]:
    """The blocks that add entries (id, booked_at, attributes) to a chain, in booking order."""
    blocks: list[Block] = []
    by_bucket: dict[str, list[tuple[str, StoredEntry]]] = {}
    for entry_id, booked_at, stored in sorted(entries, key=lambda each: (each[1], each[0])):
        by_bucket.setdefault(bucket_of(booked_at), []).append((entry_id, stored))
    for bucket, members in by_bucket.items():
        running, marked = head.hash, []
        for entry_id, stored in members:
            running = link(running, stored)
            marked.append((entry_id, running[:MARK_LETTERS]))
        block = Block(
            lane=lane,
            bucket=bucket,
            position=head.height,
            entries=tuple(marked),
            before=head.hash,
            hash=running,
        )
        blocks.append(block)
        head = block.head
    return blocks


def first_finding(
    lane: int, blocks: Iterable[Block], stored: Mapping[str, StoredEntry], *, ends: Head
) -> Finding | None:
    """Walk a chain from genesis and name the first entry that is not as it was chained.

    `ends` is the head that was stored with the balances.
    """
    head, seen = Head(), set[str]()
    for block in sorted(blocks, key=lambda each: each.position):
        if block.position != head.height or block.before != head.hash:
            what = "removed" if block.position > head.height else "moved"
            return Finding(what=what, lane=lane, position=head.height, entry_id="")
        found, running = _walk(lane, block, stored, seen)
        if found is not None:
            return found
        head = Head(height=block.position + len(block.entries), hash=running)
        if head.hash != block.hash or not block.entries:
            last = block.entries[-1][0] if block.entries else ""
            return Finding(what="changed", lane=lane, position=head.height - 1, entry_id=last)
    if head != ends:
        return Finding(what="removed", lane=lane, position=head.height, entry_id="")
    return None


def _walk(
    lane: int, block: Block, stored: Mapping[str, StoredEntry], seen: set[str]
) -> tuple[Finding | None, str]:
    """The first wrong entry of a block, or the chain's hash after it; `seen` grows."""
    running = block.before
    for offset, (entry_id, mark) in enumerate(block.entries):
        found = stored.get(entry_id)
        what = ""
        if found is None:
            what = "removed"
        elif entry_id in seen or lane_of(entry_id) != lane:
            what = "moved"
        else:
            running = link(running, found)
            what = "" if running[:MARK_LETTERS] == mark else "changed"
        if what:
            position = block.position + offset
            return Finding(what=what, lane=lane, position=position, entry_id=entry_id), running
        seen.add(entry_id)
    return None, running


def unchained(stored: Iterable[str], blocks: Iterable[Block]) -> list[str]:
    """The entries that stand in no chain: not folded yet, or inserted behind the ledger's back."""
    chained = {entry_id for block in blocks for entry_id, _ in block.entries}
    return sorted(set(stored) - chained)
