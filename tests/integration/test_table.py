"""What a service's table promises: all of a commit or nothing, once for its cause, never over."""

from collections import Counter
from typing import Any

import pytest

from shared.errors.taxonomy import AlreadyHandled, StaleRow
from shared.persistence.rows import Row
from shared.persistence.table import Index, Key, Put, Table
from tests.integration.racing import race
from tests.integration.writing import FIRST, ORDER, message, put, write


def test_a_new_row_is_read_as_it_was_written(table: Table) -> None:
    row: Row = {
        "version": 1,
        "amount": 9007199254740991,
        "open": True,
        "lines": [{"sku": "b\u00fccher", "quantity": 2, "note": None}],
        "metadata": {"": "", "a": "b"},
    }
    write(table, Put(key=ORDER, row={**row, "failure_code": None}))
    assert table.get(ORDER) == {"pk": "ORDER#ord_1", "sk": "STATE", **row}
    assert table.get(FIRST) is None


def test_what_was_read_is_not_tied_to_the_table(table: Table) -> None:
    lines: Any = [{"sku": "book"}]
    write(table, put(ORDER, lines=lines))
    lines.append({"sku": "pen"})
    read: Any = table.get(ORDER)
    read["lines"].append({"sku": "ink"})
    again = table.get(ORDER)
    assert again is not None
    assert again["lines"] == [{"sku": "book"}]


def test_a_row_is_new_once(table: Table) -> None:
    write(table, put(ORDER, version=1, status="pending"))
    with pytest.raises(StaleRow):
        write(table, put(ORDER, version=1, status="other"))
    read = table.get(ORDER)
    assert read is not None
    assert read["status"] == "pending"


def test_a_row_is_replaced_at_the_version_that_was_seen(table: Table) -> None:
    write(table, put(ORDER, version=1, status="pending", failure_code="x"))
    write(table, put(ORDER, seen=1, version=2, status="paid"))
    assert table.get(ORDER) == {
        "pk": "ORDER#ord_1",
        "sk": "STATE",
        "version": 2,
        "status": "paid",
    }


@pytest.mark.parametrize("seen", [1, 3])
def test_a_row_at_another_version_stays(table: Table, seen: int) -> None:
    write(table, put(ORDER, version=1))
    write(table, put(ORDER, seen=1, version=2))
    with pytest.raises(StaleRow):
        write(table, put(ORDER, seen=seen, version=9))
    read = table.get(ORDER)
    assert read is not None
    assert read["version"] == 2


def test_a_row_that_is_not_there_has_no_version(table: Table) -> None:
    with pytest.raises(StaleRow):
        write(table, put(ORDER, seen=1, version=2))
    assert table.get(ORDER) is None


def test_of_a_commit_that_is_refused_nothing_is_written(table: Table) -> None:
    write(table, put(ORDER, version=1))
    messages = [message(number, occurred="2026-01-02T00:00:00.000000Z") for number in (1, 2)]
    for stale in (put(ORDER, seen=2, version=3), put(ORDER, version=1)):
        with pytest.raises(StaleRow):
            write(table, *messages, stale, cause_id="req_1")
    assert [row["sk"] for row in table.partition("ORDER#ord_1")] == ["STATE"]
    assert not table.handled("req_1")


def test_a_cause_is_marked_with_its_effect_and_for_ninety_days(table: Table) -> None:
    assert not table.handled("req_1")
    write(table, put(ORDER, version=1), cause_id="req_1")
    assert table.handled("req_1")
    assert not table.handled("req_2")
    assert table.get(Key("CAUSE#req_1", "CAUSE")) == {
        "pk": "CAUSE#req_1",
        "sk": "CAUSE",
        "handled_at": "2026-01-02T03:04:05.000678Z",
        "expires_at": 1775099045,
    }


def test_a_cause_takes_effect_once(table: Table) -> None:
    write(table, put(ORDER, version=1), cause_id="req_1")
    with pytest.raises(AlreadyHandled, match="req_1"):
        write(table, put(FIRST, version=1), cause_id="req_1")
    assert table.get(FIRST) is None


def test_a_cause_that_was_handled_is_told_before_a_row_that_is_stale(table: Table) -> None:
    write(table, put(ORDER, version=1), cause_id="req_1")
    with pytest.raises(AlreadyHandled):
        write(table, put(ORDER, version=1), cause_id="req_1")


def test_a_refused_commit_leaves_its_cause_open(table: Table) -> None:
    write(table, put(ORDER, version=1))
    with pytest.raises(StaleRow):
        write(table, put(ORDER, version=1), cause_id="req_1")
    write(table, put(ORDER, seen=1, version=2), cause_id="req_1")
    assert table.handled("req_1")


def test_a_cause_may_be_marked_alone_and_once(table: Table) -> None:
    write(table, cause_id="req_1")
    assert table.handled("req_1")
    with pytest.raises(AlreadyHandled):
        write(table, cause_id="req_1")


def test_without_a_cause_none_is_marked(table: Table) -> None:
    write(table, put(ORDER, version=1), put(FIRST, version=1))
    assert list(table.scan(sk="CAUSE")) == []


def test_a_commit_of_nothing_is_a_mistake(table: Table) -> None:
    with pytest.raises(AssertionError):
        write(table)


def test_a_float_is_refused_and_nothing_is_written(table: Table) -> None:
    with pytest.raises(TypeError, match="a row cannot hold float"):
        write(table, put(FIRST, version=1), put(ORDER, amount=39.98), cause_id="req_1")
    assert table.get(FIRST) is None
    assert not table.handled("req_1")


def test_a_partition_is_read_in_order_by_prefix(table: Table) -> None:
    for number in (10, 2, 1):
        write(table, message(number, occurred="2026-01-02T00:00:00.000000Z"))
    write(table, put(ORDER, version=1))
    write(table, put(Key("ORDER#ord_10", "STATE"), version=1))
    assert [row["sk"] for row in table.partition("ORDER#ord_1", sk_prefix="MESSAGE#")] == [
        "MESSAGE#0000000001",
        "MESSAGE#0000000002",
        "MESSAGE#0000000010",
    ]
    assert len(list(table.partition("ORDER#ord_1"))) == 4
    assert list(table.partition("ORDER#ord_9")) == []


def test_a_partition_of_many_pages_is_read_to_its_end(table: Table) -> None:
    for number in range(7):
        write(table, put(Key("ORDER#ord_1", f"MESSAGE#{number}"), Payload="x" * 300_000))
    assert [row["sk"] for row in table.partition("ORDER#ord_1")] == [
        f"MESSAGE#{number}" for number in range(7)
    ]
    assert len(list(table.scan(sk="MESSAGE#3"))) == 1


def test_many_rows_are_read_at_once_each_of_them_once(table: Table) -> None:
    keys = [Key(f"ORDER#ord_{number}", "STATE") for number in range(120)]
    write(table, *(put(key, version=1) for key in keys[:60]))
    found = list(table.get_many([*keys, *reversed(keys)]))
    assert sorted(str(row["pk"]) for row in found) == sorted(key.pk for key in keys[:60])
    assert list(table.get_many([])) == []


def test_a_partition_is_read_from_a_row_on_and_its_last_row_up_to_one(table: Table) -> None:
    write(table, *(put(Key("DAYS", day), version=1) for day in ("01", "02", "04")))
    assert [row["sk"] for row in table.partition("DAYS", sk_from="02")] == ["02", "04"]
    assert [row["sk"] for row in table.partition("DAYS", sk_from="03")] == ["04"]
    last = [table.last("DAYS", sk_max=day) for day in ("00", "02", "03", "05")]
    assert [row and row["sk"] for row in last] == [None, "02", "02", "04"]
    with pytest.raises(AssertionError, match="one bound or the other"):
        list(table.partition("DAYS", sk_prefix="0", sk_from="02"))


@pytest.mark.parametrize("no_key", ["", "k" * 2049, "\ud800"], ids=["empty", "long", "half"])
def test_under_a_key_that_no_row_can_have_nothing_is_found(table: Table, no_key: str) -> None:
    write(table, put(ORDER, version=1, payment_id="pay_1", OccurredOn="2026"))
    assert table.get(Key(no_key, "STATE")) is None
    assert table.get(Key(ORDER.pk, no_key)) is None
    assert list(table.partition(no_key)) == []
    every = [] if no_key else list(table.partition(ORDER.pk))  # from no place on is all of it
    assert list(table.partition(ORDER.pk, sk_prefix=no_key)) == every
    assert list(table.partition(ORDER.pk, sk_from=no_key)) == every
    assert table.last(no_key, sk_max="STATE") is None
    assert table.last(ORDER.pk, sk_max=no_key) is None
    (found,) = table.get_many([Key(no_key, "STATE"), ORDER, Key(ORDER.pk, no_key)])
    assert found["sk"] == "STATE"
    assert list(table.index("by_payment", attribute="payment_id", value=no_key)) == []
    by_payment = Index("by_payment", partition="payment_id", sort="OccurredOn")
    assert list(table.after(by_payment, value=no_key, bound=" ")) == []
    assert list(table.after(by_payment, value="pay_1", bound=no_key)) == []


def test_an_index_holds_the_rows_that_have_both_its_attributes(table: Table) -> None:
    for number, (payment, occurred_on) in enumerate(
        [("pay_1", "2026-03"), ("pay_2", "2026-01"), ("pay_1", "2026-02"), ("pay_1", None)]
    ):
        key = Key(f"ENTRY#{number}", "ENTRY")
        write(table, put(key, payment_id=payment, OccurredOn=occurred_on, postings=[number]))
    rows = list(table.index("by_payment", attribute="payment_id", value="pay_1"))
    assert [(row["OccurredOn"], row["pk"], "postings" in row) for row in rows] == [
        ("2026-02", "ENTRY#2", False),
        ("2026-03", "ENTRY#0", False),
    ]
    assert list(table.index("by_payment", attribute="payment_id", value="pay_3")) == []


def test_a_scan_finds_every_row_of_one_kind(table: Table) -> None:
    for number in range(3):
        write(table, put(Key(f"ENTRY#{number}", "ENTRY"), number=number))
    write(table, put(ORDER, version=1))
    assert sorted(str(row["pk"]) for row in table.scan(sk="ENTRY")) == [
        "ENTRY#0",
        "ENTRY#1",
        "ENTRY#2",
    ]


def test_of_thirty_writers_of_one_new_row_one_wins(table: Table) -> None:
    def attempt(number: int) -> str:
        try:
            write(table, put(ORDER, version=1, winner=number), cause_id=f"req_{number}")
        except StaleRow:
            return "stale"
        return "written"

    assert Counter(race(30, attempt)) == {"written": 1, "stale": 29}
    row = table.get(ORDER)
    assert row is not None
    assert [number for number in range(30) if table.handled(f"req_{number}")] == [row["winner"]]


def test_of_thirty_deliveries_of_one_cause_one_takes_effect(table: Table) -> None:
    def attempt(number: int) -> str:
        try:
            write(table, put(Key("ORDER#ord_1", f"EFFECT#{number}"), version=1), cause_id="req_1")
        except AlreadyHandled:
            return "handled before"
        return "written"

    assert Counter(race(30, attempt)) == {"written": 1, "handled before": 29}
    assert len(list(table.partition("ORDER#ord_1"))) == 1


def test_no_update_of_twenty_threads_is_lost(table: Table) -> None:
    write(table, put(ORDER, version=1, count=0), cause_id="req_0")

    def add_five(number: int) -> None:
        added = 0
        for _ in range(1000):
            row: Any = table.get(ORDER)
            change = put(
                ORDER, seen=row["version"], version=row["version"] + 1, count=row["count"] + 1
            )
            try:
                write(table, change, cause_id=f"req_{number}_{added}")
            except StaleRow:
                continue
            added += 1
            if added == 5:
                return

    race(20, add_five)
    row = table.get(ORDER)
    assert row is not None
    assert (row["count"], row["version"]) == (100, 101)
    assert len(list(table.scan(sk="CAUSE"))) == 101
