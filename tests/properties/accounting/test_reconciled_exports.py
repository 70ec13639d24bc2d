"""Two exports in one pass find what the whole matching finds, and every fault that was put in."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import date
from itertools import chain, permutations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from accounting.domain.exports import (
    ExportMalformed,
    Outcome,
    reconcile_exports,
)
from accounting.domain.matching import NotSorted, reconcile
from accounting.domain.payouts import PayoutState
from accounting.domain.reconciliation import Class, Item, Line, Operation, Rules, tallied
from bench.settled_files import FAULTS, HEADS, exported
from tests.properties.accounting.test_reconciliation_properties import (
    AS_OF,
    RULES,
    lines,
    operations,
)

MARCH = date(2026, 3, 30)


def written(ours: list[Operation], theirs: list[Line]) -> tuple[list[str], list[str]]:
    """Both as exports."""
    mine = [
        f"{each.payment_id},{each.operation_id},{each.kind},{each.amount.minor},"
        f"{each.amount.currency},{each.happened_on},{each.provider_reference}\n"
        for each in ours
    ]
    told = [
        f"{each.payment_id},{each.reference},{each.kind},{each.gross.minor},"
        f"{each.gross.currency},{each.settled_on},{each.fee.minor},{each.net.minor},"
        f"{each.payout_id},{each.line_id},{each.provider_reference}\n"
        for each in theirs
    ]
    return [HEADS[0] + "\n", *mine], [HEADS[1] + "\n", *told]


def run(
    mine: list[str], told: list[str], rules: Rules, as_of: date = MARCH
) -> tuple[Outcome, list[Item]]:
    items: list[Item] = []
    outcome = reconcile_exports(mine, told, rules=rules, as_of=as_of, found=items.append)
    return outcome, items


@settings(max_examples=200)
@given(st.data(), RULES, AS_OF)
def test_the_text_finds_what_the_objects_find(
    data: st.DataObject, rules: Rules, as_of: date
) -> None:
    names = [f"pay_{number}" for number in range(4)]
    ours = [each for name in names for each in data.draw(operations(name))]
    theirs = [each for name in names for each in data.draw(lines(name))]
    expected = list(reconcile(ours, theirs, rules=rules, as_of=as_of))
    outcome, items = run(*written(ours, theirs), rules, as_of)
    assert outcome.totals == tallied(expected)
    odd = Counter(repr(each) for each in expected if each.kind is not Class.MATCHED)
    assert odd == Counter(repr(each) for each in items if each.kind is not Class.MATCHED)


def clean(payments: int) -> tuple[list[str], list[str]]:
    """Every payment captured and settled the next day, in payouts of which none is sent."""
    found = list(exported(payments, fault_every=payments + 1))
    return (
        [HEADS[0], *(row for each in found for row in each.operations)],
        [HEADS[1], *(row for each in found for row in each.lines)],
    )


PAYMENTS = 500_000
FAULT_EVERY = 200
"""Half a percent."""


def test_every_fault_in_a_million_rows_is_found_and_nothing_else() -> None:
    put_in: list[tuple[str, str]] = []
    read: Counter[str] = Counter()

    def operations() -> Iterator[str]:
        for each in exported(PAYMENTS, fault_every=FAULT_EVERY):
            if each.fault:
                put_in.extend((str(kind), each.payment_id) for kind in FAULTS[each.fault])
            read["operations"] += len(each.operations)
            yield from (f"{row}\n" for row in each.operations)

    def settled() -> Iterator[str]:
        for each in exported(PAYMENTS, fault_every=FAULT_EVERY):
            read["lines"] += len(each.lines)
            yield from (f"{row}\n" for row in each.lines)

    items: list[Item] = []
    outcome = reconcile_exports(
        chain([HEADS[0]], operations()),
        chain([HEADS[1]], settled()),
        rules=Rules(),
        as_of=date(2026, 4, 30),
        found=items.append,
    )
    odd = [each for each in items if each.kind is not Class.MATCHED]
    assert sorted((str(each.kind), each.payment_id) for each in odd) == sorted(put_in)
    assert Counter(each.kind for each in odd) == {
        Class.MISSING_EXTERNAL: 715,
        Class.DUPLICATE: 357,
        Class.AMOUNT_MISMATCH: 357,
        Class.CURRENCY_MISMATCH: 357,
        Class.MISSING_INTERNAL: 357,
        Class.TIMING: 357,
        Class.UNKNOWN_TYPE: 357,
    }
    assert read == {"operations": 499_643, "lines": 499_999}
    assert sum(each.operations for each in outcome.totals.values()) == 499_643
    assert sum(each.lines for each in outcome.totals.values()) == 499_999


def test_payouts_are_proved_over_plain_and_other_lines() -> None:
    mine, told = clean(40)
    nets = sum(int(row.split(",")[7]) for row in told[1:] if ",po_01," in row)
    sent = [
        f",,payout,{-nets},EUR,2026-03-03,0,{-nets},po_01,p1,",
        ",,payout,-1,EUR,2026-03-03,0,-1,po_02,p2,",
    ]
    outcome, _ = run(mine, [told[0], *sent, *told[1:]], Rules())
    states = {each.payout_id: each.state for each in outcome.payouts}
    assert states["po_01"] is PayoutState.EXPLAINED
    assert states["po_02"] is PayoutState.UNEXPLAINED
    assert states["po_03"] is PayoutState.OPEN


@pytest.mark.parametrize(
    ("side", "row", "complaint"),
    [
        (0, "payment,operation", "its head is"),
        (1, "", "its head is"),
    ],
)
def test_another_file_is_refused(side: int, row: str, complaint: str) -> None:
    exports = list(clean(2))
    exports[side] = [row, *exports[side][1:]]
    with pytest.raises(ExportMalformed, match=complaint):
        run(exports[0], exports[1], Rules())


@pytest.mark.parametrize(
    "wrong",
    [
        "pay_9,pay_9-capture-1,capture,1,EUR,2026-03-02,3",
        "pay_9,pay_9-capture-1,capture,1.5,EUR,2026-03-02,3,1,po,l9,",
        "pay_9,pay_9-capture-1,capture,1,EUR,2026-03-02,NaN,1,po,l9,",
        "pay_9,pay_9-capture-1,capture,1,XXX,2026-03-02,3,1,po,l9,",
        "pay_9,pay_9-capture-1,capture,1,EUR,2026-13-02,3,1,po,l9,",
        "pay_9,pay_9-capture-1,stolen,1,EUR,2026-03-02,3,1,po,l9,",
    ],
)
def test_a_row_that_is_none_is_refused_with_its_text(wrong: str) -> None:
    mine, told = clean(2)
    mine.append("pay_9,pay_9-capture-1,capture,1,EUR,2026-03-01,")
    with pytest.raises(ExportMalformed, match="pay_9"):
        run(mine, [*told, wrong], Rules())


def test_what_is_out_of_order_is_refused() -> None:
    mine, told = clean(3)
    with pytest.raises(NotSorted):
        run([mine[0], mine[2], mine[1], mine[3]], told, Rules())
    with pytest.raises(NotSorted):
        run(mine, [told[0], told[3], told[2], told[1]], Rules())


def test_what_is_out_of_order_is_never_taken_for_missing() -> None:
    mine, told = clean(3)
    told[2] = told[2].replace(",capture,101,", ",capture,102,")
    for ours in permutations(mine[1:]):
        for theirs in permutations(told[1:]):
            if (list(ours), list(theirs)) != (mine[1:], told[1:]):
                with pytest.raises(NotSorted):
                    run([mine[0], *ours], [told[0], *theirs], Rules())


def test_a_payment_that_goes_on_is_matched_whole_wherever_its_rows_lie() -> None:
    mine, told = clean(3)
    again = mine[2].replace("capture-1", "capture-2")
    refund = told[2].replace("capture-1", "refund-1").replace(",capture,", ",refund,")
    outcome, items = run([*mine[:3], again, mine[3]], [*told[:3], refund, told[3]], Rules())
    assert [(str(each.kind), each.payment_id) for each in items] == [
        ("matched", "pay_0000001"),
        ("missing_external", "pay_0000001"),
        ("missing_internal", "pay_0000001"),
    ]
    assert outcome.totals[Class.MATCHED].operations == 3


def test_a_currency_that_is_none_is_refused_where_both_sides_have_it() -> None:
    mine, told = ([row.replace("EUR", "XXX") for row in side] for side in clean(2))
    with pytest.raises(ExportMalformed, match="pay_0000000"):
        run(mine, told, Rules())
