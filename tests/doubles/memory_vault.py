"""A vault in memory that keeps every promise of the real one, but for the strength of its key."""

from __future__ import annotations

import hashlib
import hmac
from typing import Final

from accounting.application.ports import Sealed
from accounting.domain.errors import LedgerBroken

_KEY: Final = b"the test's own"


class MemoryVault:
    """Written once; `seals` and `parts` of exports may be tampered with by a test.

    `asked` is what it was asked to seal of each day, whether or not that was its first seal.
    """

    def __init__(self) -> None:
        self.seals: dict[str, Sealed] = {}
        self.asked: dict[str, list[str]] = {}
        self.parts: dict[tuple[str, int], str] = {}

    def find(self, day: str) -> Sealed | None:
        return self.seals.get(day)

    def put_part(self, day: str, number: int, text: str) -> None:
        if self.parts.setdefault((day, number), text) != text:
            raise LedgerBroken(f"another export of {day} is in the vault")

    def seal(self, day: str, document: str) -> Sealed:
        self.asked.setdefault(day, []).append(document)
        return self.seals.setdefault(day, Sealed(document=document, signature=_sign(document)))

    def holds(self, sealed: Sealed) -> bool:
        return hmac.compare_digest(sealed.signature, _sign(sealed.document))

    def part(self, day: str, number: int) -> str | None:
        return self.parts.get((day, number))

    def days(self) -> list[str]:
        return sorted(self.seals)

    def public_key(self) -> str:
        return ""


def _sign(document: str) -> str:
    return hmac.new(_KEY, document.encode(), hashlib.sha256).hexdigest()
