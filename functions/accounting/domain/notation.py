"""Postings as one line of text: `D1100 3998 EUR;C4000 3998 EUR`. Short, exact and readable."""

from collections.abc import Iterable, Iterator
from typing import Final

from accounting.domain.chart_of_accounts import Side, account_of
from accounting.domain.journal import Posting
from shared.money import Money

_LETTERS: Final = {Side.DEBIT: "D", Side.CREDIT: "C"}
_SIDES: Final = {letter: side for side, letter in _LETTERS.items()}


def written(postings: Iterable[Posting]) -> str:
    return ";".join(
        f"{_LETTERS[each.side]}{each.account.code} {each.amount.minor} {each.amount.currency}"
        + (f" {each.item}" if each.item else "")
        for each in postings
    )


def read(text: str) -> tuple[Posting, ...]:
    """The postings that `written` wrote; raises ValueError or UnknownAccount for other text."""
    return tuple(
        Posting(account_of(code), _SIDES[side], Money(minor, currency), item)
        for side, code, minor, currency, item in lines(text)
    )


def lines(text: str) -> Iterator[tuple[str, str, int, str, str]]:
    """Side (D or C), account code, minor units, currency and item of each posting."""
    for part in text.split(";") if text else ():
        head, minor, currency, *item = part.split(" ")
        if head[:1] not in _SIDES or len(item) > 1:
            raise ValueError("not a posting")
        yield head[0], head[1:], int(minor), currency, item[0] if item else ""
