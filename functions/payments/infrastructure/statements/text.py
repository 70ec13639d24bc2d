"""Text that strangers wrote, as it is kept: one line of what can be printed, of bounded length."""

import re
from typing import Final

from shared.rest.cards import has_card_number

TEXT_MAX: Final = 500
"""A remittance text has at most 390 characters (MT940) or four of 140 (camt.053)."""
_DIGITS: Final = re.compile(r"\d[\d\s\u2010-\u2015-]{11,}\d")


def clean(text: str) -> str:
    """Line breaks and what is no text become spaces; what is too long is cut."""
    printable = "".join(each if each.isprintable() else " " for each in text)
    return " ".join(printable.split())[:TEXT_MAX]


def remitted(text: str) -> str:
    """The same of a text that may hold anything: of what may be a card number no digit is kept."""
    return _DIGITS.sub(_hidden, clean(text))


def _hidden(found: re.Match[str]) -> str:
    return re.sub(r"\d", "*", found[0]) if has_card_number(found[0]) else found[0]
