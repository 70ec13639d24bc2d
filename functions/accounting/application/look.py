"""Look at one payment's operations and lines: what changes is written with its entries, or not."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from accounting.application.book import announced
from accounting.application.ports import Journal, Records
from accounting.domain.corrections import reversal, reversal_id
from accounting.domain.journal import JournalEntry
from accounting.domain.manual import Periods
from accounting.domain.operations import operation_of
from accounting.domain.payouts import Payout, PayoutLine, proved
from accounting.domain.reconciliation import Line, Rules
from accounting.domain.settlement_record import (
    OF_A_PAYOUT,
    OF_NO_PAYMENT,
    Review,
    SettlementRecord,
    Standing,
    review,
    review_payout,
)
from shared.contracts.accounting import DiscrepancyExplained, DiscrepancyFound
from shared.contracts.envelope import Cause, Event
from shared.money import Money
from shared.persistence.until_fresh import until_fresh


@dataclass(frozen=True, slots=True, kw_only=True)
class Looking:
    """What a run looks with: whose rules, on which day, and where everything is kept.

    `lines_of` gives what was told of a record in the days that the run takes up.
    """

    reconciliation_id: str
    provider: str
    as_of: date
    rules: Rules
    lines_of: Callable[[str], Sequence[Line]]
    journal: Journal
    records: Records
    periods: Periods
    cause: Cause


def look_at(record_id: str, run: Looking) -> Review | None:
    """Review a record once in a run; None where this run has been, or another provider is asked.

    Raises StaleRow, StoreBusy.
    """
    return until_fresh(lambda: _look(record_id, run))


def look_at_payout(
    payout_id: str, lines_of: Callable[[], Iterable[PayoutLine]], run: Looking
) -> tuple[Payout, ...]:
    """Move what a payout differs by from its lines away, once; raises StaleRow, StoreBusy.

    Its record is read before its lines: who wrote it since has read more of them.
    """
    record_id = OF_A_PAYOUT + payout_id

    def look() -> tuple[Payout, ...]:
        known = run.records.find(record_id)
        payouts = proved(payout_id, lines_of())
        record = known or SettlementRecord(record_id=record_id, provider=run.provider)
        found = review_payout(record, payouts, as_of=run.as_of)
        if found.record != record:
            look_at_found(found, run)
        return payouts

    return until_fresh(look)


def _look(record_id: str, run: Looking) -> Review | None:
    known = run.records.find(record_id)
    if known is not None and was_here(known, run):
        return None
    of_no_payment = record_id.startswith(OF_NO_PAYMENT)
    entries = [] if of_no_payment else run.journal.entries_of(record_id)
    provider = known.provider if known is not None else _provider(entries, run)
    if provider != run.provider:
        return None
    operations = [each for each in map(operation_of, entries) if each is not None]
    record = known or SettlementRecord(record_id=record_id, provider=provider)
    found = review(record, operations, run.lines_of(record_id), rules=run.rules, as_of=run.as_of)
    if not found.items:
        return None
    look_at_found(found, run)
    return found


def was_here(record: SettlementRecord, run: Looking) -> bool:
    """Whether this run has looked at it, even if another one has since."""
    if record.looked_at_by == run.reconciliation_id:
        return True
    return run.records.looked_at(record.record_id, run.reconciliation_id)


def look_at_found(
    found: Review,
    run: Looking,
    *,
    also: Sequence[Review] = (),
    entries: Sequence[JournalEntry] = (),
    events: Sequence[Event] = (),
) -> None:
    """Write what was found, and with it what else was looked at and is booked and told of it.

    Raises StaleRow, StoreBusy.
    """
    reviews = (found, *also)
    booked = [entry for each in reviews for entry in _entries(each, run)]
    run.records.commit(
        found,
        [(entry, announced(entry)) for entry in (*booked, *entries)],
        [*events, *(event for each in reviews for event in _messages(each, run))],
        reconciliation_id=run.reconciliation_id,
        cause=run.cause,
        also=also,
    )


def _provider(entries: Sequence[JournalEntry], run: Looking) -> str:
    """Who has a payment's money: the entry that opened it tells.

    Where none does, whoever is asked is asked: a payment that nobody looks at would be lost.
    """
    return next((entry.provider for entry in entries if entry.provider), run.provider)


def _entries(found: Review, run: Looking) -> list[JournalEntry]:
    effective_at = run.periods.effective(run.cause.now)
    booked = [
        JournalEntry(
            entry_id=each.entry_id,
            cause_id=run.cause.id,
            fact=DiscrepancyFound.__name__,
            description=f"Reconciliation: {each.kind}",
            payment_id=found.record.payment_id,
            reference=each.item_id,
            postings=each.postings,
            booked_at=run.cause.now,
            effective_at=effective_at,
        )
        for each in found.book
    ]
    return booked + [
        reversal(
            original,
            cause_id=run.cause.id,
            fact=DiscrepancyExplained.__name__,
            booked_at=run.cause.now,
            effective_at=max(effective_at, original.effective_at),
        )
        for original in map(run.journal.find, found.reverse)
        if original is not None and run.journal.find(reversal_id(original.entry_id)) is None
    ]


def _messages(found: Review, run: Looking) -> list[Event]:
    payment_id = found.record.payment_id
    news: list[Event] = [
        DiscrepancyFound(
            reconciliation_id=run.reconciliation_id,
            item_id=found.record.public_id(each.item_id),
            provider=run.provider,
            payment_id=payment_id,
            kind=each.kind,
            residual=_amounts(each),
            since=each.since,
        )
        for each in found.found
    ]
    news += [
        DiscrepancyExplained(
            reconciliation_id=run.reconciliation_id,
            item_id=found.record.public_id(each.item_id),
            provider=run.provider,
            payment_id=payment_id,
            kind=each.kind,
        )
        for each in found.explained
    ]
    return news


def _amounts(standing: Standing) -> tuple[Money, ...]:
    return tuple(Money(minor, currency) for currency, minor in sorted(standing.residual.items()))
