"""Which bank entry is which payout's: by the payout's name in its text, then by amount and day.

The entry names nobody for certain, so what waits on both sides is looked at together; each entry is
given to one payout or to none, and what was given stays there.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Final

from accounting.domain.matching import EARLY_DAYS
from accounting.domain.reconciliation import Line, Operation, Rules
from accounting.domain.settlement_record import IN_TRANSIT, SettlementRecord
from shared.contracts.bank import BANK, BankLineBooked
from shared.contracts.settlement import LineKind
from shared.money import Money

NAME_LETTERS_MIN: Final = 5
"""A shorter name of a payout may stand in any text."""
TEXT_MAX: Final = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class PayoutSent:
    """What a provider said that it paid out; below zero it collected, or took a payout back."""

    provider: str
    payout_id: str
    entry_id: str
    amount: Money
    returned: bool
    on: date

    @property
    def record_id(self) -> str:
        return f"{IN_TRANSIT}{self.provider}:{self.payout_id}:{self.amount.currency}"


def bank_line(told: BankLineBooked) -> Line:
    """A bank's entry as reconciliation sees it; its reference is all that it says."""
    return Line(
        line_id=told.line_id,
        kind=LineKind.ARRIVAL,
        payment_id="",
        reference=told.text[:TEXT_MAX] or told.reference,
        provider_reference="",
        gross=told.amount,
        fee=Money(0, told.amount.currency),
        net=told.amount,
        payout_id="",
        settled_on=told.booked_on,
    )


def with_sent(record: SettlementRecord, sent: Iterable[PayoutSent]) -> SettlementRecord:
    """The record with what was told of its payout; what it knows already stays as it is.

    What takes a payout back has its name, so that one which never arrived is settled by itself.
    """
    for each in sent:
        if any(known.entry_id == each.entry_id for known in record.operations):
            continue
        kind = LineKind.ARRIVAL_REVERSED if each.returned else LineKind.ARRIVAL
        taken = any(
            (known.kind, known.operation_id) == (kind, each.payout_id)
            for known in record.operations
        )
        operation = Operation(
            operation_id=f"{each.payout_id}#{each.entry_id}" if taken else each.payout_id,
            kind=kind,
            payment_id="",
            amount=each.amount,
            happened_on=each.on,
            provider_reference=each.payout_id,
            entry_id=each.entry_id,
        )
        record = replace(record, operations=(*record.operations, operation))
    return record


def transit_record(record_id: str) -> SettlementRecord:
    """The record of a payout that nothing is known of yet."""
    return SettlementRecord(record_id=record_id, provider=BANK)


def payout_of(record: SettlementRecord) -> str:
    """The payout that a record is about: all that it knows is of one."""
    return record.operations[0].provider_reference


def provider_of(record: SettlementRecord) -> str:
    return record.record_id.removeprefix(IN_TRANSIT).partition(":")[0]


def arrived(line: Line, record: SettlementRecord) -> Line:
    """The entry as the payout's: on the side of what was sent, or of what was taken back.

    Its text has served its purpose: from here on it is known by the payout.
    """
    payout_id = payout_of(record)
    sent = record.operations[0].amount.minor
    same_side = (line.gross.minor > 0) == (sent > 0)
    first_sent = record.operations[0].kind is LineKind.ARRIVAL
    kind = LineKind.ARRIVAL if same_side == first_sent else LineKind.ARRIVAL_REVERSED
    return replace(
        line,
        kind=kind,
        reference=payout_id,
        provider_reference=payout_id,
        payout_id=payout_id,
    )


@dataclass(slots=True)
class _Waiting:
    """A payout with what of it no entry has been given to yet."""

    record: SettlementRecord
    name: re.Pattern[str] | None
    open: list[Operation] = field(default_factory=list)

    def take(self, line: Line) -> None:
        same = [each for each in self.open if each.amount == line.gross]
        for each in (same or self.open)[:1]:
            self.open.remove(each)


def assigned(
    records: Sequence[SettlementRecord], lines: Iterable[Line], rules: Rules
) -> dict[str, str]:
    """The record that each entry is given to, by the entry's id; the rest are nobody's yet."""
    payouts = [_waiting(record) for record in records if record.operations]
    payouts.sort(key=lambda each: each.record.record_id)
    given: dict[str, str] = {}
    left: list[Line] = []
    for line in sorted(lines, key=lambda each: (each.settled_on, each.line_id)):
        payout = _named(line, payouts)
        if payout is None:
            left.append(line)
            continue
        payout.take(line)
        given[line.line_id] = payout.record.record_id
    for line in left:
        payout = _alike(line, payouts, rules)
        if payout is not None:
            payout.take(line)
            given[line.line_id] = payout.record.record_id
    return given


def _waiting(record: SettlementRecord) -> _Waiting:
    waiting = _Waiting(record=record, name=_pattern(payout_of(record)))
    waiting.open = sorted(record.operations, key=lambda each: (each.happened_on, each.operation_id))
    for line in record.lines:
        waiting.take(line)
    return waiting


def _named(line: Line, payouts: Sequence[_Waiting]) -> _Waiting | None:
    """The payout whose name is in the text; None where several providers have one of that name."""
    found = [each for each in payouts if each.name is not None and each.name.search(line.reference)]
    longest = max((len(payout_of(each.record)) for each in found), default=0)
    found = [each for each in found if len(payout_of(each.record)) == longest]
    ours = [each for each in found if _currency(each) == line.gross.currency] or found
    return ours[0] if len(ours) == 1 else None


def _alike(line: Line, payouts: Sequence[_Waiting], rules: Rules) -> _Waiting | None:
    """The oldest payout of that amount, in its time."""
    found = [
        (operation.happened_on, each.record.record_id, each)
        for each in payouts
        for operation in each.open
        if operation.amount == line.gross
        and EARLY_DAYS
        <= (line.settled_on - operation.happened_on).days
        <= rules.settled_within_days
    ]
    return min(found, key=lambda each: each[:2])[2] if found else None


def _pattern(name: str) -> re.Pattern[str] | None:
    """The name as banks write it: in any case, with blanks and signs within or left out.

    It does not end where more letters or digits follow: that would be another payout's name.
    """
    letters = re.sub(r"[^A-Za-z0-9]", "", name)
    if len(letters) < NAME_LETTERS_MIN:
        return None
    spaced = r"[^A-Za-z0-9]*".join(letters)
    return re.compile(rf"(?<![A-Za-z0-9]){spaced}(?![A-Za-z0-9])", re.IGNORECASE)


def _currency(waiting: _Waiting) -> str:
    return waiting.record.operations[0].amount.currency
