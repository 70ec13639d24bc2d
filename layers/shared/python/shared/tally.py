"""Many names as one number: whether two sides have met the same ones, whatever their order."""

from __future__ import annotations

from dataclasses import dataclass
from hashlib import blake2b
from typing import Final

_MODULUS: Final = 1 << 256
_LETTERS: Final = str.maketrans("0123456789abcdef", "ghijklmnopabcdef")


def number_of(name: str) -> int:
    return int.from_bytes(blake2b(name.encode(), digest_size=32).digest())


@dataclass(slots=True)
class Tally:
    """The sum of the hashes of names, and how many there were. A name met twice counts twice."""

    count: int = 0
    total: int = 0

    def add(self, name: str) -> None:
        self.count += 1
        self.total = (self.total + number_of(name)) % _MODULUS

    @property
    def digest(self) -> str:
        """In letters alone: a long run of digits might be taken for a card number."""
        return f"{self.total:064x}".translate(_LETTERS)
