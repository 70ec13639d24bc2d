"""The words for the lines of a settlement report, whatever format it came in."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from shared.money import Money


class LineKind(StrEnum):
    """What a line is about. `unknown` keeps a type that nobody has met before; it is raised.

    A `capture_reversed` takes a settled capture back, a `refund_reversed` gives a settled refund
    back; a `fee` belongs to no operation; a `payout` is what leaves for the bank.
    """

    CAPTURE = "capture"
    CAPTURE_REVERSED = "capture_reversed"
    REFUND = "refund"
    REFUND_REVERSED = "refund_reversed"
    DISPUTE = "dispute"
    DISPUTE_REVERSED = "dispute_reversed"
    FEE = "fee"
    PAYOUT = "payout"
    PAYOUT_REVERSED = "payout_reversed"
    RESERVE_HELD = "reserve_held"
    RESERVE_RELEASED = "reserve_released"
    ADJUSTMENT = "adjustment"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True, kw_only=True)
class Fee:
    """A part of what the provider charges: `commission`, `markup`, `scheme`, `interchange`, …"""

    part: str
    amount: Money
