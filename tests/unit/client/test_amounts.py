"""Amounts on the command line are read exactly, in the currency's own decimals."""

import argparse

import pytest

from client.amounts import LineMalformed, money_argument, order_line
from shared.money import Money


@pytest.mark.parametrize(
    ("text", "minor", "currency"),
    [("39.98 EUR", 3998, "EUR"), ("500 JPY", 500, "JPY"), ("1.005 KWD", 1005, "KWD")],
)
def test_an_amount_is_major_units_and_a_currency(text: str, minor: int, currency: str) -> None:
    assert money_argument(text) == Money(minor, currency)


@pytest.mark.parametrize(
    "text", ["39.98", "39.98 XXX", "39.989 EUR", "1.5 JPY", "1e3 EUR", "1,000 EUR", ""]
)
def test_anything_else_is_refused(text: str) -> None:
    with pytest.raises(argparse.ArgumentTypeError):
        money_argument(text)


def test_a_line_is_sku_quantity_and_unit_price() -> None:
    assert order_line("mug:2:19.99", "EUR") == {"sku": "mug", "quantity": 2, "unit_amount": 1999}


def test_a_sku_may_hold_colons() -> None:
    assert order_line("a:b:1:3", "JPY") == {"sku": "a:b", "quantity": 1, "unit_amount": 3}


@pytest.mark.parametrize("text", ["mug", "mug:2", ":2:1.00", "mug:x:1.00", "mug:-1:1.00", "m:1:x"])
def test_a_malformed_line_is_refused(text: str) -> None:
    with pytest.raises(LineMalformed, match="SKU:QTY:UNIT_PRICE"):
        order_line(text, "EUR")
