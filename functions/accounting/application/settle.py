"""Book what a provider has settled or a bank has booked, a line at a time, and keep the line."""

from __future__ import annotations

from datetime import UTC, datetime

from accounting.application.book import append_once, told_of
from accounting.application.ports import Journal, ToldLine
from accounting.domain.journal import JournalEntry
from accounting.domain.manual import Periods
from accounting.domain.posting_rules import entry_id_for
from accounting.domain.settled_lines import happened_on, written_of
from shared.contracts.bank import BankLineBooked
from shared.contracts.envelope import Cause
from shared.contracts.settlement import PaymentSettled
from shared.errors.taxonomy import AlreadyHandled, StaleRow


def settle_line(
    line: PaymentSettled | BankLineBooked,
    *,
    told_at: datetime,
    periods: Periods,
    journal: Journal,
    cause: Cause,
) -> None:
    """The line and its entry, if it moves anything, as one write.

    Raises AlreadyHandled for the same line again, EntryDiffers for its cause with another content.
    """
    booked_at = max(cause.now, told_at)
    told = ToldLine(line=line, told_on=booked_at.astimezone(UTC).date())
    written = written_of(line)
    if not written.postings:
        _keep(told, journal=journal, cause=cause)
        return
    happened_at = happened_on(written.day, told_at)
    entry = JournalEntry(
        entry_id=entry_id_for(cause.id),
        cause_id=cause.id,
        fact=type(line).__name__,
        description=written.description,
        payment_id=written.payment_id,
        order_id=written.order_id,
        reference=written.reference,
        postings=written.postings,
        booked_at=booked_at,
        effective_at=periods.effective(happened_at),
        payout_id=written.payout_id or None,
        rate=written.rate,
    )
    append_once([entry], journal=journal, cause=cause, retold=told_of(happened_at), line=told)


def _keep(told: ToldLine, *, journal: Journal, cause: Cause) -> None:
    try:
        journal.append((), cause, line=told)
    except StaleRow:
        raise AlreadyHandled(cause.id) from None
