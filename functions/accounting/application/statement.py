"""The entries on an account in ledger time, a page at a time: what a page costs has a bound."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from accounting.application.balance import until
from accounting.application.ports import Folds, Journal
from accounting.application.walk import Place, in_order
from accounting.domain.chain import Chained
from accounting.domain.journal import JournalEntry, Posting
from shared.moments import timestamp

LOOKED_AT_MAX: Final = 2_000
"""Entries for one page: where an account is seldom used a page may be short, or empty."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """Ledger time from after a place to before a moment, and how many entries are wanted."""

    after: Place
    before: str
    limit: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """The entries that were asked for, and where the next page goes on: nowhere at the end."""

    entries: tuple[tuple[Chained, JournalEntry], ...]
    next_after: Place | None


def span(*, since: datetime | None, before: datetime, after: Place | None, limit: int) -> Span:
    """`after` is where the page before has ended."""
    first = Place.before("" if since is None else timestamp(since))
    return Span(after=max(first, after or first), before=timestamp(before), limit=limit)


def entries_on(code: str, wanted: Span, *, folds: Folds, journal: Journal) -> Page:
    """Entries with a posting, a hold or a release on an account."""
    return _page(
        wanted,
        lambda entry: any(
            posting.account.code == code
            for posting in (*entry.postings, *entry.held, *entry.released)
        ),
        folds=folds,
        journal=journal,
    )


def _page(
    wanted: Span, shown: Callable[[JournalEntry], bool], *, folds: Folds, journal: Journal
) -> Page:
    found: list[tuple[Chained, JournalEntry]] = []
    last = wanted.after
    for looked_at, chained in enumerate(
        in_order(after=wanted.after, folds=folds, journal=journal, until=wanted.before)
    ):
        if chained.booked_at >= wanted.before:
            break
        if looked_at == LOOKED_AT_MAX or len(found) == wanted.limit:
            return Page(entries=tuple(found), next_after=last)
        last = Place(chained.booked_at, chained.lane)
        entry = journal.read(chained.stored)
        if shown(entry):
            found.append((chained, entry))
    return Page(entries=tuple(found), next_after=None)


@dataclass(frozen=True, slots=True, kw_only=True)
class StatementLine:
    """An entry on an account: its sums there in one currency, and the balance after it."""

    entry: JournalEntry
    booked_at: str
    debit: int
    credit: int
    balance: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Statement:
    """A page of an account's statement: what it began with, each entry, what it ended with."""

    opening: int
    lines: tuple[StatementLine, ...]
    closing: int
    next_after: Place | None


def statement(
    code: str, currency: str, wanted: Span, *, folds: Folds, journal: Journal
) -> Statement:
    """What is posted on an account in one currency, with the balance after each entry."""

    def touches(posting: Posting) -> bool:
        return posting.account.code == code and posting.amount.currency == currency

    page = _page(
        wanted, lambda entry: any(map(touches, entry.postings)), folds=folds, journal=journal
    )
    sums, _ = until(wanted.after, folds=folds, journal=journal)
    opening = sums.balance(code, currency).balance.minor
    lines = []
    for chained, entry in page.entries:
        before = sums.balance(code, currency)
        sums.add(entry)
        after = sums.balance(code, currency)
        lines.append(
            StatementLine(
                entry=entry,
                booked_at=chained.booked_at,
                debit=(after.debit - before.debit).minor,
                credit=(after.credit - before.credit).minor,
                balance=after.balance.minor,
            )
        )
    return Statement(
        opening=opening,
        lines=tuple(lines),
        closing=lines[-1].balance if lines else opening,
        next_after=page.next_after,
    )
