"""Reconcile with the bank: each payout in transit against the entries of its statements.

What is new and what waits is looked at together, again in each step: what a step has written is not
new in the next one, so a run that was killed goes on where it was.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import Final

from accounting.application.look import Looking, look_at_found, was_here
from accounting.application.ports import Books
from accounting.domain.arrivals import (
    PayoutSent,
    arrived,
    assigned,
    payout_of,
    provider_of,
    transit_record,
    with_sent,
)
from accounting.domain.journal import JournalEntry
from accounting.domain.posting_rules import entry_id_for
from accounting.domain.reconciliation import Line
from accounting.domain.reconciliation_run import Run
from accounting.domain.settlement_record import (
    IN_TRANSIT,
    OF_A_LINE,
    SettlementRecord,
    given_away,
    review,
)
from accounting.domain.settlement_rules import arrival_named
from shared.contracts.accounting import PayoutArrived
from shared.contracts.bank import BANK
from shared.contracts.envelope import Event

LINES_AT_ONCE: Final = 10
"""Entries given to one payout by one write; what is left of them waits for the next run."""


@dataclass(slots=True)
class _Found:
    """What waits on both sides. `alone` are records of entries that nobody has been given, by the
    entry's id; `fresh` are records that the run has to look at, whatever it finds."""

    transit: dict[str, SettlementRecord] = field(default_factory=dict)
    alone: dict[str, SettlementRecord] = field(default_factory=dict)
    fresh: set[str] = field(default_factory=set)


type _Job = Callable[[], None]


def arrive(run: Run, books: Books, looking: Looking, *, at_once: int) -> int:
    """Look at some of what is new; returns how many records were looked at, 0 when all are."""
    found = _found(run, books)
    jobs = _jobs(found, looking)[:at_once]
    for job in jobs:
        job()
    return len(jobs)


def _jobs(found: _Found, looking: Looking) -> list[_Job]:
    lines = {
        line_id: record.lines[0]
        for line_id, record in found.alone.items()
        if not was_here(record, looking)  # what a run has counted once is the next one's to give
    }
    given = assigned(tuple(found.transit.values()), lines.values(), looking.rules)
    theirs: dict[str, list[str]] = {}
    for line_id, record_id in sorted(given.items()):
        theirs.setdefault(record_id, []).append(line_id)
    jobs: list[_Job] = []
    for record_id, record in sorted(found.transit.items()):
        some = [found.alone[each] for each in theirs.get(record_id, ())[:LINES_AT_ONCE]]
        if (some or record_id in found.fresh) and not was_here(record, looking):
            jobs.append(lambda r=record, s=some: _give(r, s, looking))  # type: ignore[misc]
    for line_id, record in sorted(found.alone.items()):
        if line_id not in given and record.record_id in found.fresh:
            jobs.append(lambda r=record: _leave(r, looking))  # type: ignore[misc]
    return jobs


def _give(record: SettlementRecord, alone: Sequence[SettlementRecord], looking: Looking) -> None:
    """A payout with the entries that are its own: written together with what they were before."""
    lines = [arrived(each.lines[0], record) for each in alone]
    before = replace(record, operations=())
    found = review(before, record.operations, lines, rules=looking.rules, as_of=looking.as_of)
    dropped = [given_away(each) for each in alone]
    entries = [_entry(line, record, looking) for line in lines]
    told = [_told(line, record) for line in lines]
    look_at_found(found, looking, also=dropped, entries=entries, events=told)


def _leave(record: SettlementRecord, looking: Looking) -> None:
    """An entry that is nobody's: in suspense until a payout or a person explains it."""
    found = review(
        replace(record, lines=()), (), record.lines, rules=looking.rules, as_of=looking.as_of
    )
    look_at_found(found, looking)


def _found(run: Run, books: Books) -> _Found:
    found = _Found()
    for _, record_id in books.records.open_records(BANK, after=""):
        record = books.records.find(record_id)
        if record is not None and record_id.startswith(IN_TRANSIT):
            found.transit[record_id] = record
        elif record is not None and any(each.is_open for each in record.standing):
            found.alone[record_id.removeprefix(OF_A_LINE)] = record
    _add_sent(
        [each for day in run.days for each in books.settlement.payouts_sent(day)], found, books
    )
    _add_lines(
        [each for day in run.days for each in books.settlement.bank_lines(day)], found, books
    )
    return found


def _add_sent(sent: Sequence[PayoutSent], found: _Found, books: Books) -> None:
    known = books.records.find_all(sorted({each.record_id for each in sent} - set(found.transit)))
    for each in sent:
        record = found.transit.get(each.record_id) or known.get(each.record_id)
        before = record or transit_record(each.record_id)
        after = with_sent(before, [each])
        if after != before:
            found.transit[each.record_id] = after
            found.fresh.add(each.record_id)


def _add_lines(lines: Sequence[Line], found: _Found, books: Books) -> None:
    """Those that no record is about yet: a known one waits, was given, or was explained."""
    new = {line.line_id: line for line in lines if line.line_id not in found.alone}
    known = books.records.find_all([OF_A_LINE + line_id for line_id in new])
    for line_id, line in new.items():
        record_id = OF_A_LINE + line_id
        if record_id not in known:
            found.alone[line_id] = SettlementRecord(
                record_id=record_id, provider=BANK, lines=(line,)
            )
            found.fresh.add(record_id)


def _entry(line: Line, record: SettlementRecord, looking: Looking) -> JournalEntry:
    """The entry moves from the unknown to the payout, once, whoever looks how often."""
    return JournalEntry(
        entry_id=entry_id_for("arrival", line.line_id),
        cause_id=looking.cause.id,
        fact=PayoutArrived.__name__,
        description="Payout arrived",
        reference=line.line_id,
        postings=arrival_named(line.gross, payout_of(record)),
        booked_at=looking.cause.now,
        effective_at=looking.periods.effective(looking.cause.now),
        payout_id=payout_of(record),
    )


def _told(line: Line, record: SettlementRecord) -> Event:
    return PayoutArrived(
        payout_id=payout_of(record),
        provider=provider_of(record),
        line_id=line.line_id,
        amount=line.gross,
        booked_on=line.settled_on,
    )
