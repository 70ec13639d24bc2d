"""Whether the books are what they were: every chain, every balance and every seal, in one pass.

A block of a chain, with its entries, and a part of an export are all that is held at a time.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from accounting.domain.balances import Sums
from accounting.domain.chain import (
    Block,
    Chained,
    Head,
    StoredEntry,
    Walk,
    canonical,
    placed,
)
from accounting.domain.errors import LedgerBroken
from accounting.domain.seals import Contents, Seal, day_after, day_of, digest, imported, read_seal

UNREADABLE = (ArithmeticError, AttributeError, KeyError, TypeError, ValueError)
"""What a row that was tampered with may raise, wherever it is read."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Breach:
    """Something that must never be. `entry_id` names the first entry that shows it, if one does."""

    check: str
    detail: str
    entry_id: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class LaneSource:
    """A lane as it is stored: its head, its balances, and its blocks with the entries of each."""

    lane: int
    head: Head
    sums: Sums
    blocks: Iterator[tuple[Block, Mapping[str, StoredEntry]]]


@dataclass(frozen=True, slots=True, kw_only=True)
class SealedDay:
    """A seal's document, whether the signature under it holds, and the day's export in parts."""

    day: str
    document: str
    signed: bool
    parts: Iterable[str]


type Observe = Callable[[Chained], Iterable[Breach]]
"""Is shown every entry in the order of the chains, and says what is wrong with it by itself."""


def book_breaches(
    lanes: Sequence[LaneSource],
    days: Iterable[SealedDay],
    *,
    due: str = "",
    observe: Observe = lambda _: (),
) -> Iterator[Breach]:
    """What was changed, removed or moved since it was chained, folded and sealed.

    Every day from the first to `due` must be sealed. Raises nothing for what it reads.
    """
    walks = [_LaneWalk(lane, observe) for lane in lanes]
    expected = min((walk.day for walk in walks if walk.day), default="")
    previous = ""
    for sealed in days:
        if expected and sealed.day != expected:
            yield Breach(check="seal", detail=f"{expected} is not sealed")
        yield from _day(sealed, walks, previous)
        previous = digest(sealed.document)
        expected = day_after(sealed.day)
    if expected and expected <= due:
        yield Breach(check="seal", detail=f"{expected} is not sealed")
    for walk in walks:
        for _ in walk.through(""):
            pass
    for walk in walks:
        yield from walk.end()


class _LaneWalk:
    """One lane on the way: its chain, and its balances added up once more."""

    def __init__(self, source: LaneSource, observe: Observe) -> None:
        self.source = source
        self.walk = Walk(source.lane)
        self.sums = Sums()
        self._observe = observe
        self._found: list[Breach] = []
        self._next = self._fetch()

    @property
    def day(self) -> str:
        """Of the next block."""
        return "" if self._next is None else day_of(self._next[0].booked_at)

    def through(self, day: str) -> Iterator[tuple[str, Chained | None]]:
        """The entries to the end of `day` (of the chain, if empty); None for one that is gone."""
        while self._next is not None and (not day or self.day <= day):
            block, stored = self._next
            self.walk.take(block, stored)
            there = {each.entry_id: each for each in placed(block, stored)}
            for entry_id, _ in block.entries:
                entry = there.get(entry_id)
                if entry is not None:
                    self._found += self._observe(entry)
                    self._add(entry.stored)
                yield entry_id, entry
            self._next = self._fetch()

    def end(self) -> Iterator[Breach]:
        """All that was wrong with the lane."""
        self.walk.end(self.source.head)
        found = self.walk.finding
        if found is not None:
            detail = f"{found.what} at position {found.position} of chain {found.lane}"
            yield Breach(check="chain", detail=detail, entry_id=found.entry_id)
        for currency, code in self.source.sums.differs_from(self.sums):
            lane = self.source.lane
            detail = f"account {code} in {currency} differs from its entries in lane {lane}"
            yield Breach(check="balances", detail=detail)
        for currency in self.source.sums.unbalanced():
            yield Breach(check="trial_balance", detail=f"debits and credits differ in {currency}")
        yield from self._found

    def _add(self, row: StoredEntry) -> None:
        apart = Sums()
        try:
            apart.add_written(row.get("postings", ""), row.get("held", ""), row.get("released", ""))
        except UNREADABLE:
            return  # the balance will differ, and whoever observes names the entry
        self.sums.join(apart)

    def _fetch(self) -> tuple[Block, Mapping[str, StoredEntry]] | None:
        try:
            return next(self.source.blocks, None)
        except LedgerBroken as error:
            self._found.append(Breach(check="chain", detail=error.detail))
            return None


def _day(sealed: SealedDay, walks: Sequence[_LaneWalk], previous: str) -> Iterator[Breach]:
    """A seal is signed, follows the one before, and says what its export and the books say."""
    if not sealed.signed:
        yield Breach(check="seal", detail=f"the signature of {sealed.day} is not ours")
    export = _Export(sealed)
    for walk in walks:
        for entry_id, entry in walk.through(sealed.day):
            export.beside(entry_id, entry)
    export.to_the_end()
    yield from export.breaches
    try:
        seal = read_seal(sealed.document)
    except LedgerBroken as error:
        yield Breach(check="seal", detail=f"{sealed.day}: {error.detail}")
    else:
        yield from _told_otherwise(sealed.day, seal, export.contents, walks, previous)


class _Export:
    """A day's export, read line by line beside the books."""

    def __init__(self, sealed: SealedDay) -> None:
        self.contents = Contents()
        self.breaches: list[Breach] = []
        self._day = sealed.day
        self._lines = imported(sealed.parts)
        self._differs = False

    def beside(self, entry_id: str, entry: Chained | None) -> None:
        self._compare(entry_id, entry, self._line())

    def to_the_end(self) -> None:
        while (line := self._line()) is not None:
            self._compare("", None, line)

    def _line(self) -> Chained | None:
        try:
            line = next(self._lines, None)
            if line is not None:
                self.contents.add(line.stored)
        except (LedgerBroken, *UNREADABLE):
            detail = f"the export of {self._day} cannot be read"
            self.breaches.append(Breach(check="seal", detail=detail))
            return None
        return line

    def _compare(self, entry_id: str, entry: Chained | None, line: Chained | None) -> None:
        """The first place where the books and the export differ is told, and no other."""
        if self._differs:
            return
        found = _difference(self._day, entry_id, entry, line)
        if found is not None:
            self._differs = True
            self.breaches.append(found)


def _told_otherwise(
    day: str, seal: Seal, told: Contents, walks: Sequence[_LaneWalk], previous: str
) -> Iterator[Breach]:
    if seal.day != day or seal.previous != previous:
        yield Breach(check="seal", detail=f"{day} does not follow the seal before it")
    if not told.are_of(seal):
        yield Breach(check="seal", detail=f"the export of {day} is not what was sealed")
    for walk, head in zip(walks, seal.heads, strict=True):
        if walk.walk.head != head:
            lane = walk.source.lane
            detail = f"chain {lane} is not the one that {day} was sealed with"
            yield Breach(check="seal", detail=detail)


def _difference(
    day: str, entry_id: str, entry: Chained | None, line: Chained | None
) -> Breach | None:
    """What the books say at a place, beside what was exported of it."""
    if line is None:
        detail = f"inserted after {day} was sealed"
        return Breach(check="seal", detail=detail, entry_id=entry_id)
    what = ""
    if entry_id != line.entry_id:
        what = "moved"
    elif entry is None:
        what = "removed"
    elif entry.booked_at != line.booked_at or canonical(entry.stored) != canonical(line.stored):
        what = "changed"
    if not what:
        return None
    detail = f"{what} after {day} was sealed"
    return Breach(check="seal", detail=detail, entry_id=line.entry_id)
