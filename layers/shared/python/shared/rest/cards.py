"""No card number gets in: a Luhn-valid run of 13 to 19 digits, in any field, is refused."""

import re
from typing import Any, Final

from shared.errors.taxonomy import CardNumberRefused, InputError

DIGITS_MIN: Final = 13
DIGITS_MAX: Final = 19
PLACES_MAX: Final = 20
_BETWEEN: Final = "[ \u00a0\u2009\u202f\u2010-\u2015-]"  # blanks and dashes, as people print them
_CHAIN: Final = re.compile(
    rf"\d+(?:{_BETWEEN}\d+)*"
)  # digits of every script: int() reads them all
_UUID: Final = re.compile(
    r"\b[0-9a-f]{8}-[0-9a-f]{4}-[1-8][0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}\b", re.IGNORECASE
)
"""One random UUID in 340 holds digits that pass Luhn, and callers make their keys of UUIDs."""


def has_card_number(text: str) -> bool:
    """Whether `text` holds 13 to 19 digits that pass Luhn's check.

    The digits may be grouped by single blanks or dashes, among other groups of digits. A UUID is
    passed over.
    """
    for chain in _CHAIN.findall(_UUID.sub("_", text)):
        groups = re.split(_BETWEEN, chain)
        for first in range(len(groups)):
            digits = ""
            for group in groups[first:]:
                digits += group
                if len(digits) > DIGITS_MAX:
                    break
                if len(digits) >= DIGITS_MIN and _luhn(digits):
                    return True
    return False


def refuse_card_numbers(document: Any) -> None:
    """Raise CardNumberRefused, naming the first places but never the digits."""
    places: list[InputError] = []
    waiting: list[tuple[str, Any]] = [("", document)]
    while waiting:  # a loop, not recursion: the depth of the input is the caller's choice
        pointer, value = waiting.pop()
        if isinstance(value, dict):
            for name, item in value.items():
                if has_card_number(name):
                    places.append(InputError(pointer or "/", "a card number as a field's name"))
                else:
                    waiting.append((f"{pointer}/{pointer_step(name)}", item))
        elif isinstance(value, list):
            waiting.extend((f"{pointer}/{index}", item) for index, item in enumerate(value))
        elif isinstance(value, str | int | float) and has_card_number(str(value)):
            places.append(InputError(pointer, "a card number"))
    if places:
        places.sort(key=lambda place: place.pointer)
        raise CardNumberRefused(errors=tuple(places[:PLACES_MAX]))


def pointer_step(name: object) -> str:
    """A field's name or an item's place as a JSON pointer writes it (RFC 6901)."""
    return str(name).replace("~", "~0").replace("/", "~1")


def _luhn(digits: str) -> bool:
    kept = sum(map(int, digits[-1::-2]))
    doubled = sum(sum(divmod(2 * int(digit), 10)) for digit in digits[-2::-2])
    return (kept + doubled) % 10 == 0
