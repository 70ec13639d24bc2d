"""The chains of the books and the seals of their days, audited: L4, hashed anew from the rows."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Generator, Iterator
from datetime import datetime, timedelta
from typing import Final, NamedTuple

from tests.simulation.evidence import Evidence, Plain

CHANGING: Final = frozenset({"ProcessedOn", "Retries", "Unprocessed", "document"})
GENESIS: Final = "0" * 64
ID_LETTERS: Final = 20
MARK_LETTERS: Final = 12
LANES: Final = 4
DAY_LETTERS: Final = 10


class Link(NamedTuple):
    """An entry in its chain: its ledger time, what is hashed of it, and the hash up to it."""

    booked_at: str
    text: str
    hash: str


def entry_id(entry: Plain) -> str:
    return str(entry["pk"]).removeprefix("ENTRY#")


def l4_the_chain_verifies_from_genesis(evidence: Evidence) -> Iterator[str]:
    """hash(n) = H(hash(n-1) and the entry), for every entry of every chain; the root of a day is
    the same whenever it is told.
    """
    stored = {entry_id(entry): entry for entry in evidence.entries}
    chains: dict[str, list[Link]] = {}
    for lane, blocks in evidence.blocks.items():
        wrong = yield from _followed(blocks, stored, chains.setdefault(lane, []))
        head, links = evidence.lanes[lane], chains[lane]
        end = (links[-1].hash if links else GENESIS, len(links))
        if not wrong and (head["hash"], head["height"]) != end:
            yield f"chain {lane} does not end where its head says"
    yield from _sealed(evidence, chains)


def _followed(
    blocks: list[Plain], stored: dict[str, Plain], links: list[Link]
) -> Generator[str, None, bool]:
    """Along a chain, up to the first entry that is not as it was chained."""
    running, booked_at = GENESIS, ""
    for name, mark, first in _timed(blocks):
        entry = stored.get(name)
        if entry is None:
            yield f"{name} is chained and not in the books"
            return True
        after = first or max(entry["OccurredOn"], _just_after(booked_at))
        if after <= booked_at or after < entry["OccurredOn"]:
            yield f"{name} is chained at {after}, after {booked_at}"
        booked_at = after
        kept = {key: value for key, value in entry.items() if key not in CHANGING}
        text = json.dumps(kept, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
        running = hashlib.sha256(f"{running}{booked_at}{text}".encode()).hexdigest()
        links.append(Link(booked_at, text, running))
        if running[:MARK_LETTERS] != mark:
            yield f"{name} is not as it was chained"
            return True
    return False


def _sealed(evidence: Evidence, chains: dict[str, list[Link]]) -> Iterator[str]:
    """Whatever the vault was told of a day, the first stands; all say what the chains say."""
    before = ""
    for day, (stands, *told) in sorted(evidence.seals.items()):
        if told[:1] != [stands]:
            yield f"the seal of {day} is not the one that was published"
        ends = [_until(chains.get(str(lane), []), f"{day}T~") for lane in range(LANES)]
        due = {
            "root": _root([link for links in ends for link in links if _is_of(day, link)]),
            "heads": [
                {"height": len(links), "hash": links[-1].hash if links else GENESIS}
                for links in ends
            ],
            "previous": before and hashlib.sha256(before.encode()).hexdigest(),
        }
        for document in {stands, *told}:
            said = json.loads(document)
            for name in (name for name in due if said[name] != due[name]):
                yield f"the {name} of {day} is sealed as {said[name]}, and is {due[name]}"
        before = stands


def _until(links: list[Link], end: str) -> list[Link]:
    return [link for link in links if link.booked_at < end]


def _is_of(day: str, link: Link) -> bool:
    return link.booked_at[:DAY_LETTERS] == day


def _root(links: list[Link]) -> str:
    """The root of a tree as in RFC 6962, level by level; an odd one out goes up as it is."""
    level = [hashlib.sha256(b"\0" + link.text.encode()).hexdigest() for link in links]
    while len(level) > 1:
        pairs = [level[at : at + 2] for at in range(0, len(level), 2)]
        level = [
            hashlib.sha256(b"\1" + "".join(pair).encode()).hexdigest() if pair[1:] else pair[0]
            for pair in pairs
        ]
    return level[0] if level else GENESIS


def _just_after(booked_at: str) -> str:
    """A microsecond later; text is compared, which is right as long as all have six decimals."""
    later = datetime.fromisoformat(booked_at) + timedelta(microseconds=1)
    return later.isoformat(timespec="microseconds").replace("+00:00", "Z")


def _timed(blocks: list[Plain]) -> Iterator[tuple[str, str, str]]:
    """As `members`, with the ledger time of the first entry of each block."""
    for block in sorted(blocks, key=lambda each: int(each["sk"].partition("#")[2])):
        first = block["booked_at"]
        for name, mark in members([block]):
            yield name, mark, first
            first = ""


def members(blocks: list[Plain]) -> Iterator[tuple[str, str]]:
    """The entries of a chain in order, each with the first letters of its hash."""
    width = ID_LETTERS + MARK_LETTERS
    for block in sorted(blocks, key=lambda each: int(each["sk"].partition("#")[2])):
        text = block["entries"]
        for at in range(0, len(text), width):
            yield f"je_{text[at : at + ID_LETTERS]}", text[at + ID_LETTERS : at + width]
