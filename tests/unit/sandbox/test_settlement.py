"""What the acquirer settles: every movement once, and on request wrongly."""

import csv
import io
from collections.abc import Mapping
from datetime import UTC, date, datetime
from typing import Any

import pytest

from sandbox import acquirer
from sandbox.clock import Clock
from sandbox.payment import Instruction, Payment, Stamp, Status, Verdict
from sandbox.reports import Reports
from sandbox.settlement import Discrepancy, Report, major

NOON = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)
DAY = date(2026, 11, 24)
REVERSED = Status.REVERSED


def ask(amount: int, reference: str, currency: str = "EUR") -> Instruction:
    return Instruction(reference, {}, amount, currency)


def captured(number: int = 1, amount: int = 10_000, currency: str = "EUR") -> Payment:
    payment = acquirer.authorize(
        ask(amount, f"pay_{number}-authorize-1", currency),
        Verdict(),
        Stamp(f"op_a{number}", NOON),
        payment_id=f"sbx_pay_{number}",
        token="tok_visa",
    )
    return acquirer.capture(
        payment,
        ask(amount, f"pay_{number}-capture-1", currency),
        Verdict(),
        Stamp(f"op_c{number}", NOON),
    )


def refunded(payment: Payment, amount: int) -> Payment:
    return acquirer.refund(payment, ask(amount, "re_1"), Verdict(), Stamp("op_r", NOON))


def disputed(payment: Payment, amount: int) -> Payment:
    return acquirer.open_dispute(payment, Stamp("dp_1", NOON), amount=amount, reason="fraudulent")


def reports() -> Reports:
    return Reports(Clock(lambda: NOON))


def rows(report: Report) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(report.content.decode(), newline="")))


def told(report: Report) -> list[tuple[str, str, str]]:
    return [(row["type"], row["gross"], row["net"]) for row in rows(report)]


def settled(*payments: Payment, wrong: Mapping[Discrepancy, str] | None = None) -> Report:
    (report,) = reports().settle(payments, DAY, wrong or {})
    return report


def test_a_capture_is_settled_less_its_fees_and_paid_out() -> None:
    report = settled(captured())
    assert told(report) == [("capture", "100.00", "98.25"), ("payout", "-98.25", "-98.25")]
    first = rows(report)[0]
    assert (first["fee_processing"], first["fee_scheme"]) == ("1.65", "0.10")
    assert (first["reference"], first["operation_id"]) == ("pay_1-capture-1", "op_c1")
    assert (report.payout, report.lines) == (9825, 2)


def test_refunds_and_disputes_are_taken_from_the_payout_which_may_be_below_zero() -> None:
    report = settled(disputed(refunded(captured(), 3_000), 7_000))
    assert told(report) == [
        ("capture", "100.00", "98.25"),
        ("refund", "-30.00", "-30.00"),
        ("dispute", "-70.00", "-85.00"),
        ("payout", "16.75", "16.75"),
    ]


def test_a_dispute_that_was_won_comes_back() -> None:
    won = acquirer.end_dispute(disputed(captured(), 7_000), "dp_1", Status.WON)
    assert told(settled(won))[1:3] == [
        ("dispute", "-70.00", "-85.00"),
        ("dispute_won", "70.00", "70.00"),
    ]


def test_every_movement_is_settled_once() -> None:
    kept = reports()
    (first,) = kept.settle([captured()], DAY, {})
    assert kept.settle([captured()], DAY, {}) == []
    (second,) = kept.settle([refunded(captured(), 1_000)], DAY, {})
    assert told(second) == [("refund", "-10.00", "-10.00"), ("payout", "10.00", "10.00")]
    assert (first.number, second.number) == (1, 2)


def test_what_was_taken_back_before_it_was_settled_is_no_movement() -> None:
    gone = acquirer.reverse(captured(), "op_c1", "capture_rejected")
    assert reports().settle([gone], DAY, {}) == []


def test_what_was_taken_back_after_it_was_settled_is_one_of_its_own() -> None:
    kept = reports()
    kept.settle([captured()], DAY, {})
    gone = acquirer.reverse(captured(), "op_c1", "capture_rejected")
    (report,) = kept.settle([gone], DAY, {})
    assert told(report) == [
        ("capture_reversed", "-100.00", "-100.00"),
        ("payout", "100.00", "100.00"),
    ]


def test_each_currency_has_its_report_and_payout() -> None:
    made = reports().settle([captured(1), captured(2, 500, "JPY")], DAY, {})
    assert [(each.number, each.currency, each.payout) for each in made] == [
        (1, "EUR", 9825),
        (2, "JPY", 468),
    ]
    assert told(made[1])[0] == ("capture", "500", "468")


def test_what_happened_later_than_the_day_waits() -> None:
    assert reports().settle([captured()], date(2026, 11, 23), {}) == []


@pytest.mark.parametrize(
    ("kind", "reference", "expected"),
    [
        (Discrepancy.MISSING, "pay_1-capture-1", [("capture", "20.00", "19.45")]),
        (
            Discrepancy.AMOUNT,
            "pay_1-capture-1",
            [("capture", "99.99", "98.24"), ("capture", "20.00", "19.45")],
        ),
        (
            Discrepancy.FEE,
            "pay_1-capture-1",
            [("capture", "100.00", "97.25"), ("capture", "20.00", "19.45")],
        ),
        (
            Discrepancy.DUPLICATE,
            "pay_2-capture-1",
            [
                ("capture", "100.00", "98.25"),
                ("capture", "20.00", "19.45"),
                ("capture", "20.00", "19.45"),
            ],
        ),
        (
            Discrepancy.EXTRA,
            "",
            [
                ("capture", "100.00", "98.25"),
                ("capture", "20.00", "19.45"),
                ("capture", "9.99", "9.99"),
            ],
        ),
        (
            Discrepancy.PAYOUT_SUM,
            "",
            [("capture", "100.00", "98.25"), ("capture", "20.00", "19.45")],
        ),
    ],
)
def test_a_report_is_made_wrong_in_one_place_on_request(
    kind: Discrepancy, reference: str, expected: list[tuple[str, str, str]]
) -> None:
    report = settled(captured(1), captured(2, 2_000), wrong={kind: reference})
    *lines, payout = told(report)
    assert lines == expected
    off = 7 if kind is Discrepancy.PAYOUT_SUM else 0
    assert payout[2] == major(-report.payout, "EUR")
    nets = sum(int(net.replace(".", "")) for _, _, net in lines)
    assert report.payout == nets + off


def test_a_late_line_comes_with_the_next_report() -> None:
    kept = reports()
    both: list[Any] = [captured(1), captured(2, 2_000)]
    (first,) = kept.settle(both, DAY, {Discrepancy.LATE: "pay_1-capture-1"})
    (second,) = kept.settle(both, DAY, {})
    assert [kind for kind, *_ in told(first)] == ["capture", "payout"]
    assert told(second)[0] == ("capture", "100.00", "98.25")


def test_a_line_in_another_currency_is_not_in_the_payout() -> None:
    report = settled(
        captured(1), captured(2, 2_000), wrong={Discrepancy.CURRENCY: "pay_1-capture-1"}
    )
    assert [(row["gross_currency"], row["net_currency"]) for row in rows(report)] == [
        ("USD", "USD"),
        ("EUR", "EUR"),
        ("EUR", "EUR"),
    ]
    assert report.payout == 1945


@pytest.mark.parametrize(
    ("minor", "currency", "text"),
    [(-5, "EUR", "-0.05"), (5, "JPY", "5"), (1234, "KWD", "1.234"), (10_000, "CLF", "1.0000")],
)
def test_amounts_are_written_in_major_units(minor: int, currency: str, text: str) -> None:
    assert major(minor, currency) == text
