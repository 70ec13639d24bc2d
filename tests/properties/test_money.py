"""Laws of money that hold for every amount in every currency."""

from hypothesis import given
from hypothesis import strategies as st

from shared.money import AMOUNT_MAX, Money, currencies, parse, total, zero
from tests.properties.values import moneys

minors = st.integers(-AMOUNT_MAX, AMOUNT_MAX)
codes = st.sampled_from(currencies())
weights = st.lists(st.integers(0, 10**12), min_size=1, max_size=50).filter(any)


@given(moneys, weights)
def test_the_parts_of_an_amount_are_the_amount(amount: Money, by: list[int]) -> None:
    assert total(amount.allocate(by), amount.currency) == amount
    assert len(amount.allocate(by)) == len(by)


@given(moneys, weights)
def test_a_part_differs_from_its_ideal_by_less_than_a_unit(amount: Money, by: list[int]) -> None:
    whole = sum(by)
    for part, weight in zip(amount.allocate(by), by, strict=True):
        assert abs(part.minor * whole - amount.minor * weight) < whole
        assert weight > 0 or part == zero(amount.currency)


@given(moneys, weights)
def test_what_is_owed_is_split_like_what_is_had(amount: Money, by: list[int]) -> None:
    assert (-amount).allocate(by) == tuple(-part for part in amount.allocate(by))


@given(moneys, weights, st.integers(1, 1000))
def test_a_split_depends_on_the_ratio_alone(amount: Money, by: list[int], factor: int) -> None:
    assert amount.allocate([weight * factor for weight in by]) == amount.allocate(by)


@given(moneys)
def test_an_amount_is_read_as_it_was_written(amount: Money) -> None:
    number, currency = str(amount).split(" ")
    assert parse(number, currency) == amount


@given(codes, minors, minors, minors)
def test_sums_depend_neither_on_order_nor_on_grouping(
    currency: str, one: int, two: int, three: int
) -> None:
    a, b, c = (Money(minor, currency) for minor in (one, two, three))
    assert a + b == b + a
    assert (a + b) + c == a + (b + c) == total([c, a, b], currency)
    assert a + zero(currency) == a
    assert a + -a == zero(currency)
    assert a - b == a + -b
    assert (a < b) == (one < two)


@given(moneys, st.integers(0, 50))
def test_a_quantity_of_an_amount_is_its_repeated_sum(amount: Money, quantity: int) -> None:
    assert amount.times(quantity) == total([amount] * quantity, amount.currency)
