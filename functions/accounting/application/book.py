"""Put entries in the books: each once, whatever is delivered how often, and within every limit."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final

from accounting.application.ports import Journal, Proposal, ToldLine
from accounting.domain.corrections import capture_undone, reversal, reversal_id, suspended
from accounting.domain.errors import (
    AccountClosed,
    CaptureNotBooked,
    EntryDiffers,
    EntryMalformed,
    EventAhead,
    LimitExceeded,
)
from accounting.domain.journal import JournalEntry
from accounting.domain.limits import limited
from accounting.domain.manual import Periods, require_open_accounts
from accounting.domain.posting_rules import Postable, entry_for
from shared.contracts.accounting import LedgerEntryCreated, LedgerEntrySuspended
from shared.contracts.envelope import Cause
from shared.contracts.payments import CaptureFailed
from shared.errors.taxonomy import AlreadyHandled, StaleRow
from shared.persistence.until_fresh import until_fresh

CLOCKS_APART_MAX: Final = timedelta(minutes=5)
"""An event from further ahead than that waits: nothing is booked in the future."""
ROWS_MAX: Final = 100
"""In one transaction of the store."""

type Retold = Callable[[JournalEntry, JournalEntry], JournalEntry]


def book(
    event: Postable, *, happened_at: datetime, periods: Periods, journal: Journal, cause: Cause
) -> None:
    """Append the event's entry; the entry is itself the mark that its cause was handled.

    Raises AlreadyHandled for the same event again or for one that moves nothing, EntryDiffers for
    the same cause with another content, EventAhead.
    """
    if happened_at > cause.now + CLOCKS_APART_MAX:
        raise EventAhead
    entry = entry_for(
        event,
        cause_id=cause.id,
        booked_at=max(cause.now, happened_at),
        effective_at=periods.effective(happened_at),
        happened_at=happened_at,
    )
    if entry is not None:
        _append_or_suspend(entry, at=happened_at, journal=journal, cause=cause)


def undo_capture(
    event: CaptureFailed,
    *,
    happened_at: datetime,
    periods: Periods,
    journal: Journal,
    cause: Cause,
) -> None:
    """Reverse the entry of the capture that failed after all, unless somebody has by hand.

    Raises CaptureNotBooked while the capture itself has not arrived; and as `book` does.
    """
    original = capture_undone(event, journal.entries_of(event.payment_id), cause_id=cause.id)
    if original is None:
        raise CaptureNotBooked(str(event.capture_id))
    standing = journal.find(reversal_id(original.entry_id))
    if standing is not None and standing.by is not None:
        raise AlreadyHandled(cause.id)
    undone_at = max(happened_at, original.effective_at)
    entry = reversal(
        original,
        cause_id=cause.id,
        fact=type(event).__name__,
        booked_at=max(cause.now, undone_at),
        effective_at=periods.effective(undone_at),
    )
    if entry.effective_at != happened_at:
        entry = replace(entry, happened_at=happened_at)
    _append_or_suspend(entry, at=undone_at, journal=journal, cause=cause)


def _append_or_suspend(
    entry: JournalEntry, *, at: datetime, journal: Journal, cause: Cause
) -> None:
    """What belongs on an account that is closed waits in suspense, and a person is told.

    A fact is never lost for the chart's sake; `append_once` says what else may be refused.
    """
    try:
        append_once([entry], journal=journal, cause=cause, retold=told_of(at))
    except AccountClosed as refusal:
        append_once(
            [suspended(entry)],
            journal=journal,
            cause=cause,
            retold=told_of(at),
            refused=refusal.code,
        )


def append_once(  # noqa: PLR0913 - each is said by one caller alone
    entries: Sequence[JournalEntry],
    *,
    journal: Journal,
    cause: Cause,
    settles: Proposal | None = None,
    retold: Retold = lambda entry, _: entry,
    line: ToldLine | None = None,
    refused: str = "",
) -> None:
    """All entries or none, each once; raises AlreadyHandled, EntryDiffers, LimitExceeded,
    AccountClosed, and EntryMalformed for more than one write can hold.

    `retold` is given an entry and the one that is in the books under its id, and gives the entry
    back with the times that the telling of the same a second time may change.
    """
    for entry in entries:
        require_open_accounts(entry)
    touched = limited(entries)
    if len(touched) + 2 * len(entries) + 1 > ROWS_MAX:
        raise EntryMalformed("too many limited accounts in one request")
    told = [(entry, announced(entry, refused=refused)) for entry in entries]

    def attempt() -> None:
        rooms = []
        for account, currency in touched:
            room = journal.room(account, currency)
            for entry in entries:
                room = room.after(entry)
            rooms.append(room)
        journal.append(told, cause, rooms=rooms, settles=settles, line=line)

    def attempt_or_tell() -> None:
        try:
            attempt()
        except (StaleRow, LimitExceeded):
            tell_repeated(entries, journal=journal, cause=cause, retold=retold)
            raise

    until_fresh(attempt_or_tell)


def tell_repeated(
    entries: Sequence[JournalEntry], *, journal: Journal, cause: Cause, retold: Retold
) -> None:
    """Return if none of the entries is in the books; else raise AlreadyHandled if all of them are,
    with the same content, and EntryDiffers if not."""
    standing = [journal.find(entry.entry_id) for entry in entries]
    if not any(standing):
        return
    for entry, existing in zip(entries, standing, strict=True):
        if existing is None or not existing.says_the_same(retold(entry, existing)):
            raise EntryDiffers(entry.entry_id) from None
    raise AlreadyHandled(cause.id) from None


def told_of(at: datetime) -> Retold:
    """An entry that counts later only because a period was closed meanwhile says the same."""

    def retold(entry: JournalEntry, existing: JournalEntry) -> JournalEntry:
        if Periods.explain(existing.effective_at, at):
            return replace(entry, effective_at=existing.effective_at)
        return entry

    return retold


def announced(entry: JournalEntry, *, refused: str = "") -> LedgerEntryCreated:
    """What the platform is told of an entry, and `refused` why it is one in suspense."""
    created = LedgerEntryCreated(
        entry_id=entry.entry_id,
        fact=entry.fact,
        payment_id=entry.payment_id,
        order_id=entry.order_id,
        amount=entry.amount,
        reference=entry.reference,
    )
    if not refused:
        return created
    return LedgerEntrySuspended(
        entry_id=created.entry_id,
        fact=created.fact,
        payment_id=created.payment_id,
        order_id=created.order_id,
        amount=created.amount,
        reference=created.reference,
        code=refused,
    )
