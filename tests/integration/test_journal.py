"""A fact is in the books once, as the item that announces it, whatever is delivered how often."""

import json
from datetime import UTC, datetime

import pytest

from accounting.application.reactions import react
from accounting.domain.errors import EntryDiffers
from accounting.infrastructure.dynamodb_attested import DynamoDbAttested
from accounting.infrastructure.dynamodb_journal import Booked, DynamoDbJournal
from shared.contracts.accounting import LedgerEntryCreated
from shared.contracts.codec import decode
from shared.contracts.envelope import Envelope
from shared.contracts.payments import PaymentCaptured
from shared.errors.taxonomy import AlreadyHandled
from shared.money import Money
from shared.persistence.table import Table
from tests.integration.racing import race

HAPPENED = datetime(2026, 1, 2, 3, 4, 5, 678, tzinfo=UTC)
BOOKED = datetime(2026, 1, 2, 3, 4, 6, tzinfo=UTC)
TRACEPARENT = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"


@pytest.fixture
def journal(table: Table) -> DynamoDbJournal:
    return DynamoDbJournal(table)


def captured(*, payment_id: str = "pay_1", minor: int = 3998) -> Envelope[PaymentCaptured]:
    event = PaymentCaptured(
        payment_id=payment_id,
        order_id="ord_1",
        capture_id=f"{payment_id}-capture-1",
        amount=Money(minor, "EUR"),
        captured=Money(minor, "EUR"),
        provider="sandbox",
        provider_reference="sbx_op_2",
    )
    return Envelope(
        id=f"payments/{payment_id}/3/1",
        source="quittance.payments",
        subject=payment_id,
        time=HAPPENED,
        sequence=2,
        correlation_id="cor_1",
        causation_id="orders/ord_1/3/2",
        traceparent=TRACEPARENT,
        data=event,
    )


def book(journal: DynamoDbJournal, envelope: Envelope[PaymentCaptured]) -> None:
    cause = envelope.cause(now=BOOKED, traceparent=TRACEPARENT)
    react(envelope, cause, journal=journal, attested=DynamoDbAttested(journal._table))


def booked(journal: DynamoDbJournal) -> Booked:
    (found,) = journal.of_payment("pay_1")
    return found


def test_an_entry_is_read_as_it_was_booked(journal: DynamoDbJournal) -> None:
    book(journal, captured())
    entry = booked(journal).entry
    postings = {(each.account.code, each.side.value, each.amount) for each in entry.postings}
    assert {
        ("1100", "debit", Money(3998, "EUR")),
        ("4000", "credit", Money(3998, "EUR")),
    } <= postings
    assert (entry.cause_id, entry.fact) == ("payments/pay_1/3/1", "PaymentCaptured")
    assert (entry.payment_id, entry.order_id) == ("pay_1", "ord_1")
    assert (entry.booked_at, entry.effective_at) == (BOOKED, HAPPENED)
    assert journal.find(entry.entry_id) == entry
    assert list(journal.entries()) == [entry]
    assert journal.find("je_unknown") is None


def test_an_entry_is_the_message_that_announces_it(journal: DynamoDbJournal) -> None:
    book(journal, captured())
    found = booked(journal)
    assert {"Id", "OccurredOn", "Type", "Payload", "Retries", "Unprocessed"} <= found.message.keys()
    assert found.message["Type"] == "LedgerEntryCreated"
    envelope = decode(LedgerEntryCreated, json.loads(str(found.message["Payload"])))
    assert (envelope.id, envelope.sequence) == (f"accounting/{found.entry.entry_id}/1/1", 1)
    assert (envelope.correlation_id, envelope.causation_id) == ("cor_1", "payments/pay_1/3/1")
    assert envelope.data == LedgerEntryCreated(
        entry_id=found.entry.entry_id,
        fact="PaymentCaptured",
        payment_id="pay_1",
        order_id="ord_1",
        amount=Money(3998, "EUR"),
        reference="pay_1-capture-1",
    )


def test_the_same_fact_again_is_told_as_handled(journal: DynamoDbJournal) -> None:
    book(journal, captured())
    with pytest.raises(AlreadyHandled, match="payments/pay_1/3/1"):
        book(journal, captured())
    assert len(list(journal.entries())) == 1


def test_the_same_fact_with_another_content_is_never_applied_and_never_dropped(
    journal: DynamoDbJournal,
) -> None:
    book(journal, captured())
    for other in (captured(minor=3999), captured(minor=1)):
        with pytest.raises(EntryDiffers):
            book(journal, other)
    assert booked(journal).entry.amount == Money(3998, "EUR")


def test_of_many_deliveries_of_one_fact_one_is_booked(journal: DynamoDbJournal) -> None:
    def attempt(number: int) -> bool:
        del number
        try:
            book(journal, captured())
        except AlreadyHandled:
            return False
        return True

    assert race(20, attempt).count(True) == 1
    assert len(list(journal.entries())) == 1


def test_payments_have_their_own_entries(journal: DynamoDbJournal) -> None:
    for number in range(1, 4):
        book(journal, captured(payment_id=f"pay_{number}", minor=number))
    assert sorted(entry.amount.minor for entry in journal.entries()) == [1, 2, 3]
    assert [each.entry.amount.minor for each in journal.of_payment("pay_2")] == [2]
    assert journal.of_payment("pay_9") == []
