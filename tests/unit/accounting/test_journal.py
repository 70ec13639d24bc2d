"""No entry that does not balance can exist, and what balances is what is shown."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from accounting.domain.chart_of_accounts import CHART, CUSTOMER_RECEIVABLE, REVENUE, Side
from accounting.domain.errors import EntryMalformed, EntryUnbalanced
from accounting.domain.journal import JournalEntry, Posting, credit, debit, trial_balance
from accounting.domain.posting_rules import Fact, entry_for, entry_id_for
from shared.contracts.payments import PaymentCaptured
from shared.money import Money

NOW = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
THEN = datetime(2026, 1, 1, tzinfo=UTC)


def entry(*postings: Posting) -> JournalEntry:
    return JournalEntry(
        entry_id="je_1",
        cause_id="payments/pay_1/5/1",
        fact="PaymentCaptured",
        description="Capture pay_1-capture-1",
        payment_id="pay_1",
        order_id="ord_1",
        postings=postings,
        booked_at=NOW,
        effective_at=THEN,
    )


def captured(minor: int, currency: str = "EUR") -> PaymentCaptured:
    return PaymentCaptured(
        payment_id="pay_1",
        order_id="ord_1",
        capture_id="pay_1-capture-1",
        amount=Money(minor, currency),
        captured=Money(minor, currency),
        provider="sandbox",
        provider_reference="sbx_op_2",
    )


EUR = Money(3998, "EUR")
USD = Money(100, "USD")


def test_an_entry_with_equal_sides_exists() -> None:
    assert entry(debit(CUSTOMER_RECEIVABLE, EUR), credit(REVENUE, EUR)).amount == EUR


@pytest.mark.parametrize(
    ("postings", "refusal"),
    [
        ((), EntryMalformed),
        ((debit(CUSTOMER_RECEIVABLE, EUR),), EntryMalformed),
        (
            (debit(CUSTOMER_RECEIVABLE, EUR), credit(REVENUE, Money(3997, "EUR"))),
            EntryUnbalanced,
        ),
        ((debit(CUSTOMER_RECEIVABLE, EUR), debit(REVENUE, EUR)), EntryUnbalanced),
        ((debit(CUSTOMER_RECEIVABLE, USD), credit(REVENUE, Money(100, "EUR"))), EntryUnbalanced),
        (
            (
                debit(CUSTOMER_RECEIVABLE, EUR),
                credit(REVENUE, EUR),
                debit(CUSTOMER_RECEIVABLE, USD),
            ),
            EntryUnbalanced,
        ),
    ],
    ids=["empty", "single-sided", "a cent short", "two debits", "two currencies", "one unbalanced"],
)
def test_an_entry_that_does_not_balance_cannot_exist(
    postings: tuple[Posting, ...], refusal: type[Exception]
) -> None:
    with pytest.raises(refusal):
        entry(*postings)


@pytest.mark.parametrize("minor", [0, -1])
def test_a_posting_is_above_zero(minor: int) -> None:
    with pytest.raises(EntryMalformed):
        debit(CUSTOMER_RECEIVABLE, Money(minor, "EUR"))


def test_a_capture_makes_the_customer_owe_and_earns_revenue() -> None:
    fact = Fact(event=captured(3998), cause_id="payments/pay_1/5/1", happened_at=THEN)
    booked = entry_for(fact, booked_at=NOW)
    assert [(p.account.code, p.side, p.amount) for p in booked.postings] == [
        ("1100", Side.DEBIT, Money(3998, "EUR")),
        ("4000", Side.CREDIT, Money(3998, "EUR")),
    ]
    assert (booked.booked_at, booked.effective_at) == (NOW, THEN)
    assert (booked.payment_id, booked.order_id) == ("pay_1", "ord_1")
    assert booked.description == "Capture pay_1-capture-1"


def test_one_fact_is_one_entry() -> None:
    assert entry_id_for("payments/pay_1/5/1") == "je_z2x0705k87gvz8jnn3740j6j8r"
    assert entry_id_for("payments/pay_1/5/2") != entry_id_for("payments/pay_1/5/1")


def test_the_same_fact_booked_later_says_the_same() -> None:
    first = entry(debit(CUSTOMER_RECEIVABLE, EUR), credit(REVENUE, EUR))
    assert first.says_the_same(replace(first, booked_at=THEN))
    assert not first.says_the_same(replace(first, payment_id="pay_2"))


def test_the_trial_balance_has_equal_sides_and_counts_one_currency() -> None:
    entries = [
        entry_for(
            Fact(event=captured(minor, currency), cause_id=f"e{minor}", happened_at=THEN),
            booked_at=NOW,
        )
        for minor, currency in ((3998, "EUR"), (2, "EUR"), (777, "JPY"))
    ]
    balance = trial_balance(entries, "EUR")
    assert (balance.total_debit, balance.total_credit) == (Money(4000, "EUR"), Money(4000, "EUR"))
    assert [
        (b.account.code, b.debit.minor, b.credit.minor, b.balance.minor) for b in balance.accounts
    ] == [("1100", 4000, 0, 4000), ("4000", 0, 4000, 4000)]


def test_an_empty_ledger_balances() -> None:
    balance = trial_balance([], "EUR")
    assert (balance.accounts, balance.total_debit) == ((), Money(0, "EUR"))


def test_the_chart_has_each_account_under_its_code() -> None:
    assert {code: account.name for code, account in CHART.items()} == {
        "1100": "Customer receivable",
        "4000": "Revenue",
    }
