"""The statements of an account one after the other: where one does not open as the last closed."""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import chain, groupby, pairwise
from typing import Final

from shared.ids import derived
from shared.money import Money

GAPS_SHOWN_MAX: Final = 5
NUMBER_SHOWN_MAX: Final = 35
"""As long as camt.053 lets a name be; whoever writes longer ones is not shown whole."""
_DIGITS: Final = re.compile(r"0*(\d+)(/\d+)?")


@dataclass(frozen=True, slots=True, kw_only=True)
class Proved:
    """A statement that was proved: its number, and from which balance it leads to which."""

    number: str
    closed_on: date
    opening: Money
    closing: Money
    report_id: str

    @property
    def name(self) -> str:
        """The same in every file and format, and in a corrected one: pages open differently."""
        number = self.number or f"to {self.closing}"
        return derived("stm", self.closed_on.isoformat(), plain(number), str(self.opening))

    def __str__(self) -> str:
        called = f"{plain(self.number)[:NUMBER_SHOWN_MAX]} of " if self.number else ""
        return f"{called}{self.closed_on.isoformat()}"


def plain(number: str) -> str:
    """A statement's number as every format has it: `00012/001` is 12; what is none stays."""
    digits = _DIGITS.fullmatch(number)
    return digits[1] if digits else number


def gaps_beside(series: Iterable[Proved], report_id: str) -> str:
    """What is missing before the statements of a report; behind them, too, where they are the
    first of all: nobody could miss anything before the others until they came.
    """
    found: list[str] = []
    for in_order in _by_currency(series):
        first = True
        for before, behind in pairwise(in_order):
            first = first and before.report_id == report_id
            if before.closing != behind.opening and (first or behind.report_id == report_id):
                closed, opened = before.closing, behind.opening
                found.append(f"between {before} ({closed}) and {behind} ({opened})")
    more = len(found) - GAPS_SHOWN_MAX
    return ", ".join([*found[:GAPS_SHOWN_MAX], *([f"and {more} more"] if more > 0 else [])])


def _by_currency(series: Iterable[Proved]) -> Iterator[Sequence[Proved]]:
    """An account may have one series in each currency."""
    by_day = sorted(series, key=lambda each: (each.opening.currency, each.closed_on))
    for _, found in groupby(by_day, key=lambda each: each.opening.currency):
        in_order: list[Proved] = []
        for _, of_day in groupby(found, key=lambda each: each.closed_on):
            in_order += _in_a_day(of_day, in_order[-1].closing if in_order else None)
        yield in_order


def _in_a_day(statements: Iterable[Proved], balance: Money | None) -> Iterator[Proved]:
    """By their balances, which banks cannot number otherwise; by number where those do not meet."""
    found = {each.name: each for each in statements}.values()
    by_number = sorted(found, key=lambda each: (_number(each), each.opening.minor, each.name))
    closings = {each.closing for each in by_number}
    begins = [each for each in by_number if each.opening not in closings]
    else_ = chain(begins, by_number)
    opening_with: dict[Money, deque[Proved]] = {}
    for each in sorted(by_number, key=lambda each: each.opening != each.closing):
        opening_with.setdefault(each.opening, deque()).append(each)
    done: set[str] = set()
    while len(done) < len(by_number):
        follows = opening_with.get(balance) if balance is not None else None
        chosen = follows.popleft() if follows else next(else_)
        if chosen.name not in done:
            done.add(chosen.name)
            balance = chosen.closing
            yield chosen


def _number(statement: Proved) -> int:
    digits = plain(statement.number)
    return int(digits) if digits.isdecimal() else 0
