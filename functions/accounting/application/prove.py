"""The ledger checks itself: everything that must always hold, over everything that is stored.

It holds a block and its entries at a time, however many there are.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

from accounting.application.attested import Tallies, attested_breaches
from accounting.application.book import CLOCKS_APART_MAX
from accounting.application.fold import entry_id_of
from accounting.application.loose import loose_rows
from accounting.application.ports import Attested, Folds, Journal, Lane, Seals
from accounting.application.walk import entries_of_block
from accounting.domain.balances import Sums
from accounting.domain.chain import LANES, Block, Chained, StoredEntry
from accounting.domain.chart_of_accounts import CHART
from accounting.domain.corrections import CAPTURES
from accounting.domain.errors import LedgerBroken
from accounting.domain.journal import JournalEntry
from accounting.domain.limits import Room, room_of
from accounting.domain.movements import Movement, Movements, effective_day
from accounting.domain.proof import UNREADABLE, Breach, LaneSource, SealedDay, book_breaches
from accounting.domain.repeats import Repeats, is_suspect
from shared.contracts.accounting import DiscrepancyExplained, DiscrepancyFound, PayoutArrived
from shared.errors.taxonomy import DomainException
from shared.moments import timestamp

FOLDED_WITHIN: Final = timedelta(minutes=15)
"""An entry older than this that stands in no chain is a breach."""
SEALED_WITHIN: Final = timedelta(hours=3)
"""After its end a day is sealed by then."""
OF_ITEMS: Final = frozenset(
    kind.__name__ for kind in (DiscrepancyExplained, DiscrepancyFound, PayoutArrived)
)
"""What a part of a reconciliation books: of each of its items."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Proof:
    """What was checked, and what was found to be wrong: nothing, if all is well."""

    entries: int
    days: int
    breaches: tuple[Breach, ...]


def prove(
    *, journal: Journal, folds: Folds, seals: Seals, attested: Attested, now: datetime
) -> Proof:
    """Run every check. What is read later may only have grown: seals, then chains, then entries."""
    days = seals.days()
    found: list[Breach] = []
    lanes = [_lane(lane, folds, found) for lane in range(LANES)]
    rooms = _rooms(lanes, journal)
    entries = _Entries(journal)
    sources = [
        LaneSource(
            lane=lane.lane, head=lane.head, sums=lane.sums, blocks=_blocks(lane, folds, journal)
        )
        for lane in lanes
    ]
    due = ((now - SEALED_WITHIN).date() - timedelta(days=1)).isoformat()
    sealed = (_sealed_day(day, seals) for day in days)
    found += book_breaches(sources, sealed, due=due, observe=entries.observe)
    found += _loose_breaches(journal, folds, now)
    found += entries.breaches(lanes, folds)
    for lane in lanes:
        found += _moved_breaches(lane, folds, entries.moved.get(lane.lane, {}))
    found += attested_breaches(
        entries.tallies, entries.again(lanes, folds), attested=attested, due=due
    )
    found += _limit_breaches(rooms, _rooms(lanes, journal), entries.sums)
    return Proof(entries=entries.count, days=len(days), breaches=tuple(found))


def _lane(lane: int, folds: Folds, found: list[Breach]) -> Lane:
    try:
        return folds.lane(lane)
    except LedgerBroken as error:
        found.append(Breach(check="chain", detail=error.detail))
        return Lane(lane=lane)


def _blocks(
    lane: Lane, folds: Folds, journal: Journal
) -> Iterator[tuple[Block, Mapping[str, StoredEntry]]]:
    """Those blocks that came after the lane was read are left out."""
    for block in folds.blocks(lane.lane):
        if block.position >= lane.head.height:
            return
        yield block, entries_of_block(block, journal)


def _sealed_day(day: str, seals: Seals) -> SealedDay:
    sealed = seals.find(day)
    document, signed = ("", False) if sealed is None else (sealed.document, seals.holds(sealed))
    return SealedDay(day=day, document=document, signed=signed, parts=parts_of(day, seals))


def parts_of(day: str, seals: Seals) -> Iterator[str]:
    """A day's export, part after part."""
    number = 0
    while (part := seals.part(day, number)) is not None:
        yield part
        number += 1


def _loose_breaches(journal: Journal, folds: Folds, now: datetime) -> Iterator[Breach]:
    young = timestamp(now - FOLDED_WITHIN), timestamp(now + CLOCKS_APART_MAX)
    try:
        for row in loose_rows(journal=journal, folds=folds, young=young):
            yield Breach(check="chain", detail="inserted: in no chain", entry_id=entry_id_of(row))
    except LedgerBroken:
        return  # the chain that cannot be read is named already


def _moved_breaches(lane: Lane, folds: Folds, told: Movements) -> Iterator[Breach]:
    """What each day has moved is the sum of its entries; a day that moves now is left for later."""
    try:
        kept = dict(folds.movements(lane.lane))
        height = folds.lane(lane.lane).head.height
    except LedgerBroken as error:
        yield Breach(check="balances", detail=error.detail)
        return
    for day in sorted(told.keys() | kept.keys()):
        known = kept.get(day, Movement())
        moves = lane.head.height < known.height <= height
        if not moves and not known.is_as(told.get(day, Movement())):
            detail = f"what {day} has moved differs from its entries in lane {lane.lane}"
            yield Breach(check="balances", detail=detail)


@dataclass
class _Entries:
    """What must hold of the entries themselves, taken one by one."""

    journal: Journal
    count: int = 0
    sums: Sums = field(default_factory=Sums)
    moved: dict[int, dict[str, Movement]] = field(default_factory=dict)
    tallies: Tallies = field(default_factory=Tallies)
    _causes: Repeats = field(default_factory=Repeats)
    _captures: Repeats = field(default_factory=Repeats)

    def observe(self, chained: Chained) -> Iterator[Breach]:
        self.count += 1
        day = effective_day(chained.booked_at, chained.stored)
        with suppress(*UNREADABLE):
            self.moved.setdefault(chained.lane, {}).setdefault(day, Movement()).add(chained)
        try:
            entry = self.journal.read(chained.stored)
        except (DomainException, *UNREADABLE) as error:
            detail = f"not a journal entry any more: {type(error).__name__}"
            yield Breach(check="entry", detail=detail, entry_id=chained.entry_id)
            return
        if entry.entry_id != chained.entry_id:
            detail = "its announcement is another entry's"
            yield Breach(check="entry", detail=detail, entry_id=chained.entry_id)
        self.sums.add(entry)
        self.tallies.add(entry)
        if not entry.linked:
            self._causes.add(_booked_once(entry))
        if (capture := _capture(entry)) is not None:
            self._captures.add(capture)

    def breaches(self, lanes: Sequence[Lane], folds: Folds) -> Iterator[Breach]:
        """A cause is booked once, so is a capture that stands. Only suspects are looked at again:
        almost always there are none."""
        causes, captures = self._causes.suspects(), self._captures.suspects()
        if causes:
            told = Counter(
                _booked_once(entry)
                for entry in self.again(lanes, folds)
                if not entry.linked and is_suspect(_booked_once(entry), causes)
            )
            for cause in (each for each, number in told.items() if number > 1):
                yield Breach(check="cause_booked_twice", detail=cause)
        if captures:
            yield from _captured_twice(self.again(lanes, folds), captures)

    def again(self, lanes: Sequence[Lane], folds: Folds) -> Iterator[JournalEntry]:
        for lane in lanes:
            for _, stored in _blocks(lane, folds, self.journal):
                for row in stored.values():
                    with suppress(DomainException, *UNREADABLE):
                        yield self.journal.read(row)


def _booked_once(entry: JournalEntry) -> str:
    """The cause; of a part of a reconciliation, which books many, the item that it is about."""
    if entry.fact not in OF_ITEMS:
        return entry.cause_id
    item = (entry.fact, entry.payment_id, entry.reference, entry.reverses or "")
    return " ".join((entry.cause_id, *item))


def _captured_twice(entries: Iterable[JournalEntry], suspects: frozenset[int]) -> Iterator[Breach]:
    standing: dict[str, set[str]] = {}
    reversed_ids: set[str] = set()
    for entry in entries:
        capture = _capture(entry)
        if entry.reverses is not None:
            reversed_ids.add(entry.reverses)
        elif capture is not None and is_suspect(capture, suspects):
            standing.setdefault(capture, set()).add(entry.entry_id)
    for capture, entry_ids in standing.items():
        if len(entry_ids - reversed_ids) > 1:
            yield Breach(check="capture_booked_twice", detail=capture)


def _capture(entry: JournalEntry) -> str | None:
    return f"{entry.payment_id} {entry.reference}" if entry.fact in CAPTURES else None


def _rooms(lanes: Sequence[Lane], journal: Journal) -> list[Room]:
    """The rows of the limited accounts, in every currency that is in the books."""
    used = {currency for lane in lanes for currency in lane.sums.by_currency}
    limited = [account for account in CHART.values() if account.limit is not None]
    return [journal.room(account, currency) for account in limited for currency in sorted(used)]


def _limit_breaches(before: Sequence[Room], after: Sequence[Room], sums: Sums) -> Iterator[Breach]:
    """A limited account's row is the fold of its entries; one that moves now is left for later."""
    for room, later in zip(before, after, strict=True):
        told = room_of(room.account, room.currency, sums, version=room.version)
        if room == later and room != told:
            detail = f"the limit of {room.account.code} in {room.currency} has lost its entries"
            yield Breach(check="limit", detail=detail)
