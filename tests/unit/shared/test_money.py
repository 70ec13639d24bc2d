"""Money is exact: how it is written, read, added up and split, and what it refuses."""

import pytest

from shared.money import (
    AmountMalformed,
    CurrencyMismatch,
    Money,
    UnknownCurrency,
    parse,
    total,
    zero,
)

WRITTEN = [
    (Money(3998, "EUR"), "39.98 EUR"),
    (Money(3998, "JPY"), "3998 JPY"),
    (Money(3998, "KWD"), "3.998 KWD"),
    (Money(3998, "CLF"), "0.3998 CLF"),
    (Money(5, "EUR"), "0.05 EUR"),
    (Money(-5, "EUR"), "-0.05 EUR"),
    (Money(-1234, "KWD"), "-1.234 KWD"),
    (Money(-7, "JPY"), "-7 JPY"),
    (Money(0, "JPY"), "0 JPY"),
    (Money(0, "EUR"), "0.00 EUR"),
    (Money(9007199254740991, "EUR"), "90071992547409.91 EUR"),
]


@pytest.mark.parametrize(("amount", "text"), WRITTEN)
def test_an_amount_is_written_with_the_decimals_of_its_currency(amount: Money, text: str) -> None:
    assert str(amount) == text


@pytest.mark.parametrize(
    ("text", "currency", "minor"),
    [
        ("39.98", "EUR", 3998),
        ("39.9", "EUR", 3990),
        ("39", "EUR", 3900),
        ("0.01", "EUR", 1),
        ("-0.05", "EUR", -5),
        ("-0", "EUR", 0),
        ("007", "EUR", 700),
        ("3998", "JPY", 3998),
        ("3.998", "KWD", 3998),
        ("0.3998", "CLF", 3998),
        ("99999999999999999999.99", "EUR", 9999999999999999999999),
    ],
)
def test_a_decimal_is_read_exactly(text: str, currency: str, minor: int) -> None:
    assert parse(text, currency) == Money(minor, currency)


@pytest.mark.parametrize(
    "text",
    [
        "",
        " ",
        " 1",
        "1 ",
        "1\n",
        "+1",
        "--1",
        "- 1",
        "1.",
        ".5",
        "1,50",
        "1 000",
        "1_000",
        "1e3",
        "0x10",
        "NaN",
        "Infinity",
        "1.005",
        "1.00000",
        "\u0661\u0662",
        "\uff11",
        "1" * 21,
    ],
)
def test_what_is_no_plain_decimal_of_the_currency_is_refused(text: str) -> None:
    with pytest.raises(AmountMalformed):
        parse(text, "EUR")


def test_a_currency_without_decimals_takes_none() -> None:
    with pytest.raises(AmountMalformed, match="JPY has 0 decimals"):
        parse("5.0", "JPY")


def test_an_amount_in_no_currency_is_refused() -> None:
    with pytest.raises(UnknownCurrency):
        parse("5", "XXX")
    with pytest.raises(UnknownCurrency):
        Money(5, "eur")


@pytest.mark.parametrize("minor", [1.0, 0.5, True, "3", None])
def test_minor_units_that_are_not_whole_are_refused(minor: object) -> None:
    with pytest.raises(TypeError, match="minor units are whole"):
        Money(minor, "EUR")  # type: ignore[arg-type]


def test_amounts_of_one_currency_are_added_subtracted_negated_and_multiplied() -> None:
    assert Money(1999, "EUR") + Money(1, "EUR") == Money(2000, "EUR")
    assert Money(1999, "EUR") - Money(2000, "EUR") == Money(-1, "EUR")
    assert -Money(5, "JPY") == Money(-5, "JPY")
    assert Money(1999, "EUR").times(3) == Money(5997, "EUR")
    assert Money(1999, "EUR").times(0) == zero("EUR")


@pytest.mark.parametrize("quantity", [1.0, 0.1, True, "2"])
def test_a_quantity_that_is_not_whole_is_refused(quantity: object) -> None:
    with pytest.raises(TypeError, match="a quantity is whole"):
        Money(1999, "EUR").times(quantity)  # type: ignore[arg-type]


def test_amounts_of_one_currency_are_compared() -> None:
    assert Money(1, "EUR") < Money(2, "EUR") <= Money(2, "EUR")
    assert not Money(2, "EUR") < Money(2, "EUR")
    assert max(Money(1, "EUR"), Money(3, "EUR"), Money(2, "EUR")) == Money(3, "EUR")


def test_two_currencies_never_meet_in_one_sum_or_comparison() -> None:
    euros, yen = Money(5, "EUR"), Money(5, "JPY")
    assert euros != yen
    for meet in (
        lambda: euros + yen,
        lambda: euros - yen,
        lambda: euros < yen,
        lambda: euros <= yen,
        lambda: euros > yen,
        lambda: total([euros, yen], "EUR"),
        lambda: total([yen], "EUR"),
    ):
        with pytest.raises(CurrencyMismatch):
            meet()


def test_a_total_of_nothing_is_zero_in_the_currency_asked_for() -> None:
    assert total([], "KWD") == Money(0, "KWD")
    assert total([Money(1, "EUR"), Money(2, "EUR"), Money(-4, "EUR")], "EUR") == Money(-1, "EUR")


@pytest.mark.parametrize(
    ("minor", "weights", "parts"),
    [
        (100, [1, 1, 1], [34, 33, 33]),
        (-100, [1, 1, 1], [-34, -33, -33]),
        (100, [1, 2], [33, 67]),
        (101, [1, 1], [51, 50]),
        (5, [3, 7], [2, 3]),
        (1, [0, 1, 1], [0, 1, 0]),
        (2, [1, 1, 1, 1], [1, 1, 0, 0]),
        (0, [1, 2, 3], [0, 0, 0]),
        (9999, [7], [9999]),
        (10, [0, 0, 4], [0, 0, 10]),
        (1000, [333, 333, 334], [333, 333, 334]),
        (9007199254740991, [1, 1], [4503599627370496, 4503599627370495]),
    ],
)
def test_an_amount_is_split_to_the_last_unit(
    minor: int, weights: list[int], parts: list[int]
) -> None:
    assert [part.minor for part in Money(minor, "EUR").allocate(weights)] == parts


@pytest.mark.parametrize("weights", [[], [0], [0, 0], [-1], [2, -1]])
def test_weights_that_say_nothing_are_refused(weights: list[int]) -> None:
    with pytest.raises(ValueError, match="weights are not negative and not all zero"):
        Money(100, "EUR").allocate(weights)


def test_money_cannot_be_changed() -> None:
    with pytest.raises(AttributeError):
        Money(5, "EUR").minor = 6  # type: ignore[misc]
