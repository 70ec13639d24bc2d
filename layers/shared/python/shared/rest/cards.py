"""No card number gets in: a Luhn-valid run of 13 to 19 digits, in any field, is refused."""

import re
from typing import Any, Final

from shared.errors.taxonomy import CardNumberRefused, InputError

_RUN: Final = re.compile(r"(?<!\d)\d(?:[ -]?\d){12,18}(?!\d)", re.ASCII)


def has_card_number(text: str) -> bool:
    """Whether `text` holds a run of 13–19 digits (single blanks or dashes between) that is valid."""
    return any(_luhn(re.sub(r"[ -]", "", run)) for run in _RUN.findall(text))


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
    doubled = (int(digit) * 2 for digit in digits[-2::-2])
    return (
        sum(int(digit) for digit in digits[::-2]) + sum(d - 9 if d > 9 else d for d in doubled)
    ) % 10 == 0
