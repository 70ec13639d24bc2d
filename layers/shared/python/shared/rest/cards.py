"""No card number gets in: a Luhn-valid run of 13 to 19 digits, in any field, is refused."""

import re
from typing import Any, Final

from shared.errors.taxonomy import CardNumberRefused, InputError

DIGITS_MIN: Final = 13
DIGITS_MAX: Final = 19
_CHAIN: Final = re.compile(r"[0-9]+(?:[ -][0-9]+)*")


def has_card_number(text: str) -> bool:
    """Whether `text` holds 13 to 19 digits that pass Luhn's check.

    The digits may be grouped by single blanks or dashes, among other groups of digits.
    """
    for chain in _CHAIN.findall(text):
        groups = re.split("[ -]", chain)
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
    """Raise CardNumberRefused, naming the places but never the digits."""
    places: list[InputError] = []
    waiting: list[tuple[str, Any]] = [("", document)]
    while waiting:  # a loop, not recursion: the depth of the input is the caller's choice
        pointer, value = waiting.pop()
        if isinstance(value, dict):
            for name, item in value.items():
                if has_card_number(name):
                    places.append(InputError(pointer or "/", "a card number as a field's name"))
                else:
                    step = name.replace("~", "~0").replace("/", "~1")
                    waiting.append((f"{pointer}/{step}", item))
        elif isinstance(value, list):
            waiting.extend((f"{pointer}/{index}", item) for index, item in enumerate(value))
        elif isinstance(value, str | int) and has_card_number(str(value)):
            places.append(InputError(pointer, "a card number"))
    if places:
        raise CardNumberRefused(errors=tuple(sorted(places, key=lambda place: place.pointer)))


def _luhn(digits: str) -> bool:
    kept = sum(map(int, digits[-1::-2]))
    doubled = sum(sum(divmod(2 * int(digit), 10)) for digit in digits[-2::-2])
    return (kept + doubled) % 10 == 0
