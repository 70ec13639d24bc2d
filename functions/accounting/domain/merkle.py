"""The hash over many entries in order, taken one by one and never held together."""

from __future__ import annotations

import hashlib

from accounting.domain.chain import GENESIS, StoredEntry, canonical


def leaf(stored: StoredEntry) -> str:
    """An entry's own hash, wherever it stands."""
    return hashlib.sha256(b"\0" + canonical(stored)).hexdigest()


class Merkle:
    """A Merkle tree as in RFC 6962, of which only one root a level is kept."""

    def __init__(self) -> None:
        self.count = 0
        self._peaks: list[tuple[int, str]] = []

    def add(self, hashed: str) -> None:
        self.count += 1
        size = 1
        while self._peaks and self._peaks[-1][0] == size:
            hashed = _above(self._peaks.pop()[1], hashed)
            size *= 2
        self._peaks.append((size, hashed))

    def root(self) -> str:
        """Over all that were added; an odd one out is carried up as it is."""
        if not self._peaks:
            return GENESIS
        *rest, (_, root) = self._peaks
        for _, peak in reversed(rest):
            root = _above(peak, root)
        return root


def _above(left: str, right: str) -> str:
    return hashlib.sha256(b"\1" + (left + right).encode()).hexdigest()
