"""What the balances are, and for which point that is true."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256

from accounting.application.ports import Folds, Journal
from accounting.domain.balances import Sums, sums_of
from accounting.domain.chain import LANES
from accounting.domain.journal import JournalEntry


@dataclass(frozen=True, slots=True, kw_only=True)
class Point:
    """What a balance covers. `root` names the state of all chains where it was read from folds."""

    consistency: str
    entries: int
    at: str | None = None
    root: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """All balances at one point."""

    sums: Sums
    point: Point


def folded(*, folds: Folds) -> Standing:
    """The balances as last folded: cheap, exact for their point, and a moment behind."""
    lanes = [folds.lane(lane) for lane in range(LANES)]
    sums = Sums()
    for lane in lanes:
        sums.join(lane.sums)
    return Standing(
        sums=sums,
        point=Point(
            consistency="folded",
            entries=sum(lane.head.height for lane in lanes),
            at=max(lane.folded_at for lane in lanes) or None,
            root=sha256("".join(lane.head.hash for lane in lanes).encode()).hexdigest(),
        ),
    )


def current(*, journal: Journal) -> Standing:
    """The balances of every entry that is in the books now: reads all of them."""
    return _standing("current", journal, lambda _: True)


def booked_until(at: datetime, *, journal: Journal) -> Standing:
    """The balances as they were at `at`, by booking time, that moment included."""
    return _standing("booked_until", journal, lambda entry: entry.booked_at <= at)


def effective_until(at: datetime, *, journal: Journal) -> Standing:
    """The balances of everything that had happened by `at`, whenever we booked it."""
    return _standing("effective_until", journal, lambda entry: entry.effective_at <= at)


def _standing(name: str, journal: Journal, counts: Callable[[JournalEntry], bool]) -> Standing:
    counted = [entry for entry in journal.entries() if counts(entry)]
    return Standing(sums=sums_of(counted), point=Point(consistency=name, entries=len(counted)))


@dataclass(frozen=True, slots=True, kw_only=True)
class StatementLine:
    """An entry on an account: its sums there in one currency, and the balance after it."""

    entry: JournalEntry
    debit: int
    credit: int
    balance: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Statement:
    """An account over a time of booking: what it began with, each entry, what it ended with."""

    opening: int
    lines: tuple[StatementLine, ...]
    closing: int


def statement(
    code: str, currency: str, *, since: datetime, until: datetime, journal: Journal
) -> Statement:
    """Everything on an account that was booked from `since` on and before `until`."""
    sums, lines = Sums(), []
    opening = 0
    touching = [
        entry
        for entry in journal.entries()
        if entry.booked_at < until
        if any(p.account.code == code and p.amount.currency == currency for p in entry.postings)
    ]
    for entry in sorted(touching, key=lambda each: (each.booked_at, each.entry_id)):
        before = sums.balance(code, currency)
        sums.add(entry)
        after = sums.balance(code, currency)
        if entry.booked_at < since:
            opening = after.balance.minor
            continue
        lines.append(
            StatementLine(
                entry=entry,
                debit=(after.debit - before.debit).minor,
                credit=(after.credit - before.credit).minor,
                balance=after.balance.minor,
            )
        )
    return Statement(
        opening=opening, lines=tuple(lines), closing=sums.balance(code, currency).balance.minor
    )
