"""Each message of a batch is handled once and fails alone."""

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import pytest

from shared.contracts.codec import encode
from shared.contracts.envelope import Cause, Envelope, Event
from shared.errors.taxonomy import AlreadyHandled, StaleRow
from shared.messaging.consumer import Consumer

NOW = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
TRACE = "0af7651916cd43dd8448eb211c80319c"


@dataclass(frozen=True, slots=True, kw_only=True)
class DoorOpened(Event):
    door: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DoorClosed(Event):
    door: str


type Subscribed = DoorOpened


@dataclass
class House:
    """What was reacted to, what was handled before, and which doors make it fail."""

    opened: list[tuple[str, Cause]] = field(default_factory=list)
    handled_before: set[str] = field(default_factory=set)
    failures: dict[str, Exception] = field(default_factory=dict)

    def react(self, envelope: Envelope[DoorOpened], cause: Cause) -> None:
        failure = self.failures.get(envelope.data.door)
        if failure is not None:
            raise failure
        self.opened.append((envelope.data.door, cause))

    def receive(self, *bodies: str) -> list[str]:
        """The places in the batch of those that must come again."""
        consumer = Consumer(
            Subscribed,
            react=self.react,
            handled=self.handled_before.__contains__,
            clock=lambda: NOW,
        )
        event = {"Records": [record(f"{place}", body) for place, body in enumerate(bodies)]}
        answer = consumer.on_queue(event)
        assert answer.keys() == {"batchItemFailures"}
        return [failure["itemIdentifier"] for failure in answer["batchItemFailures"]]

    @property
    def doors(self) -> list[str]:
        return [door for door, _ in self.opened]


@pytest.fixture
def house() -> House:
    return House()


def record(message_id: str, body: str) -> dict[str, Any]:
    """An SQS record as Lambda gives it."""
    return {
        "messageId": message_id,
        "receiptHandle": "AQEBwJnKyrHigUMZj6rYigCgxlaS3SLy0a",
        "body": body,
        "attributes": {
            "ApproximateReceiveCount": "1",
            "SentTimestamp": "1767323045000",
            "SenderId": "AIDAIENQZJOLO23YVJ4VO",
            "ApproximateFirstReceiveTimestamp": "1767323045001",
        },
        "messageAttributes": {},
        "md5OfBody": "e4e68fb7bd0e697a0ae8f1bb342846b3",
        "eventSource": "aws:sqs",
        "eventSourceARN": "arn:aws:sqs:us-east-1:111122223333:inbox",
        "awsRegion": "us-east-1",
    }


def told(door: str, *, kind: type[Event] = DoorOpened, id_: str = "") -> str:
    """The body of a record: EventBridge's envelope around ours."""
    envelope = Envelope(
        id=id_ or f"doors/{door}/1/1",
        source="quittance.doors",
        subject=door,
        time=NOW,
        sequence=1,
        correlation_id=f"cor_{door}",
        causation_id="req_1",
        traceparent=f"00-{TRACE}-b7ad6b7169203331-01",
        data=kind(door=door),  # type: ignore[call-arg]
    )
    return wrapped(json.loads(encode(envelope)))


def wrapped(detail: Any) -> str:
    return json.dumps(
        {
            "version": "0",
            "id": "5c9b8f2e-2d0c-4a52-b1b7-96ab1d4c2f10",
            "detail-type": "DoorOpened",
            "source": "quittance.doors",
            "account": "111122223333",
            "time": "2026-01-02T03:04:05Z",
            "region": "us-east-1",
            "resources": [],
            "detail": detail,
        }
    )


def test_a_message_is_handed_over_with_the_cause_that_it_is(house: House) -> None:
    assert house.receive(told("front")) == []
    ((door, cause),) = house.opened
    assert door == "front"
    assert (cause.id, cause.correlation_id, cause.now) == ("doors/front/1/1", "cor_front", NOW)
    assert cause.traceparent.startswith(f"00-{TRACE}-")
    assert "b7ad6b7169203331" not in cause.traceparent


def test_messages_are_handled_in_the_order_of_the_batch(house: House) -> None:
    assert house.receive(told("front"), told("back"), told("cellar")) == []
    assert house.doors == ["front", "back", "cellar"]


@pytest.mark.parametrize(
    "poison",
    [
        "",
        "nonsense",
        "[]",
        "5",
        "[" * 100_000,
        "{}",
        '{"detail": NaN}',
        wrapped(None),
        wrapped([]),
        wrapped({"type": "DoorOpened"}),
        wrapped({"type": "SomethingElse"}),
        told("front", kind=DoorClosed),
        told("front").replace('"front"', "5"),
    ],
)
def test_a_poison_message_fails_alone_among_its_neighbours(house: House, poison: str) -> None:
    assert house.receive(told("front"), poison, told("back")) == ["1"]
    assert house.doors == ["front", "back"]


def test_a_failing_message_fails_alone_whatever_it_raises(house: House) -> None:
    house.failures = {"stuck": StaleRow(), "gone": RuntimeError("no door"), "worn": ValueError()}
    batch = [told(door) for door in ("front", "stuck", "gone", "back", "worn")]
    assert house.receive(*batch) == ["1", "2", "4"]
    assert house.doors == ["front", "back"]


def test_a_batch_that_fails_as_a_whole_comes_again_as_a_whole(house: House) -> None:
    house.failures = {"stuck": StaleRow()}
    assert house.receive(told("stuck"), "nonsense") == ["0", "1"]


def test_a_message_that_was_handled_before_is_acknowledged_without_effect(house: House) -> None:
    house.handled_before = {"doors/front/1/1"}
    assert house.receive(told("front"), told("back")) == []
    assert house.doors == ["back"]


def test_a_message_that_someone_else_handled_meanwhile_is_acknowledged(house: House) -> None:
    house.failures = {"front": AlreadyHandled("doors/front/1/1")}
    assert house.receive(told("front"), told("back")) == []
    assert house.doors == ["back"]


def test_duplicates_are_counted(house: House, capsys: pytest.CaptureFixture[str]) -> None:
    house.handled_before = {"doors/front/1/1"}
    house.receive(told("front"))
    (line,) = capsys.readouterr().out.splitlines()
    assert json.loads(line)["DuplicateAcknowledged"] == [1.0]


def test_failures_are_counted_by_their_code(
    house: House, capsys: pytest.CaptureFixture[str]
) -> None:
    house.failures = {"stuck": StaleRow()}
    house.receive(told("stuck"), "nonsense")
    counted = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [(each["code"], each["MessageFailed"]) for each in counted] == [
        ("stale_row", [1.0]),
        ("undecodable_message", [1.0]),
    ]


def test_each_line_of_the_log_carries_the_ids_of_its_own_message(
    house: House, logged: Callable[[], list[dict[str, Any]]]
) -> None:
    house.failures = {"stuck": StaleRow()}
    house.receive(told("front"), '{"secret": "of a stranger"}', told("stuck"))
    lines = logged()
    assert [line["message"] for line in lines] == [
        "message handled",
        "message failed",
        "message failed",
    ]
    assert [line["message_id"] for line in lines] == ["doors/front/1/1", "1", "doors/stuck/1/1"]
    assert [line.get("correlation_id") for line in lines] == ["cor_front", None, "cor_stuck"]
    assert [line.get("code") for line in lines] == [None, "undecodable_message", "stale_row"]
    assert "stranger" not in json.dumps(lines)
