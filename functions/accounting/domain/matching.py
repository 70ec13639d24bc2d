"""Match one payment's operations with its settled lines: by our reference, then by the provider's,
then by what is left of the same kind.

A dispute has the provider's name for its id: its line may come before we have heard of it.

All of it is about one payment, so that a run over millions of them holds one at a time.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import date, timedelta
from itertools import groupby
from typing import Final

from accounting.domain.reconciliation import (
    OPERATIONS,
    UNDOING,
    Class,
    Item,
    Line,
    Operation,
    Rules,
)
from shared.contracts.settlement import LineKind

EARLY_DAYS: Final = -1
"""A day is another one in another time zone: a line may seem to come before its operation."""
_ANY: Final = "any of the payment"
_SELF_EXPLAINED: Final = frozenset(
    {
        LineKind.PAYOUT,
        LineKind.PAYOUT_REVERSED,
        LineKind.RESERVE_HELD,
        LineKind.RESERVE_RELEASED,
    }
)
"""Lines about no operation of ours: the proof of their payout explains them."""


class NotSorted(ValueError):
    """What is reconciled in one pass is in the order of its payments."""


def reconcile(
    operations: Iterable[Operation], lines: Iterable[Line], *, rules: Rules, as_of: date
) -> Iterator[Item]:
    """The items of both sides, which are sorted by payment; holds one payment at a time.

    Lines of no payment come first, and each is an item. Raises NotSorted.
    """
    ours = groupby(_in_order(operations), key=lambda each: each.payment_id)
    theirs = groupby(_in_order(lines), key=lambda each: each.payment_id)
    our_next, their_next = next(ours, None), next(theirs, None)
    while our_next is not None or their_next is not None:
        heads = [each[0] for each in (our_next, their_next) if each is not None]
        payment_id = min(heads)
        known: list[Operation] = []
        told: list[Line] = []
        if our_next is not None and our_next[0] == payment_id:
            known = list(our_next[1])
            our_next = next(ours, None)
        if their_next is not None and their_next[0] == payment_id:
            if not payment_id:
                for line in their_next[1]:
                    yield from match_payment((), (line,), rules=rules, as_of=as_of)
            else:
                told = list(their_next[1])
            their_next = next(theirs, None)
        yield from match_payment(known, told, rules=rules, as_of=as_of)


def _in_order[Part: (Operation, Line)](parts: Iterable[Part]) -> Iterator[Part]:
    last = ""
    for part in parts:
        if part.payment_id < last:
            raise NotSorted(f"{part.payment_id} after {last}")
        last = part.payment_id
        yield part


def match_payment(
    operations: Sequence[Operation], lines: Sequence[Line], *, rules: Rules, as_of: date
) -> tuple[Item, ...]:
    """Every operation and every line in exactly one item. All are of one payment, or of none."""
    if len(operations) == len(lines) == 1 and _named_alike(operations[0], lines[0]):
        kind = compared(operations[0], lines[0], rules)
        return (Item(kind=kind, operations=tuple(operations), lines=tuple(lines)),)
    return tuple(_Matching(operations, lines, rules, as_of).run())


def compared(operation: Operation, line: Line, rules: Rules) -> Class:
    """Money first: of several differences the gravest names the class."""
    currency = operation.amount.currency
    if line.gross.currency != currency:
        return Class.CURRENCY_MISMATCH
    difference = abs(line.gross.minor - operation.amount.minor)
    if difference > rules.tolerance.get(currency, 0):
        return Class.AMOUNT_MISMATCH
    rule = rules.fees.get(line.fee.currency)
    if (
        rule is not None
        and operation.kind is LineKind.CAPTURE
        and line.fee.currency == currency
        and not rule.allows(line.gross.minor, line.fee.minor)
    ):
        return Class.FEE_MISMATCH
    if (
        not EARLY_DAYS
        <= (line.settled_on - operation.happened_on).days
        <= rules.settled_within_days
    ):
        return Class.TIMING
    return Class.MATCHED


def _named_alike(operation: Operation, line: Line) -> bool:
    """The plain case, which most payments are: one operation, and its one line by our reference."""
    return operation.operation_id == line.reference and operation.kind is line.kind


class _Matching:
    """What is still unmatched of one payment, and the items found so far."""

    def __init__(
        self, operations: Sequence[Operation], lines: Sequence[Line], rules: Rules, as_of: date
    ) -> None:
        self._operations = sorted(operations, key=lambda each: (each.kind, each.operation_id))
        self._lines = sorted(lines, key=lambda each: (each.settled_on, each.line_id))
        self._rules = rules
        self._as_of = as_of
        self._items: list[Item] = []
        self._settled: list[Line] = []

    def run(self) -> list[Item]:
        self._set_aside_what_needs_no_operation()
        self._by(lambda operation: operation.operation_id, lambda line: line.reference)
        self._by(
            lambda operation: operation.provider_reference, lambda line: line.provider_reference
        )
        self._by(lambda operation: operation.operation_id, lambda line: line.provider_reference)
        self._told_twice()
        self._never_settled()
        self._by(lambda _: _ANY, lambda line: "" if line.reference else _ANY)
        self._told_twice()
        self._items += [self._waiting(operation) for operation in self._operations]
        self._items += [Item(kind=Class.MISSING_INTERNAL, lines=(line,)) for line in self._lines]
        return self._items

    def _set_aside_what_needs_no_operation(self) -> None:
        for line in self._lines:
            if line.kind is LineKind.FEE:
                self._items.append(Item(kind=Class.FEE_ONLY, lines=(line,)))
            elif line.kind in _SELF_EXPLAINED:
                self._items.append(Item(kind=Class.MATCHED, lines=(line,)))
            elif line.kind not in OPERATIONS:
                self._items.append(Item(kind=Class.UNKNOWN_TYPE, lines=(line,)))
        self._lines = [line for line in self._lines if line.kind in OPERATIONS]

    def _by(self, of_operation: Callable[[Operation], str], of_line: Callable[[Line], str]) -> None:
        """Match what has the same key and kind; an empty key is none."""
        keys = {(each.kind, of_operation(each)) for each in self._operations}
        for kind, key in sorted(keys):
            if not key:
                continue
            operations = [
                each for each in self._operations if (each.kind, of_operation(each)) == (kind, key)
            ]
            lines = [each for each in self._lines if (each.kind, of_line(each)) == (kind, key)]
            if lines:
                self._pair(operations, lines)

    def _pair(self, operations: list[Operation], lines: list[Line]) -> None:
        """One to one where an amount is the same; else by sums; else what is left disagrees."""
        for operation in list(operations):
            same = next((line for line in lines if line.gross == operation.amount), None)
            if same is not None:
                operations.remove(operation)
                lines.remove(same)
                self._found(self._class_of(operation, same), [operation], [same])
        if not operations or not lines:
            return
        if len(operations) == len(lines) == 1:
            self._found(self._class_of(operations[0], lines[0]), operations, lines)
        elif _adds_up(operations, lines):
            self._found(Class.SPLIT if len(operations) == 1 else Class.GROUPED, operations, lines)
        elif len(operations) == 1:
            self._found(Class.AMOUNT_MISMATCH, operations, lines)

    def _class_of(self, operation: Operation, line: Line) -> Class:
        return compared(operation, line, self._rules)

    def _never_settled(self) -> None:
        """What was undone before it was settled: neither of the two will have a line."""
        for operation in list(self._operations):
            undoing = UNDOING.get(operation.kind)
            other = next(
                (
                    each
                    for each in self._operations
                    if each.kind is undoing
                    and each.operation_id == operation.operation_id
                    and each.amount == -operation.amount
                ),
                None,
            )
            told = any(line.kind in {operation.kind, undoing} for line in self._lines)
            if other is not None and not told:
                self._found(Class.MATCHED, [operation, other], [])

    def _told_twice(self) -> None:
        """A line that says of an operation what a settled line has said already."""
        for line in list(self._lines):
            names = {line.reference, line.provider_reference} - {""}
            twin = any(
                (line.kind, line.gross) == (each.kind, each.gross)
                and names & {each.reference, each.provider_reference}
                for each in self._settled
            )
            if twin:
                self._found(Class.DUPLICATE, [], [line])

    def _waiting(self, operation: Operation) -> Item:
        """An operation without a line: in its time, or missing; undone here and standing there."""
        deadline = operation.happened_on + timedelta(days=self._rules.settled_within_days)
        if self._as_of <= deadline:
            kind = Class.EXPECTED
        elif operation.kind in UNDOING.values() and any(
            operation.operation_id in {line.reference, line.provider_reference}
            for line in self._settled
        ):
            kind = Class.STATUS_MISMATCH
        else:
            kind = Class.MISSING_EXTERNAL
        return Item(kind=kind, operations=(operation,))

    def _found(self, kind: Class, operations: list[Operation], lines: list[Line]) -> None:
        self._items.append(Item(kind=kind, operations=tuple(operations), lines=tuple(lines)))
        self._settled += lines
        self._operations = [each for each in self._operations if each not in operations]
        self._lines = [each for each in self._lines if each not in lines]


def _adds_up(operations: Sequence[Operation], lines: Sequence[Line]) -> bool:
    """Whether both sides are one currency and one sum."""
    currencies = {each.amount.currency for each in operations}
    currencies |= {line.gross.currency for line in lines}
    ours = sum(each.amount.minor for each in operations)
    return len(currencies) == 1 and ours == sum(line.gross.minor for line in lines)
