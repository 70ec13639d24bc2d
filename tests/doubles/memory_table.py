"""A service's table in memory, which keeps every promise of the real one and can fail on demand."""

from __future__ import annotations

import threading
import zlib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime
from typing import Any, Final

from shared.errors.taxonomy import AlreadyHandled, StaleRow
from shared.moments import timestamp
from shared.persistence.possible_keys import possible
from shared.persistence.rows import Row, dump_row, load_row, load_row_by_name
from shared.persistence.span import Span
from shared.persistence.table import Index, Key, Page, Put, Table, with_mark
from tests.doubles.dynamodb_limits import assert_writable


class RowMissing(Exception):
    """An update of a message that is not there: DynamoDB's condition refuses it."""


INDEXES: Final = {
    name: Index(name, partition=partition, sort="OccurredOn")
    for name, partition in (
        ("by_payment", "payment_id"),
        ("by_order", "order_id"),
        ("by_payout", "payout_id"),
        ("operations", "OperationDay"),
    )
} | {"by_provider": Index("by_provider", partition="ProviderPayment", sort="CreatedAt")}


class MemoryTable(Table):
    """`on_write` is told `before …` and `after …` each of `commit`, `stamp_processed` and
    `count_retry`; what it raises leaves the call, before or after the write took effect. A write
    that is refused has no `after`.
    """

    def __init__(self) -> None:
        self.on_write: Callable[[str], None] | None = None
        self._items: dict[Key, dict[str, dict[str, Any]]] = {}
        self._partitions: dict[str, set[Key]] = {}
        self._inserts: list[Row] = []
        self._lock = threading.RLock()

    def drain_inserts(self) -> list[Row]:
        """The messages inserted since the last call, in order, as they were inserted."""
        with self._lock:
            rows, self._inserts = self._inserts, []
        return rows

    def rows(self) -> list[Row]:
        """Every row there is."""
        with self._lock:
            return [self._row(key) for key in self._items]

    def overwrite(self, row: Row) -> None:
        """What no code of the platform can do, and somebody with the right to the table can."""
        with self._lock:
            self._keep(Key(str(row["pk"]), str(row["sk"])), dump_row(row))

    def remove(self, pk: str, sk: str) -> None:
        """As `overwrite`: only from outside."""
        with self._lock:
            del self._items[Key(pk, sk)]
            self._partitions[pk].remove(Key(pk, sk))

    def get(self, key: Key) -> Row | None:
        with self._lock:
            return self._row(key) if key in self._items else None

    def get_many(self, keys: Sequence[Key]) -> Iterator[Row]:
        with self._lock:
            found = [key for key in dict.fromkeys(keys) if key in self._items]
            return iter([load_row_by_name(self._items[key]) for key in found])

    def last(self, pk: str, *, sk_max: str) -> Row | None:
        if not possible(pk, sk_max):
            return None
        with self._lock:
            keys = [key for key in self._partitions.get(pk, ()) if key.sk <= sk_max]
            return self._row(max(keys, key=lambda key: key.sk.encode())) if keys else None

    def partition(self, pk: str, *, sk_prefix: str = "", sk_from: str = "") -> Iterator[Row]:
        assert not (sk_prefix and sk_from), "DynamoDB takes one bound or the other"
        with self._lock:
            keys = [
                key
                for key in self._partitions.get(pk, ())
                if key.sk.startswith(sk_prefix) and key.sk >= sk_from
            ]
            rows = [self._row(key) for key in sorted(keys, key=lambda key: key.sk.encode())]
        return iter(rows)

    def index(self, name: str, *, attribute: str, value: str) -> Iterator[Row]:
        index = INDEXES[name]
        assert attribute == index.partition, f"{name} is partitioned by {index.partition}"
        return iter(self._indexed(index, value))

    def after(self, index: Index, *, value: str, bound: str) -> Iterator[Row]:
        found = (row for row in self._indexed(index, value) if str(row[index.sort]) > bound)
        return found if bound else iter(())

    def scan(self, *, sk: str) -> Iterator[Row]:
        with self._lock:
            return iter([load_row_by_name(self._items[key]) for key in self._items if key.sk == sk])

    def outbox(self, span: Span, *, after: Key | None, looked_at_max: int) -> Page:
        """In an order of partitions that has nothing to do with time, as a scan's."""
        with self._lock:
            keys = sorted(self._items, key=_place)
            left = [key for key in keys if after is None or _place(key) > _place(after)]
            looked = left[:looked_at_max]
            rows = tuple(row for key in looked if _spanned(row := self._row(key), span))
        last = looked[-1] if len(left) > looked_at_max else None
        return Page(rows=rows, looked_at=len(looked), last=last)

    def commit(self, puts: Sequence[Put], *, cause_id: str | None, now: datetime) -> None:
        puts = with_mark(puts, cause_id=cause_id, now=now)
        items = [(put, dump_row({**put.row, "pk": put.key.pk, "sk": put.key.sk})) for put in puts]
        self._check([item for _, item in items])
        with self._storing("commit"):
            holds = [self._holds(put) for put in puts]
            if cause_id is not None and not holds[0]:
                raise AlreadyHandled(cause_id)
            if not all(holds):
                raise StaleRow
            for put, item in items:
                if "Payload" in item and put.key not in self._items:
                    self._inserts.append(load_row(item))
                self._keep(put.key, item)

    def _keep(self, key: Key, item: dict[str, dict[str, Any]]) -> None:
        self._items[key] = item
        self._partitions.setdefault(key.pk, set()).add(key)

    def _check(self, items: Sequence[Mapping[str, Any]]) -> None:
        """What DynamoDB would refuse whatever the table holds."""
        assert_writable(items)

    def stamp_processed(self, key: Key, *, now: datetime) -> None:
        with self._storing("stamp_processed"):
            item = self._message(key)
            item["ProcessedOn"] = {"S": timestamp(now)}
            item.pop("Unprocessed", None)

    def count_retry(self, key: Key) -> None:
        with self._storing("count_retry"):
            item = self._message(key)
            before = item.get("Retries", {"N": "0"})["N"]
            item["Retries"] = {"N": str(int(before) + 1)}

    def due(self, index: Index, *, value: str, before: str, rows_max: int) -> list[Key]:
        due = [row for row in self._indexed(index, value) if str(row[index.sort]) < before]
        return [Key(str(row["pk"]), str(row["sk"])) for row in due[:rows_max]]

    @contextmanager
    def _storing(self, name: str) -> Iterator[None]:
        self._tell(f"before {name}")
        with self._lock:
            yield
        self._tell(f"after {name}")

    def _tell(self, moment: str) -> None:
        if self.on_write is not None:
            self.on_write(moment)

    def _holds(self, put: Put) -> bool:
        item = self._items.get(put.key)
        if not put.seen:
            return item is None
        return item is not None and item.get("version") == {"N": str(put.seen)}

    def _message(self, key: Key) -> dict[str, dict[str, Any]]:
        item = self._items.get(key, {})
        if "Retries" not in item:
            raise RowMissing(key)
        return item

    def _row(self, key: Key) -> Row:
        return load_row(self._items[key])

    def _indexed(self, index: Index, value: str) -> list[Row]:
        with self._lock:
            rows = [self._row(key) for key in self._items]
        found = [row for row in rows if row.get(index.partition) == value and index.sort in row]
        found.sort(key=lambda row: str(row[index.sort]))
        names = ("pk", "sk", index.partition, index.sort)  # every index holds keys only
        return [{name: row[name] for name in names} for row in found]


def _place(key: Key) -> tuple[int, str, bytes]:
    return zlib.crc32(key.pk.encode()), key.pk, key.sk.encode()


def stream_event(rows: Iterable[Row]) -> dict[str, Any]:
    """The rows as the table's stream tells its relay of their insertion."""
    return {
        "Records": [
            {
                "eventName": "INSERT",
                "dynamodb": {"NewImage": dump_row(row), "SequenceNumber": f"{number:021d}"},
            }
            for number, row in enumerate(rows, start=1)
        ]
    }


def _spanned(row: Row, span: Span) -> bool:
    """Whether the row is a message of the span."""
    occurred_on = str(row.get("OccurredOn", ""))
    return (
        "Payload" in row
        and timestamp(span.begins_at) <= occurred_on < timestamp(span.ends_at)
        and (not span.types or str(row["Type"]) in span.types)
        and (span.about is None or span.about in str(row["pk"]))
    )
