"""The table's double can be crashed before and after each write, and gives its stream."""

from datetime import UTC, datetime

import pytest

from shared.errors.taxonomy import StaleRow
from shared.persistence.rows import Row
from shared.persistence.table import Key, Put
from tests.doubles.memory_table import MemoryTable, stream_event

NOW = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
KEY = Key("ORDER#ord_1", "MESSAGE#0000000001")
STATE = Put(key=Key("ORDER#ord_1", "STATE"), row={"version": 1})


class Crash(Exception):
    """The worker is gone."""


def message(number: int) -> Put:
    row: Row = {
        "Payload": f"{number}",
        "Retries": 0,
        "Unprocessed": "0",
        "OccurredOn": "2026-01-02",
    }
    return Put(key=Key("ORDER#ord_1", f"MESSAGE#{number:010d}"), row=row)


def crash_at(table: MemoryTable, moment: str) -> None:
    def on_write(name: str) -> None:
        if name == moment:
            raise Crash

    table.on_write = on_write


def test_every_write_tells_when_it_begins_and_when_it_is_done() -> None:
    told: list[str] = []
    table = MemoryTable()
    table.on_write = told.append
    table.commit([STATE, message(1)], cause_id="req_1", now=NOW)
    table.count_retry(KEY)
    table.stamp_processed(KEY, now=NOW)
    table.get(KEY)
    with pytest.raises(StaleRow):
        table.commit([STATE], cause_id=None, now=NOW)
    assert told == [
        "before commit",
        "after commit",
        "before count_retry",
        "after count_retry",
        "before stamp_processed",
        "after stamp_processed",
        "before commit",
    ]


def test_a_crash_before_a_write_leaves_nothing_behind() -> None:
    table = MemoryTable()
    crash_at(table, "before commit")
    with pytest.raises(Crash):
        table.commit([STATE, message(1)], cause_id="req_1", now=NOW)
    assert table.get(STATE.key) is None
    assert not table.handled("req_1")
    assert table.drain_inserts() == []


def test_a_crash_after_a_write_leaves_all_of_it_behind() -> None:
    table = MemoryTable()
    crash_at(table, "after commit")
    with pytest.raises(Crash):
        table.commit([STATE, message(1)], cause_id="req_1", now=NOW)
    assert table.get(STATE.key) is not None
    assert table.handled("req_1")
    assert [row["Payload"] for row in table.drain_inserts()] == ["1"]


def test_the_inserted_messages_come_once_in_order_as_they_were_inserted() -> None:
    table = MemoryTable()
    table.commit([STATE, message(1), message(2)], cause_id=None, now=NOW)
    table.commit([message(3)], cause_id=None, now=NOW)
    table.stamp_processed(KEY, now=NOW)
    rows = table.drain_inserts()
    assert [row["Payload"] for row in rows] == ["1", "2", "3"]
    assert rows[0]["Unprocessed"] == "0"
    assert table.drain_inserts() == []


def test_the_stream_tells_of_inserted_rows_in_their_order() -> None:
    table = MemoryTable()
    table.commit([message(1), message(2)], cause_id=None, now=NOW)
    first, second = stream_event(table.drain_inserts())["Records"]
    assert first["eventName"] == "INSERT"
    assert first["dynamodb"]["NewImage"]["Payload"] == {"S": "1"}
    assert first["dynamodb"]["SequenceNumber"] < second["dynamodb"]["SequenceNumber"]
