"""Amounts as people write them on a command line, read exactly: `39.98 EUR`, `mug:2:19.99`."""

import argparse

from client.answers import OrderLine
from shared.money import AmountMalformed, Money, UnknownCurrency, parse


class LineMalformed(ValueError):
    """Not SKU:QTY:UNIT_PRICE."""


def money_argument(text: str) -> Money:
    """`39.98 EUR`: major units, a space, the currency."""
    number, _, currency = text.strip().partition(" ")
    try:
        return parse(number, currency.strip())
    except UnknownCurrency as error:
        raise argparse.ArgumentTypeError(f"write an amount as '39.98 EUR', not {text!r}") from error
    except AmountMalformed as error:
        raise argparse.ArgumentTypeError(str(error)) from error


def order_line(text: str, currency: str) -> OrderLine:
    """`mug:2:19.99` in the order's currency; a SKU may hold colons. Raises LineMalformed."""
    written = f"write a line as SKU:QTY:UNIT_PRICE, not {text!r}"
    try:
        sku, quantity, price = text.rsplit(":", 2)
        unit = parse(price, currency)
    except ValueError as error:
        raise LineMalformed(f"{written} ({error})") from error
    if not sku or not quantity.isdecimal():
        raise LineMalformed(written)
    return {"sku": sku, "quantity": int(quantity), "unit_amount": unit.minor}
