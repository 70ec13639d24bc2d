"""Money is a whole number of minor units in one ISO 4217 currency. There are no floats here."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

AMOUNT_MAX: Final = 2**53 - 1
"""The largest amount accepted from outside: every JSON reader keeps it exact."""

# ISO 4217 list one, active national currencies and funds, by the number of their decimals.
# Codes without a minor unit (XAU, XDR, XTS, …) are not money that a card can be charged in.
_CURRENCIES_BY_EXPONENT: Final = {
    0: "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF",
    2: (
        "AED AFN ALL AMD AOA ARS AUD AWG AZN BAM BBD BDT BMD BND BOB BOV BRL BSD BTN BWP BYN BZD "
        "CAD CDF CHE CHF CHW CNY COP COU CRC CUP CVE CZK DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP "
        "GEL GHS GIP GMD GTQ GYD HKD HNL HTG HUF IDR ILS INR IRR JMD KES KGS KHR KPW KYD KZT LAK "
        "LBP LKR LRD LSL MAD MDL MGA MKD MMK MNT MOP MRU MUR MVR MWK MXN MXV MYR MZN NAD NGN NIO "
        "NOK NPR NZD PAB PEN PGK PHP PKR PLN QAR RON RSD RUB SAR SBD SCR SDG SEK SGD SHP SLE SOS "
        "SRD SSP STN SVC SYP SZL THB TJS TMT TOP TRY TTD TWD TZS UAH USD USN UYU UZS VED VES WST "
        "XAD XCD XCG YER ZAR ZMW ZWG"
    ),
    3: "BHD IQD JOD KWD LYD OMR TND",
    4: "CLF UYW",
}
_EXPONENTS: Final = {
    code: digits for digits, codes in _CURRENCIES_BY_EXPONENT.items() for code in codes.split()
}
_DECIMAL: Final = re.compile(r"(-?)(\d{1,20})(?:\.(\d{1,4}))?", re.ASCII)


class UnknownCurrency(ValueError):
    """Not an active ISO 4217 currency with a minor unit."""


class CurrencyMismatch(ArithmeticError):
    """Two amounts of different currencies met in one sum."""


class AmountMalformed(ValueError):
    """Not a decimal number that the currency can hold exactly."""


def exponent(currency: str) -> int:
    """How many decimals the currency has (0, 2, 3 or 4); raises UnknownCurrency."""
    try:
        return _EXPONENTS[currency]
    except KeyError:
        raise UnknownCurrency("not an active ISO 4217 currency") from None


def currencies() -> tuple[str, ...]:
    """Every currency that money can be in, in alphabetical order."""
    return tuple(sorted(_EXPONENTS))


@dataclass(frozen=True, slots=True)
class Money:
    """`minor` whole minor units (3998 is 39.98 EUR, 3998 JPY, 3.998 KWD) of `currency`."""

    minor: int
    currency: str

    def __post_init__(self) -> None:
        if type(self.minor) is not int:
            raise TypeError(f"minor units are whole: {self.minor!r}")
        exponent(self.currency)

    def __add__(self, other: Money) -> Money:
        return Money(self.minor + self._same(other).minor, self.currency)

    def __sub__(self, other: Money) -> Money:
        return Money(self.minor - self._same(other).minor, self.currency)

    def __neg__(self) -> Money:
        return Money(-self.minor, self.currency)

    def __lt__(self, other: Money) -> bool:
        return self.minor < self._same(other).minor

    def __le__(self, other: Money) -> bool:
        return self.minor <= self._same(other).minor

    def __str__(self) -> str:
        digits = exponent(self.currency)
        sign = "-" if self.minor < 0 else ""
        text = str(abs(self.minor)).rjust(digits + 1, "0")
        whole, decimals = (text[:-digits], "." + text[-digits:]) if digits else (text, "")
        return f"{sign}{whole}{decimals} {self.currency}"

    def times(self, quantity: int) -> Money:
        """`quantity` of the same amount; the quantity is whole."""
        if type(quantity) is not int:
            raise TypeError(f"a quantity is whole: {quantity!r}")
        return Money(self.minor * quantity, self.currency)

    def allocate(self, weights: Sequence[int]) -> tuple[Money, ...]:
        """Split by whole weights without losing a unit.

        Each part is within one minor unit of its ideal share. What rounding leaves over goes to
        the largest remainders, the earlier part first. Raises ValueError when a weight is negative
        or all are zero.
        """
        whole = sum(weights)
        if whole <= 0 or min(weights) < 0:
            raise ValueError("weights are not negative and not all zero")
        sign = -1 if self.minor < 0 else 1
        shares = [divmod(abs(self.minor) * weight, whole) for weight in weights]
        left = abs(self.minor) - sum(share for share, _ in shares)
        by_remainder = sorted(range(len(shares)), key=lambda index: (-shares[index][1], index))
        lucky = set(by_remainder[:left])
        return tuple(
            Money(sign * (share + (index in lucky)), self.currency)
            for index, (share, _) in enumerate(shares)
        )

    def _same(self, other: Money) -> Money:
        if other.currency != self.currency:
            raise CurrencyMismatch(f"{self.currency} and {other.currency}")
        return other


def zero(currency: str) -> Money:
    """Nothing, in that currency."""
    return Money(0, currency)


def total(amounts: Sequence[Money], currency: str) -> Money:
    """The sum of `amounts`, all of which are in `currency`; raises CurrencyMismatch."""
    result = zero(currency)
    for amount in amounts:
        result = result + amount
    return result


def parse(text: str, currency: str) -> Money:
    """Major units as people write them (`39.98`), exactly.

    Raises AmountMalformed for anything but a plain decimal number, or for more decimals than the
    currency has; UnknownCurrency.
    """
    digits = exponent(currency)
    match = _DECIMAL.fullmatch(text)
    if match is None:
        raise AmountMalformed(f"not a decimal amount: {text!r}")
    sign, whole, decimals = match.group(1), match.group(2), match.group(3) or ""
    if len(decimals) > digits:
        raise AmountMalformed(f"{currency} has {digits} decimals: {text!r}")
    minor = int(whole + decimals.ljust(digits, "0"))
    return Money(-minor if sign else minor, currency)
