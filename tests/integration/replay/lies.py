"""Doubles that are not true, each in one way: what a replay must find."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any, override

from shared.errors.taxonomy import AlreadyHandled, StaleRow
from shared.persistence.rows import Row
from shared.persistence.table import Index, Key, Put
from tests.doubles.memory_table import MemoryTable


class ForgetsTheCause(MemoryTable):
    @override
    def commit(self, puts: Sequence[Put], *, cause_id: str | None, now: datetime) -> None:
        super().commit(puts, cause_id=None if puts else cause_id, now=now)


class TellsStaleBeforeHandled(MemoryTable):
    @override
    def commit(self, puts: Sequence[Put], *, cause_id: str | None, now: datetime) -> None:
        try:
            super().commit(puts, cause_id=cause_id, now=now)
        except AlreadyHandled:
            if puts and not all(self._holds(put) for put in puts):
                raise StaleRow from None
            raise


class OverwritesWhatIsThere(MemoryTable):
    @override
    def _holds(self, put: Put) -> bool:
        return put.seen == 0 or super()._holds(put)


class TakesAnyVersion(MemoryTable):
    @override
    def _holds(self, put: Put) -> bool:
        return (put.seen > 0 and put.key in self._items) or super()._holds(put)


class WritesHalf(MemoryTable):
    """The rows that may be written are, before the others refuse the commit."""

    @override
    def commit(self, puts: Sequence[Put], *, cause_id: str | None, now: datetime) -> None:
        try:
            super().commit(puts, cause_id=cause_id, now=now)
        except StaleRow:
            held = [put for put in puts if self._holds(put)]
            if held:
                super().commit(held, cause_id=None, now=now)
            raise


class LeavesTheMessageWaiting(MemoryTable):
    @override
    def stamp_processed(self, key: Key, *, now: datetime) -> None:
        shard = self._items.get(key, {}).get("Unprocessed")
        super().stamp_processed(key, now=now)
        if shard is not None:
            self._items[key]["Unprocessed"] = shard


class StampsAnything(MemoryTable):
    @override
    def _message(self, key: Key) -> dict[str, dict[str, Any]]:
        return self._items[key] if key in self._items else super()._message(key)


class ReadsInTheOrderOfWriting(MemoryTable):
    @override
    def partition(self, pk: str, *, sk_prefix: str = "", sk_from: str = "") -> Iterator[Row]:
        return iter(
            row
            for row in self.rows()
            if row["pk"] == pk and _starts(row, sk_prefix) and str(row["sk"]) >= sk_from
        )


class BeginsAtTheBound(MemoryTable):
    @override
    def after(self, index: Index, *, value: str, bound: str) -> Iterator[Row]:
        return (row for row in self._indexed(index, value) if str(row[index.sort]) >= bound)


class ShowsAllOfARowInAnIndex(MemoryTable):
    @override
    def _indexed(self, index: Index, value: str) -> list[Row]:
        return [
            self.get(Key(str(r["pk"]), str(r["sk"]))) or r for r in super()._indexed(index, value)
        ]


class TellsChangesAsInserts(MemoryTable):
    @override
    def commit(self, puts: Sequence[Put], *, cause_id: str | None, now: datetime) -> None:
        super().commit(puts, cause_id=cause_id, now=now)
        self._inserts += [put.row for put in puts if put.seen and "Payload" in put.row]


class TakesNumbersOfAnyLength(MemoryTable):
    @override
    def commit(self, puts: Sequence[Put], *, cause_id: str | None, now: datetime) -> None:
        short = [replace(put, row={**put.row, "amount": 0}) for put in puts if _long(put)]
        super().commit(short or puts, cause_id=cause_id, now=now)


LIES = (
    ForgetsTheCause,
    TellsStaleBeforeHandled,
    OverwritesWhatIsThere,
    TakesAnyVersion,
    WritesHalf,
    LeavesTheMessageWaiting,
    StampsAnything,
    ReadsInTheOrderOfWriting,
    BeginsAtTheBound,
    ShowsAllOfARowInAnIndex,
    TellsChangesAsInserts,
    TakesNumbersOfAnyLength,
)


def _starts(row: Row, prefix: str) -> bool:
    return str(row["sk"]).startswith(prefix)


def _long(put: Put) -> bool:
    return len(str(put.row.get("amount", ""))) > 38
