"""Two exports in one pass find what the whole matching finds, and every fault that was put in."""

from __future__ import annotations

from collections import Counter
from datetime import date

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


PAYMENTS = 20_000
FAULT_EVERY = 200
"""Half a percent; a million payments are `make bench`."""


def test_every_fault_that_is_put_in_is_found_and_nothing_else() -> None:
    made = list(exported(PAYMENTS, fault_every=FAULT_EVERY))
    assert sum(each.fault is not None for each in made) == 100
    mine = [HEADS[0], *(row for each in made for row in each.operations)]
    theirs = [HEADS[1], *(row for each in made for row in each.lines)]
    outcome, items = run(mine, theirs, Rules(), date(2026, 4, 30))
    found = sorted(
        (str(each.kind), each.payment_id) for each in items if each.kind is not Class.MATCHED
    )
    assert found == sorted(
        (str(kind), each.payment_id) for each in made if each.fault for kind in FAULTS[each.fault]
    )
    assert sum(each.operations for each in outcome.totals.values()) == len(mine) - 1
    assert sum(each.lines for each in outcome.totals.values()) == len(theirs) - 1


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
