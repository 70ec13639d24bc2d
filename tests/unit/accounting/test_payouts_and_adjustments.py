"""Payouts are explained to the cent, and what is not explained stands in suspense."""

from datetime import date

import pytest

from accounting.domain.adjustments import adjustment
from accounting.domain.matching import match_payment
from accounting.domain.payouts import Payout, PayoutLine, PayoutState, proved
from accounting.domain.reconciliation import Line, Operation, Rules, ageing_bucket
from shared.contracts.settlement import LineKind
from shared.money import Money
from tests.unit.accounting.reconciling import line, operation

LATE = date(2026, 3, 20)


def of_payout(lines: list[Line]) -> tuple[Payout, ...]:
    told = [PayoutLine(line_id=each.line_id, kind=each.kind, net=each.net) for each in lines]
    return proved("po_1", told)


def sent(minor: int) -> Line:
    return line("p", -minor, payment_id="", kind=LineKind.PAYOUT)


@pytest.mark.parametrize(
    ("paid", "state", "difference"),
    [
        (1440, PayoutState.EXPLAINED, 0),
        (1441, PayoutState.ROUNDED, 1),
        (1439, PayoutState.ROUNDED, -1),
        (1442, PayoutState.UNEXPLAINED, 2),
        (1400, PayoutState.UNEXPLAINED, -40),
    ],
)
def test_a_payout_is_the_sum_of_its_lines(paid: int, state: PayoutState, difference: int) -> None:
    lines = [line("l1", 1000, fee=30), line("l2", 500, fee=30), sent(paid)]
    (payout,) = of_payout(lines)
    assert (payout.lines, payout.net, payout.sent) == (2, Money(1440, "EUR"), Money(paid, "EUR"))
    assert (payout.state, payout.difference) == (state, Money(difference, "EUR"))


def test_a_payout_that_was_not_sent_is_open() -> None:
    (payout,) = of_payout([line("l1", 1000)])
    assert payout.state is PayoutState.OPEN


def test_a_payout_that_the_provider_collects_is_negative() -> None:
    refund = line("l1", -2500, kind=LineKind.REFUND)
    (payout,) = of_payout([refund, sent(-2500)])
    assert (payout.state, payout.sent) == (PayoutState.EXPLAINED, Money(-2500, "EUR"))


def test_a_payout_that_came_back_is_returned() -> None:
    back = line("b", 1000, payment_id="", kind=LineKind.PAYOUT_REVERSED)
    (payout,) = of_payout([line("l1", 1000), sent(1000), back])
    assert (payout.returned, payout.state) == (Money(1000, "EUR"), PayoutState.RETURNED)


CASES: dict[str, tuple[list[Operation], list[Line], list[str]]] = {
    "T12x: captured here, never settled": (
        [operation("c1", 10800)],
        [],
        ["debit 1900 108.00 EUR", "credit 1100 108.00 EUR pay_1"],
    ),
    "T12: settled there, unknown here": (
        [],
        [line("l1", 4200, "x", payment_id="")],
        ["credit 1900 42.00 EUR", "debit 1100 42.00 EUR unknown"],
    ),
    "T12a: thirty cents short": (
        [operation("c1", 10800)],
        [line("l1", 10770, "c1")],
        ["debit 1900 0.30 EUR", "credit 1100 0.30 EUR pay_1"],
    ),
    "thirty cents too much": (
        [operation("c1", 10800)],
        [line("l1", 10830, "c1")],
        ["credit 1900 0.30 EUR", "debit 1100 0.30 EUR pay_1"],
    ),
    "a refund that the provider never paid": (
        [operation("r1", -500, kind=LineKind.REFUND)],
        [],
        ["credit 1900 5.00 EUR", "debit 1200 5.00 EUR"],
    ),
    "a refund that we never asked for": (
        [],
        [line("l1", -500, "r9", kind=LineKind.REFUND)],
        ["debit 1900 5.00 EUR", "credit 1200 5.00 EUR"],
    ),
    "another currency: open in both": (
        [operation("c1", 1000)],
        [line("l1", 1100, "c1", currency="USD")],
        [
            "debit 1900 10.00 EUR",
            "credit 1100 10.00 EUR pay_1",
            "credit 1900 11.00 USD",
            "debit 1100 11.00 USD pay_1",
        ],
    ),
    "what is right moves nothing": ([operation("c1", 1000)], [line("l1", 1000, "c1")], []),
    "a fee was booked as one": ([], [line("l1", -180, kind=LineKind.FEE)], []),
    "an unknown type was booked to suspense": (
        [],
        [line("l1", -5, kind=LineKind.UNKNOWN)],
        [],
    ),
}


@pytest.mark.parametrize("case", CASES)
def test_a_discrepancy_stands_in_suspense(case: str) -> None:
    operations, lines, expected = CASES[case]
    items = match_payment(operations, lines, rules=Rules(), as_of=LATE)
    postings = [posting for item in items for posting in adjustment(item)]
    written = [
        f"{each.side} {each.account.code} {each.amount} {each.item}".strip() for each in postings
    ]
    assert written == expected


def test_what_a_rule_tolerates_is_booked_as_rounding() -> None:
    (item,) = match_payment(
        [operation("c1", 1000)],
        [line("l1", 999, "c1")],
        rules=Rules(tolerance={"EUR": 1}),
        as_of=LATE,
    )
    written = [f"{each.side} {each.account.code} {each.amount}" for each in adjustment(item)]
    assert written == ["debit 5900 0.01 EUR", "credit 1100 0.01 EUR"]


def test_what_is_expected_stays_where_it_is() -> None:
    items = match_payment([operation("c1", 1000)], [], rules=Rules(), as_of=date(2026, 3, 3))
    assert [adjustment(item) for item in items] == [()]


@pytest.mark.parametrize(
    ("day", "bucket"),
    [(20, "0-1"), (19, "0-1"), (18, "2-3"), (17, "2-3"), (16, "4-7"), (13, "4-7"), (12, "8-30")],
)
def test_what_is_open_ages_in_buckets(day: int, bucket: str) -> None:
    assert ageing_bucket(date(2026, 3, day), LATE) == bucket


def test_after_a_month_it_is_old() -> None:
    assert ageing_bucket(date(2026, 2, 17), LATE) == "30+"
