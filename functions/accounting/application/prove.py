"""The ledger checks itself: everything that must always hold, over everything that is stored."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from accounting.application.ports import Folds, Journal, Seals
from accounting.application.seal import stored_by_id
from accounting.domain.chain import LANES
from accounting.domain.errors import LedgerBroken
from accounting.domain.journal import JournalEntry
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
    ]
    return Proof(entries=len(stored), days=len(days), breaches=tuple(found))


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
