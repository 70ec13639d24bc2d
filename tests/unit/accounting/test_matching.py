"""Every operation and every settled line ends in exactly one class: one row a case."""

from datetime import date

import pytest

from accounting.domain.matching import NotSorted, match_payment, reconcile
from accounting.domain.reconciliation import Class, FeeRule, Item, Line, Operation, Rules, tallied
from shared.contracts.settlement import LineKind
from shared.money import Money
from tests.unit.accounting.reconciling import line, operation

AS_OF = date(2026, 3, 4)
LATE = date(2026, 3, 20)
REFUND, REVERSED = LineKind.REFUND, LineKind.CAPTURE_REVERSED
DISPUTE, DISPUTE_REVERSED = LineKind.DISPUTE, LineKind.DISPUTE_REVERSED

type Found = list[tuple[str, list[str], list[str]]]

CASES: dict[str, tuple[list[Operation], list[Line], Found]] = {
    "one and one": (
        [operation("c1", 1000)],
        [line("l1", 1000, "c1")],
        [("matched", ["c1"], ["l1"])],
    ),
    "found by the provider's reference": (
        [operation("c1", 1000, provider="op_1")],
        [line("l1", 1000, provider="op_1")],
        [("matched", ["c1"], ["l1"])],
    ),
    "found by what is left of the payment": (
        [operation("c1", 1000)],
        [line("l1", 1000)],
        [("matched", ["c1"], ["l1"])],
    ),
    "inside its time": ([operation("c1", 1000)], [], [("expected", ["c1"], [])]),
    "they have it, we do not": ([], [line("l1", 1000, "c9")], [("missing_internal", [], ["l1"])]),
    "another operation's reference is no match": (
        [operation("c1", 1000)],
        [line("l1", 1000, "c9")],
        [("expected", ["c1"], []), ("missing_internal", [], ["l1"])],
    ),
    "a cent too little": (
        [operation("c1", 1000)],
        [line("l1", 999, "c1")],
        [("amount_mismatch", ["c1"], ["l1"])],
    ),
    "another currency": (
        [operation("c1", 1000)],
        [line("l1", 1000, "c1", currency="USD")],
        [("currency_mismatch", ["c1"], ["l1"])],
    ),
    "told twice": (
        [operation("c1", 1000)],
        [line("l1", 1000, "c1"), line("l2", 1000, "c1")],
        [("duplicate", [], ["l2"]), ("matched", ["c1"], ["l1"])],
    ),
    "one in two lines": (
        [operation("c1", 1000)],
        [line("l1", 600, "c1"), line("l2", 400, "c1")],
        [("split", ["c1"], ["l1", "l2"])],
    ),
    "two in one line": (
        [operation("c1", 600), operation("c2", 400)],
        [line("l1", 1000)],
        [("grouped", ["c1", "c2"], ["l1"])],
    ),
    "lines that do not add up": (
        [operation("c1", 1000)],
        [line("l1", 600, "c1"), line("l2", 300, "c1")],
        [("amount_mismatch", ["c1"], ["l1", "l2"])],
    ),
    "two captures keep apart what is equal": (
        [operation("c1", 500), operation("c2", 500)],
        [line("l2", 500, "c2"), line("l1", 500, "c1")],
        [("matched", ["c1"], ["l1"]), ("matched", ["c2"], ["l2"])],
    ),
    "a refund is no capture": (
        [operation("c1", 1000), operation("r1", -1000, kind=REFUND)],
        [line("l1", 1000, "c1"), line("l2", -1000, "r1", kind=REFUND)],
        [("matched", ["c1"], ["l1"]), ("matched", ["r1"], ["l2"])],
    ),
    "undone before it was settled": (
        [operation("c1", 1000), operation("c1", -1000, kind=REVERSED)],
        [],
        [("matched", ["c1", "c1"], [])],
    ),
    "undone before it was settled, beside one that is told twice": (
        [
            operation("d1", -1000, kind=DISPUTE),
            operation("d1", 1000, kind=DISPUTE_REVERSED),
            operation("d2", -500, kind=DISPUTE),
        ],
        [line("l1", -500, "d2", kind=DISPUTE), line("l2", -500, "d2", kind=DISPUTE)],
        [
            ("duplicate", [], ["l2"]),
            ("matched", ["d1", "d1"], []),
            ("matched", ["d2"], ["l1"]),
        ],
    ),
    "settled and taken back": (
        [operation("c1", 1000), operation("c1", -1000, kind=REVERSED)],
        [line("l1", 1000, "c1"), line("l2", -1000, "c1", kind=REVERSED)],
        [("matched", ["c1"], ["l1"]), ("matched", ["c1"], ["l2"])],
    ),
    "settled too late": (
        [operation("c1", 1000)],
        [line("l1", 1000, "c1", on=date(2026, 3, 6))],
        [("timing", ["c1"], ["l1"])],
    ),
    "settled long before it happened": (
        [operation("c1", 1000)],
        [line("l1", 1000, "c1", on=date(2026, 2, 28))],
        [("timing", ["c1"], ["l1"])],
    ),
    "a fee of its own": (
        [],
        [line("l1", -180, kind=LineKind.FEE)],
        [("fee_only", [], ["l1"])],
    ),
    "a type that nobody has met": (
        [],
        [line("l1", -5, "c1", kind=LineKind.UNKNOWN)],
        [("unknown_type", [], ["l1"])],
    ),
    "an adjustment is explained by a person": (
        [],
        [line("l1", -5, kind=LineKind.ADJUSTMENT)],
        [("unknown_type", [], ["l1"])],
    ),
    "a payout explains itself": (
        [],
        [line("l1", -1000, kind=LineKind.PAYOUT)],
        [("matched", [], ["l1"])],
    ),
}


def found(items: tuple[Item, ...]) -> Found:
    return sorted(
        (
            str(item.kind),
            [each.operation_id for each in item.operations],
            [each.line_id for each in item.lines],
        )
        for item in items
    )


@pytest.mark.parametrize("case", CASES)
def test_each_case_ends_in_its_class(case: str) -> None:
    operations, lines, expected = CASES[case]
    items = match_payment(operations, lines, rules=Rules(), as_of=AS_OF)
    assert found(items) == expected


@pytest.mark.parametrize("case", CASES)
def test_no_order_of_the_input_changes_what_is_found(case: str) -> None:
    operations, lines, expected = CASES[case]
    items = match_payment(operations[::-1], lines[::-1], rules=Rules(), as_of=AS_OF)
    assert found(items) == expected


def test_what_has_no_line_in_its_time_is_missing() -> None:
    items = match_payment([operation("c1", 1000)], [], rules=Rules(), as_of=LATE)
    assert found(items) == [("missing_external", ["c1"], [])]
    assert items[0].residual == {"EUR": 1000}


def test_settled_there_and_undone_here_is_a_mismatch_of_status_when_its_time_is_over() -> None:
    operations = [operation("c1", 1000), operation("c1", -1000, kind=REVERSED)]
    lines = [line("l1", 1000, "c1")]
    in_time = match_payment(operations, lines, rules=Rules(), as_of=AS_OF)
    assert found(in_time) == [("expected", ["c1"], []), ("matched", ["c1"], ["l1"])]
    after = match_payment(operations, lines, rules=Rules(), as_of=LATE)
    assert found(after) == [("matched", ["c1"], ["l1"]), ("status_mismatch", ["c1"], [])]


def test_nothing_is_tolerated_but_what_is_declared() -> None:
    rules = Rules(tolerance={"EUR": 2})
    within, beyond = (
        match_payment([operation("c1", 1000)], [line("l1", minor, "c1")], rules=rules, as_of=AS_OF)
        for minor in (998, 997)
    )
    assert found(within) == [("matched", ["c1"], ["l1"])]
    assert found(beyond) == [("amount_mismatch", ["c1"], ["l1"])]
    assert beyond[0].residual == {"EUR": 3}


@pytest.mark.parametrize(
    ("fee", "expected"), [(54, "matched"), (55, "fee_mismatch"), (53, "fee_mismatch")]
)
def test_a_fee_is_held_against_what_is_declared(fee: int, expected: str) -> None:
    # 2.9 % of 10.00 and 25 cents: 54 cents
    rules = Rules(fees={"EUR": FeeRule(basis_points=290, fixed=25)})
    lines = [line("l1", 1000, "c1", fee=fee)]
    items = match_payment([operation("c1", 1000)], lines, rules=rules, as_of=AS_OF)
    assert found(items) == [(expected, ["c1"], ["l1"])]


def test_half_a_cent_of_a_fee_may_be_rounded_either_way() -> None:
    # 1.45 % of 10.00 is 14.5 cents
    rule = FeeRule(basis_points=145, fixed=0)
    assert [rule.allows(1000, fee) for fee in (13, 14, 15, 16)] == [False, True, True, False]


def test_a_run_counts_out_what_went_in() -> None:
    operations = [
        operation("a1", 100, payment_id="pay_a"),
        operation("b1", 200, payment_id="pay_b"),
        operation("d1", 400, payment_id="pay_d"),
    ]
    lines = [
        line("l0", -7, payment_id="", kind=LineKind.FEE),
        line("l1", 55, payment_id=""),
        line("l2", 100, "a1", payment_id="pay_a"),
        line("l3", 300, "c1", payment_id="pay_c"),
        line("l4", 399, "d1", payment_id="pay_d"),
    ]
    lines.insert(0, line("k0", -999, payment_id="", kind=LineKind.PAYOUT))
    items = tuple(reconcile(operations, lines, rules=Rules(), as_of=LATE))
    totals = {
        str(kind): (each.operations, each.lines, dict(each.residual))
        for kind, each in tallied(items).items()
    }
    assert totals == {
        "fee_only": (0, 1, {}),
        "missing_internal": (0, 2, {"EUR": -355}),
        "matched": (1, 2, {}),
        "missing_external": (1, 0, {"EUR": 200}),
        "amount_mismatch": (1, 1, {"EUR": 1}),
    }


def test_what_is_out_of_order_is_refused() -> None:
    operations = [operation("b1", 1, payment_id="pay_b"), operation("a1", 1, payment_id="pay_a")]
    with pytest.raises(NotSorted, match="pay_a after pay_b"):
        list(reconcile(operations, [], rules=Rules(), as_of=AS_OF))


def test_an_item_keeps_its_name_when_its_class_changes() -> None:
    missing = match_payment([operation("c1", 1000)], [], rules=Rules(), as_of=LATE)
    later = line("l1", 1000, "c1", on=date(2026, 3, 21))
    resolved = match_payment([operation("c1", 1000)], [later], rules=Rules(), as_of=LATE)
    assert [each.item_id for each in (*missing, *resolved)] == ["capture:c1", "capture:c1"]
    assert resolved[0].kind is Class.TIMING
    assert resolved[0].residual == {}
    assert Money(1000, "EUR") == resolved[0].lines[0].gross
