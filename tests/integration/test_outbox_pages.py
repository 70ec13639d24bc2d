"""A span of the outbox is read page by page, from any row on, on a real table as in memory."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from shared.moments import timestamp
from shared.persistence.rows import Row
from shared.persistence.span import Span
from shared.persistence.table import Key, Put, Table

BEGIN = datetime(2026, 1, 2, 3, 0, tzinfo=UTC)
SPAN = Span(begins_at=BEGIN, ends_at=BEGIN + timedelta(hours=10))


@pytest.fixture
def told(table: Table) -> Table:
    """Four orders with five messages each, an hour apart, and rows that are no message."""
    for order in range(4):
        key = Key(f"ORDER#ord_{order}", "STATE")
        puts = [Put(key=key, row={"version": 1, "OccurredOn": timestamp(BEGIN)})]
        for hour in range(5):
            row: Row = {
                "OccurredOn": timestamp(BEGIN + timedelta(hours=hour)),
                "Type": "OrderPlaced" if hour == 0 else "OrderConfirmed",
                "Payload": f"{order}/{hour}",
            }
            puts.append(Put(key=Key(key.pk, f"MESSAGE#{hour:010d}"), row=row))
        table.commit(puts, cause_id=f"req_{order}", now=BEGIN)
    return table


def read(table: Table, span: Span, *, at_once: int) -> tuple[list[str], int]:
    """The payloads in the order they are found, and how many rows were looked at."""
    found: list[str] = []
    looked_at, after = 0, None
    for _ in range(100):
        page = table.outbox(span, after=after, looked_at_max=at_once)
        found += [str(row["Payload"]) for row in page.rows]
        looked_at += page.looked_at
        after = page.last
        if after is None:
            return found, looked_at
    raise AssertionError("the table has no end")


@pytest.mark.parametrize("at_once", [1, 3, 7, 1000])
def test_pages_of_any_size_hold_every_message_once_each_order_in_sequence(
    told: Table, at_once: int
) -> None:
    found, looked_at = read(told, SPAN, at_once=at_once)
    assert sorted(found) == [f"{order}/{hour}" for order in range(4) for hour in range(5)]
    for order in range(4):
        mine = [each for each in found if each.startswith(f"{order}/")]
        assert mine == [f"{order}/{hour}" for hour in range(5)]
    assert looked_at == 28  # with four states and four causes


def test_a_span_begins_with_its_first_moment_and_ends_before_its_last(told: Table) -> None:
    part = Span(begins_at=BEGIN + timedelta(hours=1), ends_at=BEGIN + timedelta(hours=3))
    found, _ = read(told, part, at_once=1000)
    assert sorted(found) == [f"{order}/{hour}" for order in range(4) for hour in (1, 2)]


def test_some_types_alone_or_one_order_alone(told: Table) -> None:
    placed = replace(SPAN, types=("OrderPlaced", "OrderCancelled"))
    assert sorted(read(told, placed, at_once=5)[0]) == ["0/0", "1/0", "2/0", "3/0"]
    one = replace(placed, about="ord_2")
    assert read(told, one, at_once=5)[0] == ["2/0"]


def test_it_goes_on_behind_any_message(told: Table) -> None:
    whole, _ = read(told, SPAN, at_once=1000)
    rows = told.outbox(SPAN, after=None, looked_at_max=1000).rows
    middle = Key(str(rows[11]["pk"]), str(rows[11]["sk"]))
    rest = told.outbox(SPAN, after=middle, looked_at_max=1000)
    assert [str(row["Payload"]) for row in rest.rows] == whole[12:]


def test_an_empty_table_has_one_page(table: Table) -> None:
    assert read(table, SPAN, at_once=10) == ([], 0)
