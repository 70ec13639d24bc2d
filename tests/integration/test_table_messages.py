"""A message waits in its service's table until it is stamped as published."""

import pytest
from botocore.exceptions import ClientError

from shared.persistence.table import UNPROCESSED, Table
from tests.doubles.memory_table import RowMissing
from tests.integration.writing import FIRST, NOW, ORDER, message, put, write


def test_a_message_is_unprocessed_until_it_is_stamped(table: Table) -> None:
    write(table, message(1, occurred="2026-01-02T00:00:00.000000Z"))
    assert table.due(UNPROCESSED, value="3", before="2026-01-03", rows_max=10) == [FIRST]
    table.stamp_processed(FIRST, now=NOW)
    assert table.due(UNPROCESSED, value="3", before="2026-01-03", rows_max=10) == []
    assert table.get(FIRST) == {
        "pk": "ORDER#ord_1",
        "sk": "MESSAGE#0000000001",
        "Id": "orders/ord_1/1/1",
        "OccurredOn": "2026-01-02T00:00:00.000000Z",
        "Type": "OrderPlaced",
        "Payload": "{}",
        "Retries": 0,
        "ProcessedOn": "2026-01-02T03:04:05.000678Z",
    }


def test_a_message_may_be_stamped_again(table: Table) -> None:
    write(table, message(1, occurred="2026-01-02T00:00:00.000000Z"))
    for _ in range(2):
        table.stamp_processed(FIRST, now=NOW)
    assert table.due(UNPROCESSED, value="3", before="2026-01-03", rows_max=10) == []


def test_of_what_is_unprocessed_the_oldest_before_a_time_come_first(table: Table) -> None:
    for number, day in ((1, "03"), (2, "01"), (3, "02"), (4, "04")):
        write(table, message(number, occurred=f"2026-01-{day}T00:00:00.000000Z"))
    write(table, message(5, occurred="2026-01-01T00:00:00.000000Z", shard="4"))

    def found(rows_max: int) -> list[str]:
        before = "2026-01-04T00:00:00.000000Z"
        keys = table.due(UNPROCESSED, value="3", before=before, rows_max=rows_max)
        return [key.sk[-1] for key in keys]

    assert found(10) == ["2", "3", "1"]
    assert found(2) == ["2", "3"]


def test_refusals_of_the_bus_are_counted(table: Table) -> None:
    write(table, message(1, occurred="2026-01-02T00:00:00.000000Z"))
    table.count_retry(FIRST)
    table.count_retry(FIRST)
    row = table.get(FIRST)
    assert row is not None
    assert (row["Retries"], row["Unprocessed"]) == (2, "3")


def test_only_a_message_can_be_stamped_or_counted(table: Table) -> None:
    write(table, put(ORDER, version=1))
    for key in (ORDER, FIRST):
        with pytest.raises((ClientError, RowMissing)):
            table.stamp_processed(key, now=NOW)
        with pytest.raises((ClientError, RowMissing)):
            table.count_retry(key)
    assert table.get(ORDER) == {"pk": "ORDER#ord_1", "sk": "STATE", "version": 1}
    assert table.get(FIRST) is None
