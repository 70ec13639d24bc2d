"""What reconciliation knows of one payment, run after run, and what a new look at it changes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from types import MappingProxyType
from typing import Final

from accounting.domain.adjustments import adjustment, payout_adjustment
from accounting.domain.journal import Authorship, Posting
from accounting.domain.matching import match_payment
from accounting.domain.payouts import Payout, PayoutState
from accounting.domain.posting_rules import entry_id_for
from accounting.domain.reconciliation import (
    DISCREPANCIES,
    EXPLAINED,
    Class,
    Item,
    Line,
    Operation,
    Rules,
)

SEPARATOR: Final = "~"
OF_A_LINE: Final = "line:"
"""A record of one line that names no payment of ours: this and the line's id."""
OF_A_PAYOUT: Final = "payout:"
IN_TRANSIT: Final = "transit:"
"""A record of a payout on its way to the bank, and of the bank's entries that are its own."""
OF_NO_PAYMENT: Final = (OF_A_LINE, OF_A_PAYOUT, IN_TRANSIT)


def record_id_of(line: Line) -> str:
    """The record that a line belongs to: its payment's, or one of its own."""
    return line.payment_id or OF_A_LINE + line.line_id


@dataclass(frozen=True, slots=True, kw_only=True)
class Resolution:
    """What a person decided: the account that explains the residual, and who says so and why."""

    account: str
    by: Authorship


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """An item as the last run left it.

    `entry_ids` are the entries that its explanation will reverse: its adjustment, and what a
    person booked to resolve it. `change` is the version of the record with which it came to this,
    so that no two entries have one name, even of an item that was gone and came again. A `proposal`
    waits for a second person.
    """

    item_id: str
    kind: Class
    since: date
    residual: Mapping[str, int] = field(default_factory=lambda: MappingProxyType({}))
    change: int = 0
    entry_ids: tuple[str, ...] = ()
    proposal: Resolution | None = None
    resolution: Resolution | None = None

    @property
    def is_open(self) -> bool:
        """Whether it waits for something: for its line, or for an explanation."""
        return self.kind not in EXPLAINED and self.resolution is None


@dataclass(frozen=True, slots=True, kw_only=True)
class SettlementRecord:
    """Every operation and line of a payment, or one line that names none, and the items of both.

    `version` and `sequence` are as they were read; the store counts them on.
    """

    record_id: str
    provider: str
    operations: tuple[Operation, ...] = ()
    lines: tuple[Line, ...] = ()
    standing: tuple[Standing, ...] = ()
    looked_at_by: str = ""
    version: int = 0
    sequence: int = 0

    @property
    def payment_id(self) -> str:
        """The payment it is about; empty for a line or a payout of none."""
        return "" if self.record_id.startswith(OF_NO_PAYMENT) else self.record_id

    def public_id(self, item_id: str) -> str:
        """How the world names an item: its record and its own id."""
        return f"{self.record_id}{SEPARATOR}{item_id}"

    @property
    def open_since(self) -> date | None:
        """The day of the oldest item that waits; None when everything is explained."""
        return min((each.since for each in self.standing if each.is_open), default=None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Adjustment:
    """An entry to book: the residual of `item`, in suspense."""

    entry_id: str
    item_id: str
    kind: Class
    postings: tuple[Posting, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Review:
    """What a look at a record found: its items, its next state, and what to book and to reverse.

    `found` are discrepancies that are new or not what they were, `explained` those that were open.
    """

    record: SettlementRecord
    items: tuple[Item, ...]
    book: tuple[Adjustment, ...]
    reverse: tuple[str, ...]
    found: tuple[Standing, ...]
    explained: tuple[Standing, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Finding:
    """An item as it is now, and the postings that move its residual away."""

    item_id: str
    kind: Class
    since: date
    residual: Mapping[str, int]
    postings: tuple[Posting, ...]


def review(
    record: SettlementRecord,
    operations: Iterable[Operation],
    lines: Iterable[Line],
    *,
    rules: Rules,
    as_of: date,
) -> Review:
    """Look at everything known of the payment, with what is new; the same again changes nothing."""
    known = _united(record, operations, lines)
    items = match_payment(known.operations, known.lines, rules=rules, as_of=as_of)
    return _reviewed(known, items, [_finding(item) for item in items])


def given_away(record: SettlementRecord) -> Review:
    """The record of a line that is another record's now: what was booked of it is taken back."""
    return _reviewed(replace(record, lines=()), (), [])


def review_payout(record: SettlementRecord, payouts: Iterable[Payout], *, as_of: date) -> Review:
    """T12r, or suspense: what a payout differs by from the sum of its lines, once it is sent.

    `payouts` are all of one name, one a currency: what is not among them is taken back.
    """
    since = {each.item_id: each.since for each in record.standing}
    findings = []
    for payout in payouts:
        difference = payout.difference
        item_id = f"{record.record_id}:{difference.currency}"
        rounded = payout.state is not PayoutState.UNEXPLAINED
        findings.append(
            _Finding(
                item_id=item_id,
                kind=Class.MATCHED if rounded else Class.AMOUNT_MISMATCH,
                since=since.get(item_id, as_of),
                residual={difference.currency: -difference.minor} if difference.minor else {},
                postings=payout_adjustment(difference, rounded=rounded),
            )
        )
    return _reviewed(record, (), findings)


def _finding(item: Item) -> _Finding:
    postings = adjustment(item)
    return _Finding(
        item_id=item.item_id,
        kind=item.kind,
        since=item.since,
        residual=item.residual if postings or item.kind in DISCREPANCIES else {},
        postings=postings,
    )


def _reviewed(
    record: SettlementRecord, items: tuple[Item, ...], findings: Sequence[_Finding]
) -> Review:
    was = {each.item_id: each for each in record.standing}
    gone = dict(was)
    after: list[Standing] = []
    book: list[Adjustment] = []
    reverse: list[str] = []
    for finding in findings:
        standing, adjusted, undone = _moved(record, finding, gone.pop(finding.item_id, None))
        after.append(standing)
        book += adjusted
        reverse += undone
    reverse += [entry_id for each in gone.values() for entry_id in each.entry_ids]
    return Review(
        record=replace(record, standing=tuple(after)),
        items=items,
        book=tuple(book),
        reverse=tuple(reverse),
        found=tuple(each for each in after if _is_news(each, was.get(each.item_id))),
        explained=tuple(
            old for old in was.values() if old.kind in DISCREPANCIES and _is_explained(old, after)
        ),
    )


def _moved(
    record: SettlementRecord, finding: _Finding, old: Standing | None
) -> tuple[Standing, list[Adjustment], list[str]]:
    """The item's next standing, what it books, and what it takes back."""
    if old is not None and _says_the_same(old, finding):
        return replace(old, kind=finding.kind, since=finding.since), [], []
    change = record.version + 1
    book: list[Adjustment] = []
    if finding.postings:
        entry_id = entry_id_for("adjustment", record.record_id, finding.item_id, str(change))
        book.append(
            Adjustment(
                entry_id=entry_id,
                item_id=finding.item_id,
                kind=finding.kind,
                postings=finding.postings,
            )
        )
    standing = Standing(
        item_id=finding.item_id,
        kind=finding.kind,
        since=finding.since,
        residual=finding.residual,
        change=change,
        entry_ids=tuple(each.entry_id for each in book),
    )
    return standing, book, [] if old is None else list(old.entry_ids)


def _says_the_same(old: Standing, finding: _Finding) -> bool:
    """Whether the books are right as they are: the same amounts, in suspense or out of it."""
    same_place = (old.kind in DISCREPANCIES) == (finding.kind in DISCREPANCIES)
    return same_place and dict(old.residual) == dict(finding.residual)


def _united(
    record: SettlementRecord, operations: Iterable[Operation], lines: Iterable[Line]
) -> SettlementRecord:
    """With what is new; what is known already stays as it was told first."""
    ours = {(each.kind, each.operation_id): each for each in operations}
    ours |= {(each.kind, each.operation_id): each for each in record.operations}
    theirs = {line.line_id: line for line in lines}
    theirs |= {line.line_id: line for line in record.lines}
    return replace(
        record,
        operations=tuple(ours[key] for key in sorted(ours)),
        lines=tuple(theirs[key] for key in sorted(theirs)),
    )


def _is_news(now: Standing, old: Standing | None) -> bool:
    if now.kind not in DISCREPANCIES:
        return False
    return old is None or (old.kind, dict(old.residual)) != (now.kind, dict(now.residual))


def _is_explained(old: Standing, after: Sequence[Standing]) -> bool:
    """Whether what was a discrepancy is none any more, or is a part of another item now."""
    return not any(each.item_id == old.item_id and each.kind in DISCREPANCIES for each in after)
