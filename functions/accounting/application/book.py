"""Book a fact: one entry, once, whatever is delivered how often."""

from accounting.application.ports import Journal
from accounting.domain.errors import EntryDiffers
from accounting.domain.posting_rules import Fact, entry_for
from shared.contracts.accounting import LedgerEntryCreated
from shared.contracts.envelope import Cause
from shared.errors.taxonomy import AlreadyHandled, StaleRow


def book(fact: Fact, *, journal: Journal, cause: Cause) -> None:
    """Append the fact's entry; the entry is itself the mark that its cause was handled.

    Raises AlreadyHandled for the same fact again, EntryDiffers for the same cause with another
    content.
    """
    entry = entry_for(fact, booked_at=cause.now)
    created = LedgerEntryCreated(
        entry_id=entry.entry_id,
        fact=entry.fact,
        payment_id=entry.payment_id,
        order_id=entry.order_id,
        amount=entry.amount,
    )
    try:
        journal.append(entry, created, cause)
    except StaleRow:
        existing = journal.find(entry.entry_id)
        if existing is None:
            raise
        if not existing.says_the_same(entry):
            raise EntryDiffers(entry.entry_id) from None
        raise AlreadyHandled(cause.id) from None
