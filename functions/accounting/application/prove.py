"""The ledger checks itself: everything that must always hold, over everything that is stored."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from accounting.application.ports import Folds, Journal, Seals
from accounting.application.seal import stored_by_id
from accounting.domain.balances import sums_of
from accounting.domain.chain import LANES
from accounting.domain.chart_of_accounts import CHART
from accounting.domain.errors import LedgerBroken
from accounting.domain.journal import JournalEntry
from accounting.domain.limits import Room, room_of
from accounting.domain.proof import (
    Breach,
    LaneProof,
    SealedDay,
    balance_breaches,
    chain_breaches,
    entry_breaches,
    seal_breaches,
)
from shared.errors.taxonomy import DomainException


@dataclass(frozen=True, slots=True, kw_only=True)
class Proof:
    """What was checked, and what was found to be wrong: nothing, if all is well."""

    entries: int
    days: int
    breaches: tuple[Breach, ...]


def prove(*, journal: Journal, folds: Folds, seals: Seals, young_after: str) -> Proof:
    """Run every check. Entries booked after `young_after` need not be folded yet."""
    lanes = [lane_proof(lane, folds) for lane in range(LANES)]  # before the entries: chains grow
    rooms = _rooms(lanes, journal)
    stored = stored_by_id(journal)
    days = [_sealed_day(day, seals) for day in seals.days()]
    young = frozenset(
        entry_id for entry_id, row in stored.items() if str(row["OccurredOn"]) > young_after
    )
    entries, unreadable = _readable(stored, journal)
    found = [
        *unreadable,
        *seal_breaches(days, lanes, stored),
        *chain_breaches(lanes, stored, tolerated=young),
        *balance_breaches(lanes, stored),
        *entry_breaches(entries),
        *_limit_breaches(rooms, _rooms(lanes, journal), entries),
    ]
    return Proof(entries=len(stored), days=len(days), breaches=tuple(found))


def _rooms(lanes: Sequence[LaneProof], journal: Journal) -> list[Room]:
    """The rows of the limited accounts, in every currency that is in the books."""
    used = {currency for lane in lanes for currency in lane.sums.by_currency}
    limited = [account for account in CHART.values() if account.limit is not None]
    return [journal.room(account, currency) for account in limited for currency in sorted(used)]


def _limit_breaches(
    before: Sequence[Room], after: Sequence[Room], entries: Sequence[JournalEntry]
) -> Iterator[Breach]:
    """A limited account's row is the fold of its entries; one that moves now is left for later."""
    sums = sums_of(entries)
    for room, later in zip(before, after, strict=True):
        told = room_of(room.account, room.currency, sums, version=room.version)
        if room == later and room != told:
            detail = f"the limit of {room.account.code} in {room.currency} has lost its entries"
            yield Breach(check="limit", detail=detail)


def lane_proof(lane: int, folds: Folds) -> LaneProof:
    """A lane with all its blocks: those that came after its head are left out."""
    state = folds.lane(lane)
    blocks = [block for block in folds.blocks(lane) if block.position < state.head.height]
    return LaneProof(lane=lane, head=state.head, sums=state.sums, blocks=blocks)


def _readable(
    stored: Mapping[str, Mapping[str, Any]], journal: Journal
) -> tuple[list[JournalEntry], list[Breach]]:
    """The entries that can still be read; one that cannot was tampered with."""
    entries, breaches = [], []
    for entry_id, row in stored.items():
        try:
            entries.append(journal.read(row))
        except (DomainException, ArithmeticError, KeyError, TypeError, ValueError) as error:
            detail = f"not a journal entry any more: {type(error).__name__}"
            breaches.append(Breach(check="entry", detail=detail, entry_id=entry_id))
    return entries, breaches


def _sealed_day(day: str, seals: Seals) -> SealedDay:
    sealed, export = seals.find(day), seals.export(day)
    if sealed is None or export is None:
        raise LedgerBroken(f"the seal of {day} is not complete")
    return SealedDay(document=sealed.document, export=export, signed=seals.holds(sealed))
