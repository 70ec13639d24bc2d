"""Whatever is told, nothing is lost, nothing is counted twice, and the books follow (R1, R5)."""

from collections import Counter
from datetime import date, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from accounting.domain import matching
from accounting.domain.adjustments import adjustment
from accounting.domain.journal import side_sums
from accounting.domain.matching import match_payment, reconcile
from accounting.domain.reconciliation import (
    DISCREPANCIES,
    Class,
    FeeRule,
    Item,
    Line,
    Operation,
    Rules,
    tallied,
)
from shared.contracts.settlement import LineKind
from tests.unit.accounting.reconciling import DAY, line, operation

KINDS = (LineKind.CAPTURE, LineKind.CAPTURE, LineKind.REFUND, LineKind.CAPTURE_REVERSED)
AMOUNTS = st.sampled_from([100, 200, 300, 400])
DAYS = st.integers(-2, 6).map(lambda days: DAY + timedelta(days=days))
AS_OF = st.sampled_from([DAY, DAY + timedelta(days=30)])
RULES = st.sampled_from(
    [
        Rules(),
        Rules(tolerance={"EUR": 100}),
        Rules(settled_within_days=1, fees={"EUR": FeeRule(basis_points=100, fixed=0)}),
    ]
)


@st.composite
def operations(draw: st.DrawFn, payment: str = "pay_1") -> list[Operation]:
    names = draw(st.lists(st.sampled_from("abc"), max_size=4))
    made = [
        operation(
            f"{payment}-{name}",
            draw(AMOUNTS | AMOUNTS.map(int.__neg__)),
            kind=draw(st.sampled_from(KINDS)),
            payment_id=payment,
            on=draw(DAYS),
        )
        for name in names
    ]
    return list({(each.kind, each.operation_id): each for each in made}.values())


@st.composite
def lines(draw: st.DrawFn, payment: str = "pay_1") -> list[Line]:
    kinds = (*KINDS, LineKind.FEE, LineKind.UNKNOWN, LineKind.PAYOUT)
    return [
        line(
            f"{payment}-l{number}",
            draw(AMOUNTS | AMOUNTS.map(int.__neg__)),
            draw(st.sampled_from(["", f"{payment}-a", f"{payment}-b", "other"])),
            kind=draw(st.sampled_from(kinds)),
            payment_id=payment,
            on=draw(DAYS),
            currency=draw(st.sampled_from(["EUR", "EUR", "EUR", "USD"])),
            fee=draw(st.sampled_from([0, 1, 2])),
        )
        for number in range(draw(st.integers(0, 5)))
    ]


def parts(items: tuple[Item, ...]) -> tuple[Counter[object], Counter[object]]:
    ours = Counter((each.kind, each.operation_id) for item in items for each in item.operations)
    theirs = Counter(each.line_id for item in items for each in item.lines)
    return Counter(ours), Counter(theirs)


@settings(max_examples=400)
@given(operations(), lines(), RULES, AS_OF)
def test_everything_ends_in_exactly_one_item(
    ours: list[Operation], theirs: list[Line], rules: Rules, as_of: date
) -> None:
    found_ours, found_theirs = parts(match_payment(ours, theirs, rules=rules, as_of=as_of))
    assert found_ours == Counter((each.kind, each.operation_id) for each in ours)
    assert found_theirs == Counter(each.line_id for each in theirs)


@settings(max_examples=400)
@given(operations(), lines(), RULES, AS_OF, st.randoms(use_true_random=False))
def test_the_order_in_which_it_is_told_says_nothing(
    ours: list[Operation],
    theirs: list[Line],
    rules: Rules,
    as_of: date,
    rng: object,
) -> None:
    before = match_payment(ours, theirs, rules=rules, as_of=as_of)
    rng.shuffle(ours)  # type: ignore[attr-defined]
    rng.shuffle(theirs)  # type: ignore[attr-defined]
    after = match_payment(ours, theirs, rules=rules, as_of=as_of)
    assert Counter(map(repr, before)) == Counter(map(repr, after))


@settings(max_examples=400)
@given(operations(), lines(), RULES, AS_OF)
def test_the_plain_case_is_decided_as_any_other(
    ours: list[Operation], theirs: list[Line], rules: Rules, as_of: date
) -> None:
    for mine in ours:
        for told in theirs:
            short = match_payment([mine], [told], rules=rules, as_of=as_of)
            long = tuple(matching._Matching([mine], [told], rules, as_of).run())
            assert Counter(map(repr, short)) == Counter(map(repr, long))


@settings(max_examples=300)
@given(operations(), lines(), RULES, AS_OF)
def test_what_is_booked_is_the_residual_and_balances(
    ours: list[Operation], theirs: list[Line], rules: Rules, as_of: date
) -> None:
    for item in match_payment(ours, theirs, rules=rules, as_of=as_of):
        sums = side_sums(adjustment(item))
        assert all(debits == credits_ for debits, credits_ in sums.values())
        if item.kind is Class.EXPECTED or item.kind is Class.FEE_ONLY:
            assert sums == {}
        elif sums:
            assert {currency: side[0] for currency, side in sums.items()} == {
                currency: abs(minor) for currency, minor in item.residual.items()
            }
            assert item.kind in DISCREPANCIES or rules.tolerance


@settings(max_examples=100)
@given(st.data(), RULES, AS_OF)
def test_a_run_over_many_payments_is_the_runs_over_each(
    data: st.DataObject, rules: Rules, as_of: date
) -> None:
    names = [f"pay_{number}" for number in range(4)]
    ours = [data.draw(operations(name)) for name in names]
    theirs = [data.draw(lines(name)) for name in names]
    together = reconcile(
        [each for some in ours for each in some],
        [each for some in theirs for each in some],
        rules=rules,
        as_of=as_of,
    )
    alone = [
        item
        for mine, told in zip(ours, theirs, strict=True)
        for item in match_payment(mine, told, rules=rules, as_of=as_of)
    ]
    assert Counter(map(repr, together)) == Counter(map(repr, alone))
    counted = tallied(alone).values()
    assert sum(each.operations for each in counted) == sum(map(len, ours))
    assert sum(each.lines for each in counted) == sum(map(len, theirs))
