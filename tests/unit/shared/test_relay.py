"""The outbox goes to the bus in order; what the bus refuses is neither stamped nor skipped."""

import json
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest

from shared.messaging.relay import BusRefused, Relay
from shared.persistence.rows import Row, dump_row
from shared.persistence.table import UNPROCESSED, Index, Key, Put
from tests.doubles.memory_table import MemoryTable, stream_event

OCCURRED = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
NOW = datetime(2026, 1, 2, 3, 10, 5, tzinfo=UTC)
STAMP = "2026-01-02T03:10:05.000000Z"


class Bus:
    """An EventBridge client: takes entries, except those whose detail is to be refused."""

    def __init__(self) -> None:
        self.calls: list[list[dict[str, Any]]] = []
        self.refused: set[str] = set()

    def put_events(self, *, Entries: list[dict[str, Any]]) -> dict[str, Any]:  # noqa: N803
        self.calls.append(Entries)
        results = [
            {"ErrorCode": "ThrottlingException", "ErrorMessage": "Slow down"}
            if entry["Detail"] in self.refused
            else {"EventId": f"{len(self.calls)}-{place}"}
            for place, entry in enumerate(Entries)
        ]
        failed = sum("ErrorCode" in result for result in results)
        return {"FailedEntryCount": failed, "Entries": results}

    @property
    def taken(self) -> list[str]:
        """The details that the bus took, in order."""
        entries = [entry["Detail"] for call in self.calls for entry in call]
        return [detail for detail in entries if detail not in self.refused]


class Doors:
    """A service with a table, a bus and the relay between them."""

    def __init__(self) -> None:
        self.table = MemoryTable()
        self.bus = Bus()
        bus: Any = self.bus
        self.relay = Relay(service="doors", table=self.table, bus=bus, bus_name="quittance-test")

    def say(self, *payloads: str, occurred: str = "2026-01-02T03:04:05.000000Z") -> None:
        for payload in payloads:
            row: Row = {
                "Id": payload,
                "OccurredOn": occurred,
                "Type": "DoorOpened",
                "Payload": payload,
                "Retries": 0,
                "Unprocessed": "3",
            }
            put = Put(key=key(payload), row=row)
            self.table.commit([put], cause_id=None, now=OCCURRED)

    def relay_inserts(self) -> list[str]:
        """What the stream is told to bring again."""
        answer = self.relay.on_stream(stream_event(self.table.drain_inserts()), now=NOW)
        return [failure["itemIdentifier"] for failure in answer["batchItemFailures"]]

    def stamp(self, payload: str) -> str | None:
        row = self.row(payload)
        assert ("ProcessedOn" in row) != ("Unprocessed" in row)
        stamped = row.get("ProcessedOn")
        return None if stamped is None else str(stamped)

    def row(self, payload: str) -> Row:
        row = self.table.get(key(payload))
        assert row is not None
        return row


def key(payload: str) -> Key:
    return Key(f"DOOR#{payload[:20]}", "MESSAGE#0000000001")


@pytest.fixture
def doors() -> Doors:
    return Doors()


def test_a_message_is_put_on_the_bus_as_it_stands_in_the_outbox(doors: Doors) -> None:
    doors.say('{"id":"doors/front/1/1"}')
    assert doors.relay_inserts() == []
    assert doors.bus.calls == [
        [
            {
                "EventBusName": "quittance-test",
                "Source": "quittance.doors",
                "DetailType": "DoorOpened",
                "Detail": '{"id":"doors/front/1/1"}',
            }
        ]
    ]
    assert doors.stamp('{"id":"doors/front/1/1"}') == STAMP


def test_messages_go_in_the_order_of_the_stream_ten_a_call(doors: Doors) -> None:
    said = [f"{number:02d}" for number in range(25)]
    doors.say(*said)
    assert doors.relay_inserts() == []
    assert doors.bus.taken == said
    assert [len(call) for call in doors.bus.calls] == [10, 10, 5]
    assert {doors.stamp(payload) for payload in said} == {STAMP}


def test_a_call_carries_no_more_bytes_than_the_bus_takes(doors: Doors) -> None:
    said = [letter + "\u00fc" * 49_999 for letter in "abcdef"]  # 99,999 bytes each
    doors.say(*said)
    assert doors.relay_inserts() == []
    assert [len(call) for call in doors.bus.calls] == [2, 2, 2]
    assert doors.bus.taken == said


def test_the_largest_message_goes_alone(doors: Doors) -> None:
    doors.say("a", "b" * 200_000, "c" * 50_000)
    assert doors.relay_inserts() == []
    assert [len(call) for call in doors.bus.calls] == [2, 1]


def test_of_a_call_that_was_taken_in_part_the_first_refused_comes_again(
    doors: Doors, logged: Callable[[], list[dict[str, Any]]]
) -> None:
    doors.say("a", "b", "c", "d", "e")
    doors.bus.refused = {"c", "d"}
    assert doors.relay_inserts() == ["000000000000000000003"]
    assert [doors.stamp(payload) for payload in "abcde"] == [STAMP, STAMP, None, None, None]
    assert [doors.row(payload)["Retries"] for payload in "abcde"] == [0, 0, 1, 0, 0]
    assert len(doors.bus.calls) == 1
    (line,) = [line for line in logged() if line["level"] == "WARNING"]
    assert (line["message_type"], line["code"]) == ("DoorOpened", "ThrottlingException")


def test_nothing_is_put_after_a_call_that_was_refused(doors: Doors) -> None:
    doors.say(*[f"{number:02d}" for number in range(25)])
    doors.bus.refused = {"00"}
    assert doors.relay_inserts() == ["000000000000000000001"]
    assert len(doors.bus.calls) == 1


def test_what_came_again_is_published_with_the_same_id(doors: Doors) -> None:
    doors.say("a", "b")
    rows = doors.table.drain_inserts()
    doors.bus.refused = {"b"}
    assert doors.relay.on_stream(stream_event(rows), now=NOW)["batchItemFailures"] == [
        {"itemIdentifier": "000000000000000000002"}
    ]
    doors.bus.refused = set()
    assert doors.relay.on_stream(stream_event(rows), now=NOW) == {"batchItemFailures": []}
    assert [entry["Detail"] for entry in doors.bus.calls[-1]] == ["a", "b"]
    assert doors.stamp("b") == STAMP


def test_only_inserted_messages_are_published(doors: Doors) -> None:
    doors.say("a")
    (row,) = doors.table.drain_inserts()
    state: Row = {"pk": "DOOR#a", "sk": "STATE", "version": 1}
    event = stream_event([state, row])
    stamped = {**dump_row(row), "ProcessedOn": {"S": STAMP}}
    event["Records"] += [
        {"eventName": "MODIFY", "dynamodb": {"NewImage": stamped, "SequenceNumber": "8"}},
        {"eventName": "REMOVE", "dynamodb": {"Keys": {}, "SequenceNumber": "9"}},
    ]
    assert doors.relay.on_stream(event, now=NOW) == {"batchItemFailures": []}
    assert doors.bus.taken == ["a"]


def test_an_empty_batch_asks_nothing_of_the_bus(doors: Doors) -> None:
    assert doors.relay.on_stream({"Records": []}, now=NOW) == {"batchItemFailures": []}
    assert doors.bus.calls == []


def test_the_sweep_publishes_what_has_waited_for_five_minutes(doors: Doors) -> None:
    doors.say("old", occurred="2026-01-02T03:05:04.999999Z")
    doors.say("young", occurred="2026-01-02T03:05:05.000000Z")
    assert doors.relay.sweep(now=NOW) == 1
    assert doors.bus.taken == ["old"]
    assert (doors.stamp("old"), doors.stamp("young")) == (STAMP, None)
    assert doors.relay.sweep(now=NOW) == 0


def test_the_sweep_publishes_the_oldest_first(doors: Doors) -> None:
    for hour in ("02", "00", "01"):
        doors.say(hour, occurred=f"2026-01-02T{hour}:00:00.000000Z")
    assert doors.relay.sweep(now=NOW) == 3
    assert doors.bus.taken == ["00", "01", "02"]


def test_the_sweep_publishes_in_the_order_of_time_across_the_index(doors: Doors) -> None:
    for hour, shard in (("02", "0"), ("00", "7"), ("01", "3")):
        row: Row = {
            "Id": hour,
            "OccurredOn": f"2026-01-02T{hour}:00:00.000000Z",
            "Type": "DoorOpened",
            "Payload": hour,
            "Retries": 0,
            "Unprocessed": shard,
        }
        doors.table.commit([Put(key=key(hour), row=row)], cause_id=None, now=OCCURRED)
    assert doors.relay.sweep(now=NOW) == 3
    assert doors.bus.taken == ["00", "01", "02"]


def test_a_message_that_the_bus_never_takes_does_not_hold_up_the_sweep(doors: Doors) -> None:
    said = [f"{number:02d}" for number in range(25)]
    doors.say(*said)
    doors.bus.refused = {"00", "11"}
    for _ in range(2):
        with pytest.raises(BusRefused):
            doors.relay.sweep(now=NOW)
    assert [payload for payload in said if doors.stamp(payload) is None] == ["00", "11"]
    assert doors.row("00")["Retries"] == 2
    doors.bus.refused = set()
    assert doors.relay.sweep(now=NOW) == 2


def test_a_message_that_was_published_meanwhile_is_not_swept(doors: Doors) -> None:
    """The index lags: it still lists what the relay has stamped a moment ago."""
    doors.say("a", "b")
    listed = doors.table.due(UNPROCESSED, value="3", before=STAMP, rows_max=100)
    doors.table.stamp_processed(key("a"), now=NOW)

    class Lagging(MemoryTable):
        def due(self, index: Index, *, value: str, before: str, rows_max: int) -> list[Key]:
            del before, rows_max
            assert index == UNPROCESSED
            return listed if value == "3" else []

        get = doors.table.get
        stamp_processed = doors.table.stamp_processed

    bus: Any = doors.bus
    relay = Relay(service="doors", table=Lagging(), bus=bus, bus_name="quittance-test")
    assert relay.sweep(now=NOW) == 1
    assert doors.bus.taken == ["b"]


def test_what_is_published_is_counted(doors: Doors, capsys: pytest.CaptureFixture[str]) -> None:
    doors.say("a", "b")
    doors.bus.refused = {"b"}
    with pytest.raises(BusRefused):
        doors.relay.sweep(now=NOW)
    counted = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    names = {name: line[name] for line in counted for name in line if name.startswith("Outbox")}
    assert names == {"OutboxRefused": [1.0], "OutboxSwept": [2.0]}
