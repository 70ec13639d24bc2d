"""The same entries for every ledger: on one pair of hot accounts, or spread over many."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from random import Random

from accounting.domain.chart_of_accounts import CUSTOMER_RECEIVABLE, REVENUE
from accounting.domain.journal import JournalEntry, credit, debit
from accounting.domain.posting_rules import entry_id_for
from shared.contracts.accounting import LedgerEntryCreated
from shared.contracts.envelope import Cause
from shared.ids import derived
from shared.money import Money

START = datetime(2026, 1, 2, tzinfo=UTC)
TRACE = "00-000cbe9ed81b71bc63a27d6167d147b3-587862398c3b3480-01"


@dataclass(frozen=True)
class Work:
    """An entry to post; `owner` names the balance rows of a ledger that keeps such rows."""

    entry: JournalEntry
    created: LedgerEntryCreated
    cause: Cause
    owner: str


def stream(name: str, *, entries: int, hot: bool) -> list[Work]:
    """Captures of one customer's payment and one shop, or each of its own of both.

    Ids are as long as in life.
    """
    rng = Random(name)  # noqa: S311 - the same amounts every time
    work = []
    for number in range(entries):
        own = "hot" if hot else str(number)
        payment_id, order_id = derived("pay", name, str(number)), derived("ord", name, str(number))
        cause_id = f"payments/{payment_id}/6/1"
        amount = Money(rng.randrange(100, 1_000_000), "EUR")
        moment = START + timedelta(milliseconds=3 * number)
        entry = JournalEntry(
            entry_id=entry_id_for(cause_id),
            cause_id=cause_id,
            fact="PaymentCaptured",
            description="Capture",
            payment_id=payment_id,
            order_id=order_id,
            reference=f"{payment_id}-capture-1",
            postings=(debit(CUSTOMER_RECEIVABLE, amount), credit(REVENUE, amount)),
            booked_at=moment,
            effective_at=moment,
        )
        created = LedgerEntryCreated(
            entry_id=entry.entry_id,
            fact=entry.fact,
            payment_id=payment_id,
            order_id=order_id,
            amount=amount,
        )
        cause = Cause(
            id=cause_id, correlation_id=derived("cor", name), traceparent=TRACE, now=moment
        )
        work.append(Work(entry, created, cause, owner=own))
    return work
