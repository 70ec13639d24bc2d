"""What we did and what the provider settled: every one of both ends in exactly one class."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from types import MappingProxyType
from typing import Final

from shared.contracts.settlement import LineKind
from shared.money import Money


class Class(StrEnum):
    """Where a line and an operation end. `expected` waits inside its settlement time; `split` is
    one operation in several lines, `grouped` several operations in one; `timing` is right but
    settled outside its time."""

    MATCHED = "matched"
    EXPECTED = "expected"
    MISSING_EXTERNAL = "missing_external"
    MISSING_INTERNAL = "missing_internal"
    AMOUNT_MISMATCH = "amount_mismatch"
    CURRENCY_MISMATCH = "currency_mismatch"
    FEE_MISMATCH = "fee_mismatch"
    STATUS_MISMATCH = "status_mismatch"
    DUPLICATE = "duplicate"
    SPLIT = "split"
    GROUPED = "grouped"
    TIMING = "timing"
    UNKNOWN_TYPE = "unknown_type"
    FEE_ONLY = "fee_only"


EXPLAINED: Final = frozenset(
    {Class.MATCHED, Class.SPLIT, Class.GROUPED, Class.TIMING, Class.FEE_ONLY}
)
"""Nothing is left to do about it."""
DISCREPANCIES: Final = frozenset(Class) - EXPLAINED - {Class.EXPECTED}
"""What a person, or a later line, has to explain."""

UNDOING: Final = {
    LineKind.CAPTURE: LineKind.CAPTURE_REVERSED,
    LineKind.REFUND: LineKind.REFUND_REVERSED,
    LineKind.DISPUTE: LineKind.DISPUTE_REVERSED,
    LineKind.ARRIVAL: LineKind.ARRIVAL_REVERSED,
}
"""An operation, and what takes the same one back."""
OPERATIONS: Final = frozenset(UNDOING) | frozenset(UNDOING.values())


@dataclass(frozen=True, slots=True, kw_only=True)
class Operation:
    """Money that we know to have moved at the provider; `amount` above zero comes to us.

    `operation_id` is the capture's, refund's or dispute's own id: what undoes an operation has the
    same. `entry_id` is the journal entry that booked it.
    """

    operation_id: str
    kind: LineKind
    payment_id: str
    amount: Money
    happened_on: date
    provider_reference: str = ""
    entry_id: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """What reconciliation needs of a settled line; `gross`, `fee` and `net` as they were settled.

    `payment_id` is empty where the line belongs to no payment of ours.
    """

    line_id: str
    kind: LineKind
    payment_id: str
    reference: str
    provider_reference: str
    gross: Money
    fee: Money
    net: Money
    payout_id: str
    settled_on: date


PARTS: Final = 10_000
"""The hundredths of a percent in a whole."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FeeRule:
    """What a provider may charge for a capture: a part of the amount and a fixed sum, within
    `tolerance`; all in minor units, the part in hundredths of a percent."""

    basis_points: int
    fixed: int
    tolerance: int = 0

    @property
    def fixed_part(self) -> int:
        """The fixed sum, `PARTS` fold."""
        return self.fixed * PARTS

    @property
    def allowance(self) -> int:
        """What a fee may differ by, `PARTS` fold: half a minor unit where nothing is declared."""
        return self.tolerance * PARTS or PARTS // 2

    def allows(self, gross: int, fee: int) -> bool:
        """Exact: the part is compared ten thousandfold, so nothing is rounded."""
        return abs(fee * PARTS - gross * self.basis_points - self.fixed_part) <= self.allowance


@dataclass(frozen=True, slots=True, kw_only=True)
class Rules:
    """What is declared for a provider: nothing is tolerated that does not stand here.

    `settled_within_days` is how long an operation may wait for its line; `tolerance` by currency,
    in minor units; `fees` by currency. What does not explain itself belongs to `owner`, who has
    `explained_within_days`.
    """

    settled_within_days: int = 3
    owner: str = "finance"
    explained_within_days: int = 7
    tolerance: Mapping[str, int] = field(default_factory=lambda: MappingProxyType({}))
    fees: Mapping[str, FeeRule] = field(default_factory=lambda: MappingProxyType({}))


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """Operations and lines that belong together, and their class.

    `residual` is what the books show too much of, by currency: the operations' sum less the
    lines', of which those about no operation count with their net.
    """

    kind: Class
    operations: tuple[Operation, ...] = ()
    lines: tuple[Line, ...] = ()

    def __post_init__(self) -> None:
        assert self.operations or self.lines, "an item of nothing"

    @property
    def item_id(self) -> str:
        """The same whenever the same things are found: it does not depend on the class."""
        if self.operations:
            first = min(self.operations, key=lambda each: (each.kind, each.operation_id))
            return f"{first.kind}:{first.operation_id}"
        return f"line:{min(line.line_id for line in self.lines)}"

    @property
    def payment_id(self) -> str:
        if self.operations:
            return self.operations[0].payment_id
        return self.lines[0].payment_id

    @property
    def residual(self) -> dict[str, int]:
        sums: dict[str, int] = {}
        for operation in self.operations:
            amount = operation.amount
            sums[amount.currency] = sums.get(amount.currency, 0) + amount.minor
        for line in self.lines:
            amount = line.gross if line.kind in OPERATIONS else line.net
            sums[amount.currency] = sums.get(amount.currency, 0) - amount.minor
        return {currency: minor for currency, minor in sums.items() if minor}

    @property
    def since(self) -> date:
        """The day of the oldest of its parts: what its age is counted from."""
        days = [each.happened_on for each in self.operations]
        days += [line.settled_on for line in self.lines]
        return min(days)


AGEING: Final = (1, 3, 7, 30)
"""The last day of each ageing bucket; what is older is in the one behind."""


def ageing_bucket(since: date, as_of: date) -> str:
    """`0-1`, `2-3`, `4-7`, `8-30` or `30+` days."""
    age = (as_of - since).days
    first = 0
    for last in AGEING:
        if age <= last:
            return f"{first}-{last}"
        first = last + 1
    return f"{AGEING[-1]}+"


@dataclass(frozen=True, slots=True, kw_only=True)
class Tally:
    """How many operations and lines ended in a class, and the sums of what is not explained yet."""

    operations: int = 0
    lines: int = 0
    residual: Mapping[str, int] = field(default_factory=lambda: MappingProxyType({}))


def tallied(items: Iterable[Item]) -> dict[Class, Tally]:
    """The totals by class: their counts add up to what went in."""
    tallies: dict[Class, Tally] = {}
    for item in items:
        count(item, tallies)
    return tallies


def count(item: Item, tallies: dict[Class, Tally]) -> None:
    """Add an item to the totals of its class."""
    before = tallies.get(item.kind, Tally())
    residual = dict(before.residual)
    left = {} if item.kind in EXPLAINED else item.residual
    for currency, minor in left.items():
        residual[currency] = residual.get(currency, 0) + minor
    tallies[item.kind] = Tally(
        operations=before.operations + len(item.operations),
        lines=before.lines + len(item.lines),
        residual=residual,
    )
