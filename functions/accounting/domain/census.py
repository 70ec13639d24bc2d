"""Whether the entries in the chains are the entries in the table, told without holding either."""

from __future__ import annotations

from accounting.domain.chain import LANES, is_entry_id, lane_of
from shared.tally import number_of


class Census:
    """Counts ids in the chains up, ids in the table down: where all are both, nothing is left."""

    def __init__(self) -> None:
        self._left = [0] * LANES

    def chained(self, entry_id: str) -> None:
        self._count(entry_id, 1)

    def stored(self, entry_id: str) -> None:
        self._count(entry_id, -1)

    def odd_lanes(self) -> frozenset[int]:
        """The lanes in which one side has what the other has not."""
        return frozenset(lane for lane, left in enumerate(self._left) if left)

    def _count(self, entry_id: str, sign: int) -> None:
        if not is_entry_id(entry_id):
            sign *= 2  # nothing of that name is ever chained: it cannot cancel out
        self._left[lane_of(entry_id)] += sign * number_of(entry_id)
