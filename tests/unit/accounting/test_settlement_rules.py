"""Every template of the books: what is debited and credited, to the cent, and that it balances."""

from datetime import UTC, datetime

import pytest

from accounting.domain import notation
from accounting.domain import settlement_rules as rules
from accounting.domain.balances import sums_of
from accounting.domain.journal import JournalEntry, Posting, Rate
from accounting.domain.settled_lines import line_postings
from shared.contracts.settlement import LineKind
from shared.money import Money
from tests.doubles.ledger import settled

AT = datetime(2026, 1, 2, tzinfo=UTC)


def usd(minor: int) -> Money:
    return Money(minor, "USD")


def sale(amount: int, tax: int, *, seller: int = 0, delivered: bool = True) -> rules.Sale:
    return rules.Sale(
        payment_id="p", amount=usd(amount), tax=usd(tax), seller=usd(seller), delivered=delivered
    )


RATE = Rate(source="EUR", target="USD", rate="1.0700", told_by="provider", told_at="2026-01-02")


def converted(*, fee: int, commission: int, booked: int) -> rules.ConvertedLine:
    return rules.ConvertedLine(
        payment_id="p",
        gross=Money(10000, "EUR"),
        converted=usd(10700),
        booked=usd(booked),
        fee=usd(fee),
        commission=usd(commission),
        rate=RATE,
    )


TEMPLATES = {
    "T1 a capture with tax": (
        rules.sold(sale(10800, 800)),
        "D1100 10800 USD p;C4000 10000 USD;C2200 800 USD",
    ),
    "T1p a part of it, tax pro rata": (
        rules.sold(sale(6000, 444)),
        "D1100 6000 USD p;C4000 5556 USD;C2200 444 USD",
    ),
    "T1d before delivery": (
        rules.sold(sale(10800, 800, delivered=False)),
        "D1100 10800 USD p;C2300 10000 USD;C2200 800 USD",
    ),
    "T1d on delivery": (rules.delivered(usd(10000)), "D2300 10000 USD;C4000 10000 USD"),
    "T2i an invoiced fee": (rules.fee_charged(usd(180)), "D5000 180 USD;C1200 180 USD"),
    "T2a a fee for a declined attempt": (rules.fee_charged(usd(8)), "D5000 8 USD;C1200 8 USD"),
    "T3 a payout sent": (
        rules.payout_sent(usd(10457), "po"),
        "D1220 10457 USD po;C1200 10457 USD",
    ),
    "T3b a payout arrived": (
        rules.payout_arrived(usd(10457), "po"),
        "D1000 10457 USD;C1220 10457 USD po",
    ),
    "T3f a payout failed": (
        rules.payout_failed(usd(10457), "po"),
        "D1200 10457 USD;C1220 10457 USD po",
    ),
    "T3neg a negative payout": (
        rules.payout_sent(usd(-2500), "po"),
        "C1220 2500 USD po;D1200 2500 USD",
    ),
    "T3neg collected by the bank": (
        rules.payout_arrived(usd(-2500), "po"),
        "C1000 2500 USD;D1220 2500 USD po",
    ),
    "a payout that is named": (
        rules.arrival_named(usd(10457), "po"),
        "D1220 10457 USD unknown;C1220 10457 USD po",
    ),
    "a collected one that is named": (
        rules.arrival_named(usd(-2500), "po"),
        "C1220 2500 USD unknown;D1220 2500 USD po",
    ),
    "T4 a reserve held": (rules.reserve_held(usd(1000)), "D1210 1000 USD;C1200 1000 USD"),
    "T4 a reserve released": (rules.reserve_released(usd(1000)), "D1200 1000 USD;C1210 1000 USD"),
    "T5n a refund fee": (rules.fee_charged(usd(30)), "D5000 30 USD;C1200 30 USD"),
    "T5n a fee given back": (rules.fee_charged(usd(-30)), "C5000 30 USD;D1200 30 USD"),
    "T8p a dispute settled partly": (
        rules.dispute_settled(usd(4000), usd(6800), "p"),
        "D1200 4000 USD;D5100 6800 USD;C1300 10800 USD p",
    ),
    "T10 and T10g another currency, at a loss": (
        rules.settled_in_another_currency(converted(fee=350, commission=0, booked=10850)),
        "D3900 10000 EUR;C1100 10000 EUR p;D1200 10350 USD;D5000 350 USD;"
        "D5200 150 USD;C3900 10850 USD",
    ),
    "T10 and T10g another currency, at a gain": (
        rules.settled_in_another_currency(converted(fee=350, commission=0, booked=10600)),
        "D3900 10000 EUR;C1100 10000 EUR p;D1200 10350 USD;D5000 350 USD;"
        "C5200 100 USD;C3900 10600 USD",
    ),
    "T10s the spread apart": (
        rules.settled_in_another_currency(converted(fee=0, commission=107, booked=10700)),
        "D3900 10000 EUR;C1100 10000 EUR p;D1200 10593 USD;D5030 107 USD;C3900 10700 USD",
    ),
    "T11 a write-off": (
        rules.written_off(usd(10800), "p"),
        "D5900 10800 USD;C1100 10800 USD p",
    ),
    "T12 money only at the provider": (
        rules.found_at_provider(usd(4200)),
        "D1200 4200 USD;C1900 4200 USD",
    ),
    "T13 a marketplace sale": (
        rules.sold(sale(10000, 0, seller=9000)),
        "D1100 10000 USD p;C4200 1000 USD;C2400 9000 USD",
    ),
}


@pytest.mark.parametrize("name", TEMPLATES)
def test_a_template_is_booked_to_the_cent_and_balances(name: str) -> None:
    postings, expected = TEMPLATES[name]
    assert notation.written(postings) == expected
    assert notation.read(expected) == postings
    assert entry(postings).postings == postings


def test_from_the_sale_to_the_bank_everything_in_between_is_zero_again() -> None:
    story = (
        rules.sold(sale(10800, 800)),
        line_postings(settled(LineKind.CAPTURE, usd(10800), usd(10457), usd(343), payment="p")),
        rules.payout_sent(usd(10457), "po"),
        rules.payout_arrived(usd(10457), "po"),
    )
    balances = sums_of([entry(postings) for postings in story]).trial_balance("USD").accounts
    assert {each.account.name: each.balance.minor for each in balances} == {
        "Bank": 10457,
        "Customer receivable": 0,
        "Provider clearing": 0,
        "Payout in transit": 0,
        "Tax payable": 800,
        "Revenue": 10000,
        "Processing fees": 343,
    }


def test_a_currency_position_is_zero_at_the_booked_rate() -> None:
    line_ = converted(fee=350, commission=0, booked=10850)
    sums = sums_of([entry(rules.settled_in_another_currency(line_))])
    position = {c: sums.balance("3900", c).balance.minor for c in ("EUR", "USD")}
    assert position == {"EUR": -10000, "USD": 10850}  # 100.00 EUR at 1.0850 is 108.50 USD


def entry(postings: tuple[Posting, ...]) -> JournalEntry:
    return JournalEntry(
        entry_id="je_1",
        cause_id="line_1",
        fact="SettlementLine",
        description="Settled",
        payment_id="p",
        postings=postings,
        booked_at=AT,
        effective_at=AT,
        rate=RATE,
    )
