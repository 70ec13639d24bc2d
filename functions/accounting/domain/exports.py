"""Reconcile two exports, each sorted by payment, in one pass and in the memory of one payment.

Both begin with the same columns, so that an operation and the line that settles it begin with the
same text: the plain case is decided on the text. Everything else is read and matched as always.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from operator import methodcaller
from typing import Final

from accounting.domain.matching import EARLY_DAYS, NotSorted, match_payment
from accounting.domain.payouts import Payout, PayoutSums
from accounting.domain.reconciliation import (
    PARTS,
    Class,
    Item,
    Line,
    Operation,
    Rules,
    Tally,
    count,
)
from shared.contracts.settlement import LineKind
from shared.money import Money

OPERATION_COLUMNS: Final = (
    "payment_id", "operation_id", "kind", "amount", "currency", "happened_on",
    "provider_reference",
)  # fmt: skip
LINE_COLUMNS: Final = (
    "payment_id", "reference", "kind", "gross", "currency", "settled_on", "fee", "net",
    "payout_id", "line_id", "provider_reference",
)  # fmt: skip
"""Amounts are whole minor units; fee and net are in the currency of the gross."""
OPERATION_WIDTH: Final = len(OPERATION_COLUMNS)
LINE_WIDTH: Final = len(LINE_COLUMNS)
type Row = list[str]
_END: Final = ["\U0010ffff"]
"""Sorts behind every payment: what a side holds when it has ended."""
_NONE: Final[tuple[Row, ...]] = ()


class ExportMalformed(ValueError):
    """Not an export: another head, another number of columns, or a value that is none."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """The totals over everything, and every payout that a line was in."""

    totals: dict[Class, Tally]
    payouts: tuple[Payout, ...]


def reconcile_exports(
    operations: Iterable[str],
    lines: Iterable[str],
    *,
    rules: Rules,
    as_of: date,
    found: Callable[[Item], None],
) -> Outcome:
    """Read both to their end; every item that is not a plain match is told to `found`.

    Both are lines of text, with their heads; no value holds a comma. Raises ExportMalformed,
    NotSorted.
    """
    ours, theirs = _body(operations, OPERATION_COLUMNS), _body(lines, LINE_COLUMNS)
    through = _Pass(rules, as_of, found)
    is_plain = through.decider()
    mine, told = next(ours, _END), next(theirs, _END)
    last = ""
    while mine is not _END or told is not _END:
        payment = mine[0]
        some, others = _NONE, _NONE
        if payment == told[0] and payment > last:
            next_mine, next_told = next(ours, _END), next(theirs, _END)
            if next_mine[0] != payment != next_told[0] and is_plain(mine, told):
                mine, told, last = next_mine, next_told, payment
                continue
            some, others, mine, told = (mine,), (told,), next_mine, next_told
        payment = min(payment, mine[0], told[0])
        if payment < last:
            raise NotSorted(f"{payment} after {last}")
        last = payment
        mine, more = _gathered(payment, mine, ours)
        told, further = _gathered(payment, told, theirs)
        through.match((*some, *more), (*others, *further))
    return through.outcome()


def _gathered(payment: str, row: Row, rows: Iterator[Row]) -> tuple[Row, list[Row]]:
    """The first row that is of another payment, and those before it."""
    found: list[Row] = []
    while row[0] == payment and row is not _END:
        found.append(row)
        row = next(rows, _END)
    return row, found


class _Pass:
    """The totals so far, and what is remembered of days that were compared before."""

    def __init__(self, rules: Rules, as_of: date, found: Callable[[Item], None]) -> None:
        self._rules = rules
        self._as_of = as_of
        self._found = found
        self._payouts = PayoutSums()
        self._totals: dict[Class, Tally] = {}
        self._in_time: dict[tuple[str, str], bool] = {}
        self._nets: dict[tuple[str, str], list[int]] = {}

    def decider(self) -> Callable[[Row, Row], bool]:
        """Whether both say the same and nothing else has to be looked at; if so it is counted.

        Nearly every row comes through here: it is decided on texts, no object is made of it, and
        what it needs is at hand.
        """
        fees = {
            currency: (rule.basis_points, rule.fixed_part, rule.allowance)
            for currency, rule in self._rules.fees.items()
        }
        fee_of, seen, nets, compared = fees.get, self._in_time, self._nets, self._compared

        def is_plain(mine: Row, told: Row) -> bool:
            try:
                _, operation_id, kind, amount, currency, happened_on, _ = mine
                _, reference, as_kind, gross, as_currency, settled_on, fee, net, payout_id, _, _ = (
                    told
                )
                settled, charged, left = int(gross), int(fee), int(net)
            except ValueError:
                return False  # whoever reads it whole says what is wrong with it
            if (
                reference != operation_id
                or gross != amount
                or as_currency != currency
                or not as_kind == kind == "capture"
            ):
                return False
            in_time = seen.get((happened_on, settled_on))
            if in_time is None:
                in_time = compared(happened_on, settled_on)
            rule = fee_of(currency)
            if not in_time or (
                rule is not None and abs(charged * PARTS - settled * rule[0] - rule[1]) > rule[2]
            ):
                return False
            total = nets.get((payout_id, currency))
            if total is None:
                total = nets[payout_id, currency] = [0, 0]
            total[0] += 1
            total[1] += left
            return True

        return is_plain

    def _compared(self, happened_on: str, settled_on: str) -> bool:
        try:
            days = (date.fromisoformat(settled_on) - date.fromisoformat(happened_on)).days
        except ValueError:
            return False
        in_time = EARLY_DAYS <= days <= self._rules.settled_within_days
        self._in_time[happened_on, settled_on] = in_time
        return in_time

    def match(self, known: Sequence[Row], settled: Sequence[Row]) -> None:
        operations = [_operation(row) for row in known]
        lines = [_line(row) for row in settled]
        for line in lines:
            if line.payout_id:
                net = line.net
                self._payouts.add(line.payout_id, line.kind, net.minor, net.currency)
        apart = bool(lines) and not lines[0].payment_id
        groups = [(operations, [line]) for line in lines] if apart else [(operations, lines)]
        for ours, theirs in groups:
            for item in match_payment(ours, theirs, rules=self._rules, as_of=self._as_of):
                count(item, self._totals)
                self._found(item)

    def outcome(self) -> Outcome:
        plain = sum(lines for lines, _ in self._nets.values())
        if plain:
            matched = self._totals.get(Class.MATCHED, Tally())
            self._totals[Class.MATCHED] = replace(
                matched,
                operations=matched.operations + plain,
                lines=matched.lines + plain,
            )
        for (payout_id, currency), (lines, net) in self._nets.items():
            if payout_id:
                self._payouts.add(payout_id, LineKind.CAPTURE, net, currency, lines=lines)
        return Outcome(totals=self._totals, payouts=self._payouts.payouts())


def _body(rows: Iterable[str], columns: tuple[str, ...]) -> Iterator[Row]:
    read = iter(rows)
    head = next(read, "").strip()
    if head != ",".join(columns):
        raise ExportMalformed(f"its head is {head[:80]!r}, not {','.join(columns)}")
    return map(methodcaller("split", ","), read)


def _operation(row: Sequence[str]) -> Operation:
    try:
        payment_id, operation_id, kind, amount, currency, happened_on, provider_reference = row
        return Operation(
            operation_id=operation_id,
            kind=LineKind(kind),
            payment_id=payment_id,
            amount=Money(int(amount), currency),
            happened_on=date.fromisoformat(happened_on),
            provider_reference=provider_reference.strip(),
        )
    except ValueError as error:
        raise ExportMalformed(f"not an operation: {','.join(row)[:120]!r}") from error


def _line(row: Sequence[str]) -> Line:
    try:
        payment_id, reference, kind, gross, currency, settled_on, fee, net, *rest = row
        payout_id, line_id, provider_reference = rest
        return Line(
            line_id=line_id,
            kind=LineKind(kind),
            payment_id=payment_id,
            reference=reference,
            provider_reference=provider_reference.strip(),
            gross=Money(int(gross), currency),
            fee=Money(int(fee), currency),
            net=Money(int(net), currency),
            payout_id=payout_id,
            settled_on=date.fromisoformat(settled_on),
        )
    except ValueError as error:
        raise ExportMalformed(f"not a settled line: {','.join(row)[:120]!r}") from error
