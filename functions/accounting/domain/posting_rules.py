"""How each fact is written in the books. One function a fact; nothing else decides."""

from dataclasses import dataclass
from datetime import datetime
from typing import assert_never

from accounting.domain.chart_of_accounts import CUSTOMER_RECEIVABLE, REVENUE
from accounting.domain.journal import JournalEntry, Posting, credit, debit
from shared.contracts.payments import PaymentCaptured
from shared.ids import derived

type Postable = PaymentCaptured


@dataclass(frozen=True, slots=True, kw_only=True)
class Fact:
    """An event as accounting reads it: what happened, which message said so, and when."""

    event: Postable
    cause_id: str
    happened_at: datetime


def entry_id_for(cause_id: str) -> str:
    """One fact is one entry: the entry takes its id from the message that told it."""
    return derived("je", cause_id)


def entry_for(fact: Fact, *, booked_at: datetime) -> JournalEntry:
    """The one journal entry of a fact."""
    match fact.event:
        case PaymentCaptured():
            description = f"Capture {fact.event.capture_id}"
            postings = payment_captured(fact.event)
        case _:
            assert_never(fact.event)
    return JournalEntry(
        entry_id=entry_id_for(fact.cause_id),
        cause_id=fact.cause_id,
        fact=type(fact.event).__name__,
        description=description,
        payment_id=fact.event.payment_id,
        order_id=fact.event.order_id,
        postings=postings,
        booked_at=booked_at,
        effective_at=fact.happened_at,
    )


def payment_captured(event: PaymentCaptured) -> tuple[Posting, ...]:
    """The customer owes us what the provider has taken for us; revenue is earned on capture."""
    return debit(CUSTOMER_RECEIVABLE, event.amount), credit(REVENUE, event.amount)
