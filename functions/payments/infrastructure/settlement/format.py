"""What a format has to say of itself: its columns by name, and how a row becomes a line."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta, timezone
from typing import Final

from payments.domain.settlement import ReportedLine, RowWrong
from shared.money import AmountMalformed, Money, exponent, parse

DECIMALS_MAX: Final = 12
TEXT_MAX: Final = 256
"""Characters of a name or word in a report; a real one is far shorter."""
_HOURS: Final = {
    "UTC": 0, "GMT": 0, "WET": 0, "WEST": 1, "BST": 1, "CET": 1, "CEST": 2, "EET": 2, "EEST": 3,
    "MSK": 3, "SGT": 8, "HKT": 8, "JST": 9, "AEST": 10, "AEDT": 11, "NZST": 12, "NZDT": 13,
    "BRT": -3, "EDT": -4, "EST": -5, "CDT": -5, "CST": -6, "MDT": -6, "MST": -7, "PDT": -7,
    "PST": -8,
}  # fmt: skip
"""The zones that providers write; one that is not here makes a row wrong, never a guess."""


@dataclass(frozen=True, slots=True)
class Cells:
    """One row, by column; a column that the file lacks is empty."""

    row: int
    by_name: Mapping[str, str]

    def text(self, name: str) -> str:
        """Raises RowWrong for what is too long, or holds control characters."""
        value = self.by_name.get(name, "").strip()
        if len(value) > TEXT_MAX:
            raise RowWrong(f"{name} is longer than {TEXT_MAX} characters")
        if value and not value.isprintable():
            raise RowWrong(f"{name} holds characters that are no text")
        return value

    def needed(self, name: str) -> str:
        value = self.text(name)
        if not value:
            raise RowWrong(f"{name} is empty")
        return value

    def currency(self, name: str) -> str:
        """In capitals; raises UnknownCurrency where it is used as one."""
        return self.needed(name).upper()

    def major(self, name: str, currency: str) -> Money:
        """An amount in major units, exactly; empty is nothing; raises RowWrong."""
        return self._amount(name, currency, exact)

    def part(self, name: str, currency: str) -> Money:
        """A part of a fee, which may have more decimals; raises RowWrong."""
        return self._amount(name, currency, rounded)

    def _amount(self, name: str, currency: str, read: Callable[[str, str], Money]) -> Money:
        """What is refused is not repeated: it may be anything."""
        try:
            return read(self.text(name) or "0", currency)
        except AmountMalformed:
            raise RowWrong(f"{name} is not an amount of {currency}") from None

    def whole(self, name: str) -> int | None:
        """A whole number above zero, if the column says one."""
        value = self.text(name)
        if not value:
            return None
        if not value.isascii() or not value.isdigit() or len(value) > 12:  # noqa: PLR2004
            raise RowWrong(f"{name} is not a whole number")
        return int(value)


@dataclass(frozen=True, slots=True, kw_only=True)
class Format:
    """`columns` must be there; `line` raises RowWrong or another ValueError for a row that is none.

    `series` counts a provider's reports without gaps; `single_payout` where a report has one.
    """

    columns: tuple[str, ...]
    line: Callable[[Cells], ReportedLine]
    series: Callable[[Cells], int | None] = lambda _: None
    single_payout: bool = False


def exact(text: str, currency: str) -> Money:
    """Major units as they stand; zeros beyond the currency's decimals are no more decimals.

    Raises AmountMalformed (a part of a minor unit, `1E5`, `NaN`), UnknownCurrency.
    """
    digits = exponent(currency)
    whole, _, decimals = text.partition(".")
    if decimals and len(decimals) <= DECIMALS_MAX and set(decimals[digits:]) <= {"0"}:
        decimals = decimals[:digits]
        text = f"{whole}.{decimals}" if decimals else whole
    return parse(text, currency)


def rounded(text: str, currency: str) -> Money:
    """Major units, half a minor unit to the even one: for the parts of a fee only."""
    digits = exponent(currency)
    whole, point, decimals = text.partition(".")
    if not point or len(decimals) <= digits:
        return parse(text, currency)
    kept, rest = decimals[:digits], decimals[digits:]
    if len(decimals) > DECIMALS_MAX or not (rest.isascii() and rest.isdigit()):
        return parse(text, currency)  # which says what is wrong with it
    down = parse(f"{whole}.{kept}" if kept else whole, currency)
    half = "5".ljust(len(rest), "0")
    up = rest > half or (rest == half and down.minor % 2 == 1)
    sign = -1 if whole.startswith("-") else 1
    return Money(down.minor + sign, currency) if up else down


def moment(text: str, zone: str = "UTC") -> datetime:
    """A date and time as reports write it, in the zone of that name unless it says its own.

    Raises RowWrong.
    """
    try:
        read = datetime.fromisoformat(text)
        return (read if read.tzinfo else read.replace(tzinfo=_zone(zone))).astimezone(UTC)
    except (ValueError, OverflowError):
        raise RowWrong("not a date and time, or of a zone that is not known") from None


def day(text: str) -> date:
    """The date that a date, or a date and time, begins with: as it is written, in no other zone.

    Raises RowWrong.
    """
    try:
        return datetime.fromisoformat(text).date()
    except ValueError:
        raise RowWrong("not a date") from None


def _zone(name: str) -> timezone:
    hours = _HOURS.get(name.upper())
    if hours is not None:
        return timezone(timedelta(hours=hours))
    offset = datetime.fromisoformat(f"2000-01-01T00:00:00{name}").utcoffset()
    if offset is None:
        raise ValueError(name)
    return timezone(offset)
