"""Each kind of settled line, as it stands in the books, and as reconciliation finds it again."""

from datetime import UTC, date, datetime

import pytest

from accounting.application.reactions import react
from accounting.domain import notation
from accounting.domain.journal import Rate
from accounting.domain.payouts import PayoutLine
from accounting.domain.reconciliation import Line
from accounting.infrastructure.dynamodb_settlement import DynamoDbSettlement
from shared.contracts.envelope import Envelope
from shared.contracts.settlement import LineKind, PaymentSettled
from shared.errors.taxonomy import AlreadyHandled
from shared.money import Money
from tests.doubles.ledger import START, Ledger, captured, eur, settled

K = LineKind
NONE = eur(0)
RULES: dict[str, tuple[PaymentSettled, str]] = {
    "T2 a capture": (
        settled(K.CAPTURE, eur(10800), eur(10457), eur(300), eur(43)),
        "D1200 10457 EUR;D5000 343 EUR;C1100 10800 EUR",
    ),
    "T2n fees above the amount": (
        settled(K.CAPTURE, eur(11), eur(-3), eur(14)),
        "C1200 3 EUR;D5000 14 EUR;C1100 11 EUR",
    ),
    "T12a a line that does not add up": (
        settled(K.CAPTURE, eur(10800), eur(10450), eur(343)),
        "D1200 10450 EUR;D5000 343 EUR;D1900 7 EUR;C1100 10800 EUR",
    ),
    "T12r a cent of rounding": (
        settled(K.CAPTURE, eur(3998), eur(3857), eur(140), rounding=eur(1)),
        "D1200 3857 EUR;D5000 140 EUR;D5900 1 EUR;C1100 3998 EUR",
    ),
    "a capture of nobody's": (
        settled(K.CAPTURE, eur(10800), eur(10800), payment=""),
        "D1200 10800 EUR;C1100 10800 EUR unknown",
    ),
    "a capture taken back": (
        settled(K.CAPTURE_REVERSED, eur(-10800), eur(-10815), eur(15)),
        "C1200 10815 EUR;D5000 15 EUR;D1100 10800 EUR",
    ),
    "T10 in another currency": (
        settled(K.CAPTURE, Money(10000, "USD"), eur(8970), eur(230), rate="0.92"),
        "D3900 10000 USD;C1100 10000 USD;D1200 8970 EUR;D5000 230 EUR;C3900 9200 EUR",
    ),
    "T5n the fee of a refund": (
        settled(K.REFUND, eur(-5400), eur(-5430), eur(30)),
        "D5000 30 EUR;C1200 30 EUR",
    ),
    "a refund in another currency": (
        settled(K.REFUND, Money(-1000, "USD"), eur(-950), eur(30), rate="0.92"),
        "D1200 1000 USD;C3900 1000 USD;C1200 950 EUR;D5000 30 EUR;D3900 920 EUR",
    ),
    "T6 the fee of a dispute": (
        settled(K.DISPUTE, eur(-10800), eur(-12300), eur(1500)),
        "D5010 1500 EUR;C1200 1500 EUR",
    ),
    "a fee given back with a dispute won": (
        settled(K.DISPUTE_REVERSED, eur(10800), eur(12300), eur(-1500)),
        "C5010 1500 EUR;D1200 1500 EUR",
    ),
    "T2i a monthly fee": (
        settled(K.FEE, eur(-180), eur(-180), payment=""),
        "D5000 180 EUR;C1200 180 EUR",
    ),
    "T2i a fee told as a fee": (
        settled(K.FEE, NONE, eur(-180), eur(180), payment=""),
        "D5000 180 EUR;C1200 180 EUR",
    ),
    "a fee given back": (
        settled(K.FEE, eur(180), eur(180), payment=""),
        "C5000 180 EUR;D1200 180 EUR",
    ),
    "T3 a payout": (
        settled(K.PAYOUT, eur(-10457), eur(-10457), payment=""),
        "D1220 10457 EUR po_1;C1200 10457 EUR",
    ),
    "a payout that costs": (
        settled(K.PAYOUT, eur(-10000), eur(-10100), eur(100), payment=""),
        "D1220 10000 EUR po_1;C1200 10000 EUR;D5000 100 EUR;C1200 100 EUR",
    ),
    "T3neg a payout below zero": (
        settled(K.PAYOUT, eur(2500), eur(2500), payment=""),
        "C1220 2500 EUR po_1;D1200 2500 EUR",
    ),
    "T3f a payout returned": (
        settled(K.PAYOUT_REVERSED, eur(10457), eur(10457), payment=""),
        "D1200 10457 EUR;C1220 10457 EUR po_1",
    ),
    "a collected payout returned": (
        settled(K.PAYOUT_REVERSED, eur(-2500), eur(-2500), payment=""),
        "C1200 2500 EUR;D1220 2500 EUR po_1",
    ),
    "a payout without a name": (
        settled(K.PAYOUT, eur(-5), eur(-5), payment="", payout_id=""),
        "D1220 5 EUR line_1;C1200 5 EUR",
    ),
    "T4 a reserve": (
        settled(K.RESERVE_HELD, eur(-1000), eur(-1000), payment=""),
        "D1210 1000 EUR;C1200 1000 EUR",
    ),
    "a reserve released": (
        settled(K.RESERVE_RELEASED, eur(1000), eur(1000), payment=""),
        "D1200 1000 EUR;C1210 1000 EUR",
    ),
    "T12 an adjustment": (
        settled(K.ADJUSTMENT, eur(77), eur(77), payment=""),
        "D1200 77 EUR;C1900 77 EUR",
    ),
    "a type that nobody has met": (
        settled(K.UNKNOWN, eur(-77), eur(-77), payment=""),
        "C1200 77 EUR;D1900 77 EUR",
    ),
}


@pytest.mark.parametrize("rule", RULES)
def test_a_settled_line_is_booked_by_itself_alone(rule: str) -> None:
    line, postings = RULES[rule]
    ledger = Ledger()
    ledger.hear(line, "payments/line/line_1")
    (entry,) = ledger.journal.entries()
    assert notation.written(entry.postings) == postings
    assert entry.fact == "PaymentSettled"


@pytest.mark.parametrize("kind", [K.REFUND, K.DISPUTE, K.REFUND_REVERSED, K.DISPUTE_REVERSED])
def test_a_line_that_only_says_what_our_events_have_booked_is_kept_and_books_nothing(
    kind: LineKind,
) -> None:
    ledger = Ledger()
    ledger.hear(settled(kind, eur(-500), eur(-500)), "payments/line/line_1")
    assert list(ledger.journal.entries()) == []
    kept = DynamoDbSettlement(ledger.table)
    assert [line.line_id for line in kept.lines_told_on("sandbox", START.date())] == ["line_1"]


def test_what_was_captured_and_settled_is_owed_by_nobody() -> None:
    ledger = Ledger()
    ledger.hear(captured(10800), "payments/pay_1/3/1")
    ledger.hear(settled(K.CAPTURE, eur(10800), eur(10457), eur(343)), "payments/line/line_1")
    ledger.hear(
        settled(K.PAYOUT, eur(-10457), eur(-10457), payment="", line="line_2"),
        "payments/line/line_2",
    )
    balances = {code: ledger.balance(code) for code in ("1100", "1200", "1220", "5000")}
    assert balances == {"1100": 0, "1200": 0, "1220": 10457, "5000": 343}


def test_the_same_line_again_is_acknowledged_and_changes_nothing() -> None:
    ledger = Ledger()
    for line in (
        settled(K.CAPTURE, eur(10800), eur(10457), eur(343)),
        settled(K.REFUND, eur(-500), eur(-500), line="line_2"),
    ):
        ledger.hear(line, f"payments/line/{line.line_id}")
        before = ledger.table.rows()
        envelope = Envelope(
            id=f"payments/line/{line.line_id}",
            source="quittance.payments",
            subject="line",
            time=ledger.now,
            sequence=1,
            correlation_id="cor_1",
            causation_id="payments/report/rep_1",
            traceparent="00-000cbe9ed81b71bc63a27d6167d147b3-587862398c3b3480-01",
            data=line,
        )
        cause = ledger.cause(envelope.id)
        with pytest.raises(AlreadyHandled):
            react(envelope, cause, journal=ledger.journal, attested=ledger.attested)
        assert ledger.table.rows() == before


def test_a_line_counts_on_the_day_it_was_settled_and_is_found_on_the_day_it_was_told() -> None:
    ledger = Ledger()
    line = settled(
        K.CAPTURE, eur(100), eur(90), eur(10), settled_on=date(2026, 1, 1), payout_id="po_7"
    )
    ledger.hear(line, "payments/line/line_1")
    (entry,) = ledger.journal.entries()
    assert entry.effective_at == datetime(2026, 1, 1, 23, 59, 59, 999999, tzinfo=UTC)
    assert (entry.payout_id, entry.reference) == ("po_7", "pay_1-capture-1")
    kept = DynamoDbSettlement(ledger.table)
    assert list(kept.lines_told_on("sandbox", date(2026, 1, 1))) == []
    assert list(kept.lines_told_on("sandbox", date(2026, 1, 2))) == [
        Line(
            line_id="line_1",
            kind=K.CAPTURE,
            payment_id="pay_1",
            reference="pay_1-capture-1",
            provider_reference="sbx_op_2",
            gross=eur(100),
            fee=eur(10),
            net=eur(90),
            payout_id="po_7",
            settled_on=date(2026, 1, 1),
        )
    ]
    assert list(kept.payout_lines("sandbox", "po_7")) == [
        PayoutLine(line_id="line_1", kind=K.CAPTURE, net=eur(90))
    ]


def test_a_line_settled_today_counts_no_later_than_it_was_told() -> None:
    ledger = Ledger()
    ledger.hear(settled(K.CAPTURE, eur(100), eur(100)), "payments/line/line_1")
    (entry,) = ledger.journal.entries()
    assert entry.effective_at == START


def test_the_lines_of_a_day_come_in_the_order_of_their_payments_those_of_none_first() -> None:
    ledger = Ledger()
    for number, payment in enumerate(("pay_b", "", "pay_a", "pay_b", "")):
        line = settled(K.CAPTURE, eur(1), eur(1), payment=payment, line=f"line_{number}")
        ledger.hear(line, f"payments/line/{line.line_id}")
    lines = DynamoDbSettlement(ledger.table).lines_told_on("sandbox", START.date())
    assert [(line.payment_id, line.line_id) for line in lines] == [
        ("", "line_1"),
        ("", "line_4"),
        ("pay_a", "line_2"),
        ("pay_b", "line_0"),
        ("pay_b", "line_3"),
    ]


def test_the_rate_of_a_line_in_two_currencies_is_kept_as_it_was_told() -> None:
    ledger = Ledger()
    line = settled(K.CAPTURE, Money(10000, "USD"), eur(8970), eur(230), rate="0.92")
    ledger.hear(line, "payments/line/line_1")
    (entry,) = ledger.journal.entries()
    assert entry.rate == Rate(
        source="USD", target="EUR", rate="0.92", told_by="sandbox", told_at="2026-01-02"
    )


def test_lines_are_found_behind_a_place_and_by_their_record() -> None:
    ledger = Ledger()
    for line in (
        settled(K.FEE, eur(-5), eur(-5), payment="", line="line_1"),
        settled(K.FEE, eur(-5), eur(-5), payment="", line="line_10"),
        settled(K.CAPTURE, eur(100), eur(100), line="line_2"),
    ):
        ledger.hear(line, f"payments/line/{line.line_id}")
    kept, day = DynamoDbSettlement(ledger.table), START.date()
    places = ["-#line_1", "-#line_10", "pay_1#line_2"]
    assert [place for place, _ in kept.lines_after("sandbox", day, "")] == places
    assert [place for place, _ in kept.lines_after("sandbox", day, places[0])] == places[1:]
    assert list(kept.lines_after("sandbox", day, places[2])) == []
    found = {
        record: [each.line_id for each in kept.lines_of("sandbox", day, record)]
        for record in ("line:line_1", "line:line_10", "pay_1", "pay_2", "line:line_2")
    }
    assert found == {
        "line:line_1": ["line_1"],
        "line:line_10": ["line_10"],
        "pay_1": ["line_2"],
        "pay_2": [],
        "line:line_2": [],
    }
