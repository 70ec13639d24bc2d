"""Each payout explained to the cent: the sum of its lines is what the provider sent."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from shared.contracts.settlement import LineKind
from shared.money import Money

HALVES: Final = 2
"""Rounding moves a line by at most half a minor unit."""


class PayoutState(StrEnum):
    """`open` while its own line has not come, `rounded` when rounding explains the rest,
    `returned` when the bank sent it back."""

    OPEN = "open"
    RETURNED = "returned"
    EXPLAINED = "explained"
    ROUNDED = "rounded"
    UNEXPLAINED = "unexplained"


@dataclass(frozen=True, slots=True, kw_only=True)
class Payout:
    """A payout and its `lines` without its own: `net` is their sum, `sent` what left for the bank.

    `difference` is what was sent above the sum of the lines; `returned` is what came back of it.
    """

    payout_id: str
    lines: int
    net: Money
    sent: Money | None
    returned: Money

    @property
    def difference(self) -> Money:
        return Money(0, self.net.currency) if self.sent is None else self.sent - self.net

    @property
    def state(self) -> PayoutState:
        if self.sent is None:
            return PayoutState.OPEN
        off = abs(self.difference.minor)
        if not off:
            return PayoutState.RETURNED if self.returned.minor else PayoutState.EXPLAINED
        return PayoutState.ROUNDED if off * HALVES <= self.lines else PayoutState.UNEXPLAINED


@dataclass(frozen=True, slots=True, kw_only=True)
class PayoutLine:
    """What the proof of a payout needs of one of its lines."""

    line_id: str
    kind: LineKind
    net: Money


def proved(payout_id: str, lines: Iterable[PayoutLine]) -> tuple[Payout, ...]:
    """A payout over all of its lines; what is in two currencies is two payouts."""
    sums = PayoutSums()
    for line in lines:
        sums.add(payout_id, line.kind, line.net.minor, line.net.currency)
    return sums.payouts()


@dataclass(slots=True)
class _Sum:
    lines: int = 0
    net: int = 0
    sent: int | None = None
    returned: int = 0


class PayoutSums:
    """The sums of payouts, while their lines go by in any order."""

    def __init__(self) -> None:
        self._sums: dict[tuple[str, str], _Sum] = {}

    def add(
        self, payout_id: str, kind: LineKind, net: int, currency: str, *, lines: int = 1
    ) -> None:
        """Count a line, or the sum of several that are no payout's own."""
        total = self._sums.get((payout_id, currency))
        if total is None:
            total = self._sums[payout_id, currency] = _Sum()
        if kind is LineKind.PAYOUT:
            total.sent = (total.sent or 0) - net
        elif kind is LineKind.PAYOUT_REVERSED:
            total.returned += net
        else:
            total.lines += lines
            total.net += net

    def payouts(self) -> tuple[Payout, ...]:
        """Every payout that was met, in order."""
        return tuple(
            Payout(
                payout_id=payout_id,
                lines=total.lines,
                net=Money(total.net, currency),
                sent=None if total.sent is None else Money(total.sent, currency),
                returned=Money(total.returned, currency),
            )
            for (payout_id, currency), total in sorted(self._sums.items())
        )
