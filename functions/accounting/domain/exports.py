"""Reconcile two exports, each sorted by payment, in one pass and in the memory of one payment.

Both begin with the same columns, so that an operation and the line that settles it begin with the
same text: the plain case is decided on the text. Everything else is read and matched as always.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from itertools import chain, repeat
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
from shared.money import Money, exponent

OPERATION_COLUMNS: Final = (
    "payment_id", "operation_id", "kind", "amount", "currency", "happened_on",
    "provider_reference",
)  # fmt: skip
LINE_COLUMNS: Final = (
    "payment_id", "reference", "kind", "gross", "currency", "settled_on", "fee", "net",
    "payout_id", "line_id", "provider_reference",
)  # fmt: skip
"""Amounts are whole minor units; fee and net are in the currency of the gross."""
_OPERATION_OWN: Final = 2
_LINE_OWN: Final = 6
"""How many columns, the last, an export does not share with the other one."""
_END: Final = "\U0010ffff"
"""Stands behind the last row of an export, and sorts behind every payment."""
_FREE: Final = 10**30
"""More than any fee: where none is declared."""


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
    ours, theirs = _Export(operations, OPERATION_COLUMNS), _Export(lines, LINE_COLUMNS)
    through = _Pass(rules, as_of, found)
    last = ""
    while True:
        last = through.plain(ours, theirs, last)
        heads = [each.payment for each in (ours, theirs) if not each.ended]
        if not heads:
            return through.outcome()
        payment = min(heads)
        if payment < last:
            raise NotSorted(f"{payment} after {last}")
        last = payment
        through.match(ours.take(payment), theirs.take(payment))


class _Export:
    """What is left of an export: the row or the two in `hand`, then `rows`, then ends."""

    def __init__(self, lines: Iterable[str], columns: tuple[str, ...]) -> None:
        read = iter(lines)
        head = next(read, "").strip()
        if head != ",".join(columns):
            raise ExportMalformed(f"its head is {head[:80]!r}, not {','.join(columns)}")
        self.rows = chain(read, repeat(_END))
        self.hand = [next(self.rows)]

    @property
    def payment(self) -> str:
        return self.hand[0].partition(",")[0]

    @property
    def ended(self) -> bool:
        return self.hand[0] is _END

    def take(self, payment: str) -> list[list[str]]:
        """The rows of the payment, if it is the next one."""
        taken = []
        while self.payment == payment and not self.ended:
            taken.append(self.hand.pop(0).split(","))
            if not self.hand:
                self.hand = [next(self.rows)]
        return taken


@dataclass(slots=True)
class _Sum:
    """Plain lines of one payout, currency and two days: ten thousandfold, a fee less `part` of the
    amount is from `low` to `high`."""

    part: int
    low: int
    high: int
    lines: int = 0
    net: int = 0


_LATE: Final = _Sum(part=0, low=1, high=0)
"""Of days that are too far apart, no line is plain."""


class _Pass:
    """The totals so far: `plain` ones by what is the same in many of them."""

    def __init__(self, rules: Rules, as_of: date, found: Callable[[Item], None]) -> None:
        self._rules = rules
        self._as_of = as_of
        self._found = found
        self._payouts = PayoutSums()
        self._totals: dict[Class, Tally] = {}
        self._sums: dict[tuple[str, str, str, str], _Sum] = {}

    def plain(self, ours: _Export, theirs: _Export, last: str) -> str:
        """Count payments of one operation and one line that say the same, until one is not.

        That one is in the hands then, and the payment that came last is returned. Nearly every row
        comes through here: it is decided on texts, and no object is made of it. A pair is held back
        until the next one is seen to be of another payment.
        """
        find, begun = self._sums.get, self._begun
        held, held_net, held_mine, held_told = _Sum(0, 0, 0), 0, "", ""
        mine = told = _END
        ours_on, theirs_on = chain(ours.hand, ours.rows), chain(theirs.hand, theirs.rows)
        for mine, told in zip(ours_on, theirs_on, strict=True):  # neither comes to an end
            try:
                shared, happened_on, _ = mine.rsplit(",", _OPERATION_OWN)
                as_shared, settled_on, fee, net, payout_id, _, _ = told.rsplit(",", _LINE_OWN)
                payment, _, kind, gross, currency = shared.split(",")
                key = happened_on, settled_on, payout_id, currency
                total = find(key) or begun(key)
                amount, charged, left = int(gross), int(fee), int(net)
            except ValueError:
                break  # whoever reads it whole says what is wrong with it
            if (
                shared != as_shared
                or kind != "capture"
                or payment <= last
                or not total.low <= charged * PARTS - amount * total.part <= total.high
            ):
                break
            held.lines += 1
            held.net += held_net
            held, held_net, last = total, left, payment
            held_mine, held_told = mine, told
        ours.hand, theirs.hand = [mine], [told]
        if held_mine and last < min(ours.payment, theirs.payment):
            held.lines += 1
            held.net += held_net
        elif held_mine:
            ours.hand, theirs.hand = [held_mine, mine], [held_told, told]
        return last

    def _begun(self, key: tuple[str, str, str, str]) -> _Sum:
        """Raises ValueError when a day or the currency is none."""
        happened_on, settled_on, _, currency = key
        days = (date.fromisoformat(settled_on) - date.fromisoformat(happened_on)).days
        exponent(currency)
        if not EARLY_DAYS <= days <= self._rules.settled_within_days:
            return _LATE
        rule = self._rules.fees.get(currency)
        self._sums[key] = (
            _Sum(0, -_FREE, _FREE)
            if rule is None
            else _Sum(
                rule.basis_points,
                rule.fixed_part - rule.allowance,
                rule.fixed_part + rule.allowance,
            )
        )
        return self._sums[key]

    def match(self, known: Sequence[list[str]], settled: Sequence[list[str]]) -> None:
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
        plain = sum(each.lines for each in self._sums.values())
        if plain:
            matched = self._totals.get(Class.MATCHED, Tally())
            self._totals[Class.MATCHED] = replace(
                matched,
                operations=matched.operations + plain,
                lines=matched.lines + plain,
            )
        for (_, _, payout_id, currency), each in self._sums.items():
            if payout_id and each.lines:
                self._payouts.add(payout_id, LineKind.CAPTURE, each.net, currency, lines=each.lines)
        return Outcome(totals=self._totals, payouts=self._payouts.payouts())


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
