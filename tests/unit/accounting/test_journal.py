"""No entry that does not balance can exist, and what balances is what is shown."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from accounting.application.book import announced
from accounting.domain.balances import sums_of
from accounting.domain.chart_of_accounts import (
    AUTHORIZATIONS,
    AUTHORIZATIONS_CONTRA,
    BANK,
    CHART,
    CUSTOMER_RECEIVABLE,
    PAYOUT_IN_TRANSIT,
    REFUNDS,
    REVENUE,
    Side,
    account_of,
)
from accounting.domain.errors import EntryMalformed, EntryUnbalanced, UnknownAccount
from accounting.domain.journal import Authorship, JournalEntry, Person, Posting, credit, debit
from accounting.domain.posting_rules import entry_id_for
from accounting.infrastructure.entry_rows import from_row, to_row
from shared.money import Money
from tests.doubles.ledger import Ledger

NOW = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
THEN = datetime(2026, 1, 1, tzinfo=UTC)


def entry(*postings: Posting) -> JournalEntry:
    return JournalEntry(
        entry_id="je_1",
        cause_id="payments/pay_1/5/1",
        fact="PaymentCaptured",
        description="Capture",
        payment_id="pay_1",
        order_id="ord_1",
        postings=postings,
        booked_at=NOW,
        effective_at=THEN,
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
        ((debit(BANK, EUR), credit(REVENUE, EUR)) * 21, EntryMalformed),
    ],
    ids=[
        "empty",
        "single-sided",
        "a cent short",
        "two debits",
        "two currencies",
        "one unbalanced",
        "too long",
    ],
)
def test_an_entry_that_does_not_balance_cannot_exist(
    postings: tuple[Posting, ...], refusal: type[Exception]
) -> None:
    with pytest.raises(refusal):
        entry(*postings)


@pytest.mark.parametrize("minor", [0, -1, 10**30 + 1])
def test_a_posting_is_above_zero_and_can_be_kept_exactly(minor: int) -> None:
    with pytest.raises(EntryMalformed):
        debit(CUSTOMER_RECEIVABLE, Money(minor, "EUR"))


def test_a_posting_is_never_a_float() -> None:
    with pytest.raises(TypeError):
        debit(CUSTOMER_RECEIVABLE, Money(19.99, "EUR"))  # type: ignore[arg-type]


def test_a_control_account_is_booked_on_an_item_of_its_sub_ledger() -> None:
    with pytest.raises(EntryMalformed, match="1100 needs a payment"):
        replace(entry(debit(CUSTOMER_RECEIVABLE, EUR), credit(REVENUE, EUR)), payment_id="")


@pytest.mark.parametrize(("actor", "reason"), [("", "late"), ("ann", "  ")])
def test_an_entry_by_hand_names_its_actor_and_its_reason(actor: str, reason: str) -> None:
    with pytest.raises(EntryMalformed):
        Authorship(actor=Person("operator", actor), reason=reason)


def test_one_fact_is_one_entry() -> None:
    assert entry_id_for("payments/pay_1/5/1") == "je_z2x0705k87gvz8jnn374"
    assert entry_id_for("payments/pay_1/5/2") != entry_id_for("payments/pay_1/5/1")


def test_the_same_fact_booked_later_says_the_same() -> None:
    first = entry(debit(CUSTOMER_RECEIVABLE, EUR), credit(REVENUE, EUR))
    assert first.says_the_same(replace(first, booked_at=THEN))
    assert not first.says_the_same(replace(first, payment_id="pay_2"))
    assert not first.says_the_same(replace(first, effective_at=NOW))


def test_the_trial_balance_has_equal_sides_and_counts_one_currency() -> None:
    entries = [
        entry(debit(CUSTOMER_RECEIVABLE, money), credit(REVENUE, money))
        for money in (EUR, Money(2, "EUR"), Money(777, "JPY"))
    ]
    balance = sums_of(entries).trial_balance("EUR")
    assert (balance.total_debit, balance.total_credit) == (Money(4000, "EUR"), Money(4000, "EUR"))
    assert [
        (b.account.code, b.debit.minor, b.credit.minor, b.balance.minor) for b in balance.accounts
    ] == [("1100", 4000, 0, 4000), ("4000", 0, 4000, 4000)]
    assert sums_of(entries).unbalanced() == ()


def test_an_empty_ledger_balances() -> None:
    balance = sums_of([]).trial_balance("EUR")
    assert (balance.accounts, balance.total_debit) == ((), Money(0, "EUR"))


def test_the_chart_has_each_account_under_its_code() -> None:
    assert {code: CHART[code].name for code in ("1000", "1100", "1200", "1220", "1900")} == {
        "1000": "Bank",
        "1100": "Customer receivable",
        "1200": "Provider clearing",
        "1220": "Payout in transit",
        "1900": "Reconciliation suspense",
    }
    assert len(CHART) == 27
    assert all(account.code == code for code, account in CHART.items())


def test_a_contra_account_grows_on_the_other_side() -> None:
    assert (REVENUE.normal_side, REFUNDS.normal_side) == (Side.CREDIT, Side.DEBIT)
    assert AUTHORIZATIONS_CONTRA.normal_side is Side.CREDIT


def test_an_account_that_is_not_in_the_chart_is_refused() -> None:
    with pytest.raises(UnknownAccount):
        account_of("7777")


def test_memo_and_real_accounts_do_not_balance_each_other() -> None:
    with pytest.raises(EntryUnbalanced, match="debits 0, credits 3998 in EUR"):
        entry(debit(AUTHORIZATIONS, EUR), credit(REVENUE, EUR))
    with pytest.raises(EntryUnbalanced, match="on memo accounts"):
        entry(
            debit(CUSTOMER_RECEIVABLE, EUR),
            credit(REVENUE, EUR),
            debit(AUTHORIZATIONS, EUR),
            credit(AUTHORIZATIONS_CONTRA, EUR + EUR),
        )


def test_a_payout_account_is_booked_on_a_payout_never_on_the_payment() -> None:
    postings = debit(PAYOUT_IN_TRANSIT, EUR), credit(BANK, EUR)
    with pytest.raises(EntryMalformed, match="1220 needs a payout"):
        entry(*postings)
    (first, _) = postings
    plain = entry(debit(CUSTOMER_RECEIVABLE, EUR), credit(REVENUE, EUR))
    assert replace(plain, postings=postings, payout_id="po_1").item_of(first) == "po_1"


@pytest.mark.parametrize(
    "text", ["pay_1-capture-1", "pay_1~x", "~abc", "~-abc", "~~abc", "", "po_1"]
)
def test_a_reference_survives_its_row(text: str) -> None:
    told = replace(entry(debit(CUSTOMER_RECEIVABLE, EUR), credit(REVENUE, EUR)), reference=text)
    assert from_row(to_row(told, announced(told), Ledger().cause("c"))).reference == text
