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
    sums: dict[str, _Sum] = {}
    for line in lines:
        total = sums.setdefault(line.net.currency, _Sum())
        if line.kind is LineKind.PAYOUT:
            total.sent = (total.sent or 0) - line.net.minor
        elif line.kind is LineKind.PAYOUT_REVERSED:
            total.returned += line.net.minor
        else:
            total.lines += 1
            total.net += line.net.minor
    return tuple(
        Payout(
            payout_id=payout_id,
            lines=total.lines,
            net=Money(total.net, currency),
            sent=None if total.sent is None else Money(total.sent, currency),
            returned=Money(total.returned, currency),
        )
        for currency, total in sorted(sums.items())
    )


@dataclass(slots=True)
class _Sum:
    lines: int = 0
    net: int = 0
    sent: int | None = None
    returned: int = 0
