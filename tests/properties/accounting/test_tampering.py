"""Whoever changes, removes, moves or inserts anything in a stored journal is found, and where."""

from __future__ import annotations

import copy
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, replace
from random import Random
from typing import Any, Final

import pytest

from accounting.domain.census import Census
from accounting.domain.chain import (
    LANES,
    MARK_LETTERS,
    Block,
    Finding,
    Head,
    Walk,
    extend,
    placed,
)
from tests.doubles.ledger import Ledger, authorized, captured, refund_requested

TAMPERINGS: Final = 100_000
BLOCKS: Final = 4


@dataclass
class Journal:
    """One lane as it is stored: its blocks, its head, and the entries."""

    lane: int
    blocks: list[Block]
    ends: Head
    stored: dict[str, dict[str, Any]]

    @property
    def order(self) -> list[str]:
        return [entry_id for block in self.blocks for entry_id, _ in block.entries]

    def verdict(self) -> Finding | None:
        walk = Walk(self.lane)
        for block in self.blocks:
            walk.take(block, self.stored)
        walk.end(self.ends)
        return walk.finding or self._inserted()

    def _inserted(self) -> Finding | None:
        census = Census()
        for entry_id in self.order:
            census.chained(entry_id)
        for entry_id in self.stored:
            census.stored(entry_id)
        if not census.odd_lanes():
            return None
        (loose,) = self.stored.keys() - set(self.order)
        return Finding(what="inserted", lane=self.lane, position=-1, entry_id=loose)


def journals() -> list[Journal]:
    """The lanes of a ledger of eighty entries, folded in batches of ten."""
    ledger = Ledger()
    for number in range(80):
        payment = f"pay_{number // 3}"
        event = (
            authorized(500, payment),
            captured(400 + number, payment),
            refund_requested(50, payment, f"re_{number}"),
        )[number % 3]
        ledger.hear(event, f"m{number}")
        ledger.tick(seconds=2)
        if number % 10 == 9:
            ledger.fold()
    entries = {str(row["pk"])[6:]: dict(row) for row in ledger.journal.rows()}
    found = []
    for lane in range(LANES):
        blocks = sorted(ledger.folds.blocks(lane), key=lambda block: block.position)
        chained = {entry_id for block in blocks for entry_id, _ in block.entries}
        of_lane = {entry_id: entries[entry_id] for entry_id in sorted(chained)}
        head = ledger.folds.lane(lane).head
        found.append(Journal(lane=lane, blocks=blocks, ends=head, stored=of_lane))
    return found


WHOLE: Final = journals()


type Tampering = Callable[[Journal, Random], tuple[int, str]]
"""Does its harm and says at which position, and at which entry if one can be named, it begins."""


def change(journal: Journal, rng: Random) -> tuple[int, str]:
    position = rng.randrange(len(journal.order))
    entry_id = journal.order[position]
    row = dict(journal.stored[entry_id])
    fields = [name for name in row if name not in {"ProcessedOn", "Retries", "Unprocessed"}]
    name = rng.choice(fields)
    at = rng.randrange(len(row[name]))
    letter = chr(33 + (ord(row[name][at]) - 33 + rng.randrange(1, 90)) % 94)
    row[name] = row[name][:at] + letter + row[name][at + 1 :]
    journal.stored[entry_id] = row
    return position, entry_id


def drop_attribute(journal: Journal, rng: Random) -> tuple[int, str]:
    position = rng.randrange(len(journal.order))
    entry_id = journal.order[position]
    row = dict(journal.stored[entry_id])
    del row[rng.choice(["postings", "effective_at", "payment_id", "Payload", "description"])]
    journal.stored[entry_id] = row
    return position, entry_id


def remove(journal: Journal, rng: Random) -> tuple[int, str]:
    position = rng.randrange(len(journal.order))
    entry_id = journal.order[position]
    del journal.stored[entry_id]
    return position, entry_id


def swap_contents(journal: Journal, rng: Random) -> tuple[int, str]:
    first, second = sorted(rng.sample(range(len(journal.order)), 2))
    one, two = journal.order[first], journal.order[second]
    rows = journal.stored[one], journal.stored[two]
    journal.stored[one] = {**rows[1], "pk": rows[0]["pk"]}
    journal.stored[two] = {**rows[0], "pk": rows[1]["pk"]}
    return first, one


def insert(journal: Journal, rng: Random) -> tuple[int, str]:
    entry_id = f"je_{rng.getrandbits(60):020d}"
    journal.stored[entry_id] = {
        **rng.choice(list(journal.stored.values())),
        "pk": f"ENTRY#{entry_id}",
    }
    return -1, entry_id


def rewritten(
    journal: Journal, rng: Random, rewrite: Callable[[list[tuple[str, str]]], int]
) -> tuple[int, Block]:
    """Put a rewritten list of entries into a block of two or more; where it begins to differ."""
    number = rng.choice([i for i, each in enumerate(journal.blocks) if len(each.entries) > 1])
    block = journal.blocks[number]
    entries = list(block.entries)
    at = rewrite(entries)
    journal.blocks[number] = replace(block, entries=tuple(entries))
    return block.position + at, journal.blocks[number]


def move(journal: Journal, rng: Random) -> tuple[int, str]:
    def rewrite(entries: list[tuple[str, str]]) -> int:
        first, second = sorted(rng.sample(range(len(entries)), 2))
        entries[first], entries[second] = entries[second], entries[first]
        return first

    position, block = rewritten(journal, rng, rewrite)
    return position, block.entries[position - block.position][0]


def strike_from_chain(journal: Journal, rng: Random) -> tuple[int, str]:
    def rewrite(entries: list[tuple[str, str]]) -> int:
        at = rng.randrange(len(entries) - 1)  # the last one is found by the block's own hash
        del entries[at]
        return at

    position, block = rewritten(journal, rng, rewrite)
    return position, block.entries[position - block.position][0]


def forge_into_chain(journal: Journal, rng: Random) -> tuple[int, str]:
    entry_id = rng.choice(journal.order)

    def rewrite(entries: list[tuple[str, str]]) -> int:
        at = rng.randrange(len(entries) + 1)
        entries.insert(at, (entry_id, f"{rng.getrandbits(48):012x}"[:MARK_LETTERS]))
        return at

    position, _ = rewritten(journal, rng, rewrite)
    return position, entry_id


def remove_block(journal: Journal, rng: Random) -> tuple[int, str]:
    block = journal.blocks.pop(rng.randrange(len(journal.blocks)))
    return block.position, ""


def shift_time(journal: Journal, rng: Random) -> tuple[int, str]:
    number = rng.randrange(len(journal.blocks))
    block = journal.blocks[number]
    last = number + 1 == len(journal.blocks)
    later = block.booked_at[:-1] + ("1Z" if last else "0Z")
    moved = block.booked_at[:20] + f"{rng.randrange(1, 999999):06d}Z"
    journal.blocks[number] = replace(block, booked_at=moved if moved != block.booked_at else later)
    return block.position, block.entries[0][0]


def cut_the_end(journal: Journal, rng: Random) -> tuple[int, str]:
    keep = rng.randrange(len(journal.blocks))
    del journal.blocks[keep:]
    return (journal.blocks[-1].head.height if journal.blocks else 0), ""


HARMS: Final[tuple[Tampering, ...]] = (
    change,
    change,
    drop_attribute,
    remove,
    swap_contents,
    insert,
    move,
    strike_from_chain,
    forge_into_chain,
    remove_block,
    shift_time,
    cut_the_end,
)


def test_what_nobody_touched_verifies() -> None:
    assert [journal.verdict() for journal in WHOLE] == [None] * LANES
    assert sum(len(journal.order) for journal in WHOLE) == 80


@pytest.mark.parametrize("block", range(BLOCKS))
def test_every_one_of_a_hundred_thousand_tamperings_is_found_and_located(block: int) -> None:
    done: Counter[str] = Counter()
    for seed in range(block * TAMPERINGS // BLOCKS, (block + 1) * TAMPERINGS // BLOCKS):
        rng = Random(seed)
        whole = rng.choice(WHOLE)
        journal = replace(whole, blocks=list(whole.blocks), stored=dict(whole.stored))
        harm = rng.choice(HARMS)
        position, entry_id = harm(journal, rng)
        found = journal.verdict()
        assert found is not None, f"{harm.__name__} with seed {seed} was not found"
        assert (found.position, found.entry_id) == (position, entry_id), (harm.__name__, seed)
        done[harm.__name__] += 1
    print(f"{done.total():,} tamperings found and located: {dict(done)}")  # noqa: T201 - by -rP
    assert (done.total(), len(done)) == (TAMPERINGS // BLOCKS, len(set(HARMS)))


def test_the_stamps_of_the_relay_are_no_tampering() -> None:
    (journal, *_) = copy.deepcopy(WHOLE)
    for row in journal.stored.values():
        row["ProcessedOn"] = "2026-01-02T03:04:06.000000Z"
        row.pop("Unprocessed")
    assert journal.verdict() is None


def test_a_chain_does_not_depend_on_how_it_was_cut_into_blocks() -> None:
    (journal, *_) = WHOLE
    entries = [
        (entry.entry_id, entry.booked_at, entry.stored)
        for block in journal.blocks
        for entry in placed(block, journal.stored)
    ]
    (*_, last) = extend(Head(), journal.lane, entries)
    assert last.head == journal.ends
