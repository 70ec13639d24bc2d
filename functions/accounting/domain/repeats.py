"""What is told twice among very many: eight bytes are kept of each, and never its text."""

from __future__ import annotations

from array import array
from hashlib import blake2b
from itertools import pairwise
from typing import Final

_SHELVES: Final = 256


class Repeats:
    """Takes texts one by one; two that meet in eight bytes by chance are looked at once more."""

    def __init__(self) -> None:
        self._shelves = [array("Q") for _ in range(_SHELVES)]

    def add(self, text: str) -> None:
        number = _number(text)
        self._shelves[number % _SHELVES].append(number)

    def suspects(self) -> frozenset[int]:
        """The numbers that were met more than once."""
        found: set[int] = set()
        for shelf in self._shelves:
            ordered = sorted(shelf)
            found.update(one for one, next_ in pairwise(ordered) if one == next_)
        return frozenset(found)


def is_suspect(text: str, suspects: frozenset[int]) -> bool:
    return _number(text) in suspects


def _number(text: str) -> int:
    return int.from_bytes(blake2b(text.encode(), digest_size=8).digest())
