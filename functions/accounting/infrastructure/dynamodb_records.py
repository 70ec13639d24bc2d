"""Settlement records, reconciliation runs and their items, in the accounting table."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date
from itertools import groupby
from typing import Any, Final

from accounting.domain.journal import JournalEntry
from accounting.domain.reconciliation import Class, Item
from accounting.domain.reconciliation_run import Run, Stage
from accounting.domain.settlement_record import Review, SettlementRecord
from accounting.infrastructure import record_rows, run_rows
from accounting.infrastructure.entry_rows import SERVICE, key_of
from accounting.infrastructure.entry_rows import to_row as entry_row
from shared.contracts.accounting import LedgerEntryCreated
from shared.contracts.envelope import Cause, Event
from shared.persistence.aggregate import STATE, Aggregates, Snapshot
from shared.persistence.rows import Row
from shared.persistence.table import Index, Key, Put, Table

OPEN: Final = Index("open_items", partition="open_for", sort="since")
"""The records that wait for something, by provider, oldest first."""
_FIRST: Final = ""
_BOUND_LETTERS: Final = 9
_BEFORE_ALL: Final = "0"
"""A bound of a sort key is never empty."""
_RECORD: Final = "SETTLEMENT"


class DynamoDbRecords:
    def __init__(self, table: Table) -> None:
        self._table = table
        self._records = Aggregates(table, service=SERVICE, kind=_RECORD)
        self._runs = Aggregates(table, service=SERVICE, kind="RECONCILIATION")

    def find(self, record_id: str) -> SettlementRecord | None:
        row = self._records.find(record_id)
        return None if row is None else record_rows.from_row(record_id, dict(row))

    def find_all(self, record_ids: Sequence[str]) -> dict[str, SettlementRecord]:
        rows = self._table.get_many([self._key(each) for each in record_ids])
        found = ((str(row["pk"]).removeprefix(f"{_RECORD}#"), dict(row)) for row in rows)
        return {record_id: record_rows.from_row(record_id, row) for record_id, row in found}

    def looked_at(self, record_id: str, reconciliation_id: str) -> bool:
        return self._table.get(Key(_items_of(reconciliation_id), record_id)) is not None

    def commit(
        self,
        found: Review,
        entries: Sequence[tuple[JournalEntry, LedgerEntryCreated]],
        messages: Sequence[Event],
        *,
        reconciliation_id: str,
        cause: Cause,
        also: Sequence[Review] = (),
    ) -> None:
        record = replace(found.record, looked_at_by=reconciliation_id)
        puts = [self._put(each.record, cause) for each in also]
        if found.items:
            items: Row = {"items": [record_rows.item_row(item) for item in found.items]}
            puts.append(Put(key=Key(_items_of(reconciliation_id), record.record_id), row=items))
        self._keep(record, entries, messages, also=puts, cause=cause)

    def _put(self, record: SettlementRecord, cause: Cause) -> Put:
        """A record's next state that goes with another's: it tells nothing of itself."""
        row: Row = {
            **record_rows.to_row(record),
            "version": record.version + 1,
            "sequence": record.sequence,
            "correlation_id": cause.correlation_id,
        }
        return Put(key=self._key(record.record_id), row=row, seen=record.version)

    def _key(self, record_id: str) -> Key:
        return Key(self._records.partition(record_id), STATE)

    def keep(
        self,
        record: SettlementRecord,
        entries: Sequence[tuple[JournalEntry, LedgerEntryCreated]],
        *,
        cause: Cause,
    ) -> None:
        self._keep(record, entries, (), also=(), cause=cause)

    def _keep(
        self,
        record: SettlementRecord,
        entries: Sequence[tuple[JournalEntry, LedgerEntryCreated]],
        messages: Sequence[Event],
        *,
        also: Sequence[Put],
        cause: Cause,
    ) -> None:
        booked = [
            Put(key=key_of(entry.entry_id), row=entry_row(entry, created, cause))
            for entry, created in entries
        ]
        snapshot = Snapshot(
            aggregate_id=record.record_id,
            row=record_rows.to_row(record),
            version=record.version,
            sequence=record.sequence,
            correlation_id=cause.correlation_id,
        )
        self._records.commit(snapshot, messages, cause, handled=False, also=[*booked, *also])

    def run(self, reconciliation_id: str) -> Run | None:
        row = self._runs.find(reconciliation_id)
        return None if row is None else run_rows.from_row(reconciliation_id, dict(row))

    def keep_run(
        self, run: Run, messages: Sequence[Event], cause: Cause, *, handled: bool = False
    ) -> Run:
        snapshot = Snapshot(
            aggregate_id=run.reconciliation_id,
            row=run_rows.to_row(run),
            version=run.version,
            sequence=run.sequence,
            correlation_id=run.correlation_id,
        )
        also = [self._last(run)] if run.stage is Stage.COMPLETED else []
        self._runs.commit(snapshot, messages, cause, handled=handled, also=also)
        return replace(run, version=run.version + 1, sequence=run.sequence + len(messages))

    def last_day(self, provider: str) -> date | None:
        row = self._table.get(_last_key(provider))
        return None if row is None else date.fromisoformat(str(row["day"]))

    def open_records(self, provider: str, *, after: str) -> Iterator[tuple[str, str]]:
        from_day = after[:_BOUND_LETTERS] or _BEFORE_ALL  # a little too early: no day is cut
        rows = self._table.after(OPEN, value=provider, bound=from_day)
        for since, of_day in groupby(rows, key=lambda row: str(row[OPEN.sort])):
            # an index keeps no order among those of one day, and a place needs one
            for record_id in sorted(str(row["pk"]).removeprefix(f"{_RECORD}#") for row in of_day):
                place = f"{since}#{record_id}"
                if place > after:
                    yield place, record_id

    def items_after(
        self, reconciliation_id: str, kind: Class | None, *, after: str
    ) -> Iterator[tuple[str, Item]]:
        """The items of a class (of all where none is given) behind a place, with their places."""
        from_record = after.partition("#")[0]
        for row in self._table.partition(_items_of(reconciliation_id), sk_from=from_record):
            items: Any = row["items"]
            # in the order of their places, or whoever goes on behind one would meet some again
            for item in sorted(map(record_rows.item_of, items), key=lambda each: each.item_id):
                place = f"{row['sk']}#{item.item_id}"
                if place > after and kind in {None, item.kind}:
                    yield place, item

    def _last(self, run: Run) -> Put:
        """A run through an earlier day than the last one's says nothing new of it."""
        key = _last_key(run.provider)
        known: Any = self._table.get(key) or {"version": 0, "day": _FIRST}
        row: Row = {
            "day": max(known["day"], run.day.isoformat()),
            "reconciliation_id": run.reconciliation_id,
            "version": known["version"] + 1,
        }
        return Put(key=key, row=row, seen=known["version"])


def _items_of(reconciliation_id: str) -> str:
    return f"ITEMS#{reconciliation_id}"


def _last_key(provider: str) -> Key:
    return Key(f"RECONCILED#{provider}", STATE)
