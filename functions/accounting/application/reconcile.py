"""Reconcile a provider: what the books say against what it settled, both ways, a part at a time."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import date
from functools import partial
from itertools import islice
from typing import Final, NamedTuple

from accounting.application.arrive import arrive
from accounting.application.look import Looking, look_at, look_at_payout
from accounting.application.ports import Books, Records
from accounting.domain.chain import LANES
from accounting.domain.manual import Periods
from accounting.domain.payouts import PayoutState
from accounting.domain.provider_rules import rules_of
from accounting.domain.reconciliation import Line, count
from accounting.domain.reconciliation_run import Run, Stage, days_of
from accounting.domain.seals import DAY_LETTERS
from accounting.domain.settlement_record import record_id_of
from shared.contracts.accounting import ReconciliationCompleted, ReconciliationRequested
from shared.contracts.bank import BANK
from shared.contracts.envelope import Cause, Event
from shared.errors.taxonomy import AlreadyHandled, StaleRow
from shared.ids import derived

PLACES_AT_ONCE: Final = 50
"""Looked through between two notes of how far a run has come."""
HOURS: Final = 24
ITEMS_AT_ONCE: Final = 500
"""Counted between two notes."""
STEPS_PER_PART: Final = 4
"""What one message takes up, well within its function's time; the rest is the next part's."""


type Asked = ReconciliationRequested
"""What the reconciling Lambda listens to."""


def request_reconciliation(
    provider: str, day: date, *, requested_by: str, records: Records, cause: Cause
) -> Run:
    """Note the run and ask for its first part; the same request again is the same run."""
    reconciliation_id = derived("rec", cause.id)
    known = records.run(reconciliation_id)
    if known is not None:
        return known
    run = Run(
        reconciliation_id=reconciliation_id,
        provider=provider,
        day=day,
        days=days_of(day, records.last_day(provider)),
        requested_at=cause.now,
        requested_by=requested_by,
        correlation_id=cause.correlation_id,
    )
    try:
        return records.keep_run(run, [_part(run)], cause)
    except StaleRow:
        standing = records.run(reconciliation_id)
        if standing is None:
            raise
        return standing


def reconcile_part(
    asked: ReconciliationRequested, *, books: Books, periods: Periods, cause: Cause
) -> Run:
    """Go on where the run stands, for one part; raises AlreadyHandled for a part that is done."""
    run = books.records.run(asked.reconciliation_id)
    if run is None or run.part != asked.part or run.stage is Stage.COMPLETED:
        raise AlreadyHandled(cause.id)
    for _ in range(STEPS_PER_PART):
        run = _step(run, books=books, periods=periods, cause=cause)
        if run.stage is Stage.COMPLETED:
            return books.records.keep_run(run, [_completed(run)], cause, handled=True)
        run = books.records.keep_run(run, [], cause)
    run = replace(run, part=run.part + 1)
    return books.records.keep_run(run, [_part(run)], cause, handled=True)


def _step(run: Run, *, books: Books, periods: Periods, cause: Cause) -> Run:
    """The next of the stage, or the next stage when there is none left."""
    if run.stage is Stage.TOTALS:
        return _counted(run, books, cause)
    looking = _looking(run, books=books, periods=periods, cause=cause)
    if run.stage is Stage.PAYOUTS:
        return _proved(run, books, looking)
    if run.provider == BANK and run.stage is not Stage.OPEN:
        return _with_the_bank(run, books, looking)
    batch = list(islice(_PLACES[run.stage](run, books), PLACES_AT_ONCE))
    if not batch:
        return run.through()
    record_ids = dict.fromkeys(place.record_id for place in batch if place.record_id)
    looked = [look_at(record_id, looking) for record_id in record_ids]
    told = run.payout_ids | {place.payout_id for place in batch if place.payout_id}
    return replace(
        run,
        cursor=batch[-1].at,
        looked_at=run.looked_at + sum(each is not None for each in looked),
        payout_ids=told,
    )


def _with_the_bank(run: Run, books: Books, looking: Looking) -> Run:
    """A bank settles no operation: its entries are looked at with the payouts in transit."""
    looked_at = arrive(run, books, looking, at_once=PLACES_AT_ONCE)
    return replace(run, looked_at=run.looked_at + looked_at) if looked_at else run.through()


def _proved(run: Run, books: Books, looking: Looking) -> Run:
    """The next payout that was told of, over all of its lines."""
    payout_id = min((each for each in run.payout_ids if each > run.cursor), default=None)
    if payout_id is None:
        return run.through()
    lines_of = partial(books.settlement.payout_lines, run.provider, payout_id)
    payouts = look_at_payout(payout_id, lines_of, looking)
    return replace(run, cursor=payout_id, payouts=(*run.payouts, *payouts))


def _counted(run: Run, books: Books, cause: Cause) -> Run:
    """The totals with the next items; completed when all are counted."""
    found = books.records.items_after(run.reconciliation_id, None, after=run.cursor)
    batch = list(islice(found, ITEMS_AT_ONCE))
    if not batch:
        return replace(run.through(), completed_at=cause.now)
    totals = dict(run.totals)
    for _, item in batch:
        count(item, totals)
    return replace(run, cursor=batch[-1][0], totals=totals)


def _looking(run: Run, *, books: Books, periods: Periods, cause: Cause) -> Looking:
    told = books.settlement.lines_told_on
    days = [day for day in run.days if any(True for _ in told(run.provider, day))]

    def lines_of(record_id: str) -> Sequence[Line]:
        """What was told of the record in the run's days."""
        return [
            line for day in days for line in books.settlement.lines_of(run.provider, day, record_id)
        ]

    return Looking(
        reconciliation_id=run.reconciliation_id,
        provider=run.provider,
        as_of=run.day,
        rules=rules_of(run.provider),
        lines_of=lines_of,
        journal=books.journal,
        records=books.records,
        periods=periods,
        cause=cause,
    )


class Place(NamedTuple):
    """Where a record was found, in the order of a stage; what is not there is empty."""

    at: str
    record_id: str
    payout_id: str = ""


def _from_entries(run: Run, books: Books) -> Iterator[Place]:
    """The payments of what was booked, in the order of booking within an hour."""
    for day in run.days:
        if day.isoformat() < run.cursor[:DAY_LETTERS] or not _booked(day.isoformat(), books):
            continue
        for hour in range(HOURS):
            since = f"{day.isoformat()}T{hour:02d}"
            if since < run.cursor[: len(since)]:
                continue
            for place, entry_id in _booked(since, books):
                if place > run.cursor:
                    entry = books.journal.find(entry_id)
                    yield Place(place, "" if entry is None else entry.payment_id)


def _booked(since: str, books: Books) -> list[tuple[str, str]]:
    """What was booked in that day or hour, in order."""
    return sorted(
        (f"{block.bucket}#{entry_id}", entry_id)
        for lane in range(LANES)
        for block in books.folds.blocks(lane, since=since)
        for entry_id, _ in block.entries
    )


def _from_lines(run: Run, books: Books) -> Iterator[Place]:
    for day in run.days:
        name = day.isoformat()
        if name < run.cursor[:DAY_LETTERS]:
            continue
        after = run.cursor.removeprefix(name) if run.cursor.startswith(name) else ""
        for place, line in books.settlement.lines_after(run.provider, day, after):
            yield Place(name + place, record_id_of(line), line.payout_id)


def _from_open(run: Run, books: Books) -> Iterable[Place]:
    """What an earlier run left waiting: its time may be over."""
    return (Place(*each) for each in books.records.open_records(run.provider, after=run.cursor))


_PLACES: Final[dict[Stage, Callable[[Run, Books], Iterable[Place]]]] = {
    Stage.ENTRIES: _from_entries,
    Stage.LINES: _from_lines,
    Stage.OPEN: _from_open,
}


def _part(run: Run) -> Event:
    return ReconciliationRequested(
        reconciliation_id=run.reconciliation_id,
        provider=run.provider,
        day=run.day,
        part=run.part,
    )


def _completed(run: Run) -> Event:
    unexplained = sum(each.state is PayoutState.UNEXPLAINED for each in run.payouts)
    return ReconciliationCompleted(
        reconciliation_id=run.reconciliation_id,
        provider=run.provider,
        day=run.day,
        operations=sum(each.operations for each in run.totals.values()),
        lines=sum(each.lines for each in run.totals.values()),
        discrepancies=run.unexplained - unexplained,
        payouts=len(run.payouts),
        payouts_unexplained=unexplained,
    )
