"""The simulated queues and streams deliver as the embedded cloud does, with the figures deployed.

What is asked here of the simulator is asked of the cloud in tests/conformance, in
test_queue_mappings and test_stream_mappings. They differ in time, since what was not handled is
visible again later here than there; in the size of a batch of commands, which is one when deployed;
and in order, which a queue has on the embedded cloud and not here.
"""

import json
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from typing import Any

import pytest

from tests.simulation.agenda import Agenda
from tests.simulation.calls import Calls
from tests.simulation.faults import Fate
from tests.simulation.network import QUEUE_BATCH_MAX, RECEIVES_MAX, Answer, Inbox, Letter
from tests.simulation.streams import BATCH_MAX, TRIES_MAX, Stream

GOLDEN = Path(__file__).parents[1] / "infrastructure" / "golden"
SERVICES = ("orders", "payments", "accounting")
STEPS_MAX = 400


@dataclass
class Quiet:
    """A world in which nothing fails but what `refuses` says; `handled` is what was delivered."""

    refuses: str = "poison"
    whole_batch: bool = False
    handled: list[str] = field(default_factory=list)
    dead: list[str] = field(default_factory=list)
    agenda: Agenda = field(default_factory=Agenda)

    def __post_init__(self) -> None:
        self.fate = Fate(Random(7), {})
        self.calls: Any = Calls.__new__(Calls)

    def invoke(self, _: str, event: dict[str, Any]) -> Answer:
        """Reports what it refuses; or fails as a whole, where that is among the batch."""
        named = [(_name(each), _text(each)) for each in event["Records"]]
        self.handled += [text for _, text in named]
        failed = [name for name, text in named if text == self.refuses]
        if failed and self.whole_batch:
            return None
        return {"batchItemFailures": [{"itemIdentifier": name} for name in failed]}

    def down_until(self, _: str) -> int:
        return 0

    def bury(self, inbox: Inbox, letter: Letter) -> None:
        del inbox
        self.dead.append(letter.body)

    def tell(self, line: str) -> None: ...

    def run(self) -> None:
        for _ in range(STEPS_MAX):
            if not len(self.agenda):
                return
            self.agenda.next()[3]()
        raise AssertionError("it never ended")


def _name(record: dict[str, Any]) -> str:
    return str(record.get("messageId") or record["dynamodb"]["SequenceNumber"])


def _text(record: dict[str, Any]) -> str:
    return str(record.get("body") or record["dynamodb"]["NewImage"]["Payload"]["S"])


def _inbox(world: Quiet, *bodies: str) -> Inbox:
    inbox = Inbox(world, "orders.events", frozenset())
    for number, body in enumerate(bodies):
        inbox.send(Letter(str(number), body, poison=body == "poison"), 0)
    world.run()
    return inbox


def _stream(world: Quiet, *payloads: str) -> Stream:
    stream = Stream(world, "orders.relay", wanted=lambda _: True, gives_up=True)
    for payload in payloads:
        name = {"S": payload}
        stream.insert({"pk": name, "sk": name, "Payload": name})
    world.run()
    return stream


def test_a_reported_message_ends_among_the_dead_letters_and_its_neighbours_pass() -> None:
    world = Quiet()
    inbox = _inbox(world, "a", "poison", "b")
    assert world.dead == ["poison"]
    assert sorted(world.handled) == ["a", "b", *["poison"] * 5]
    assert inbox.letters == []


def test_a_batch_that_failed_as_a_whole_comes_again_until_each_is_dead() -> None:
    world = Quiet(whole_batch=True)
    inbox = _inbox(world, "a", "poison")
    assert inbox.letters == []
    assert "poison" in world.dead
    assert world.handled.count("poison") == 5


class Slow(Quiet):
    """Its queue is polled once more while a letter is buried."""

    def bury(self, inbox: Inbox, letter: Letter) -> None:
        super().bury(inbox, letter)
        inbox.poll()


def test_what_is_buried_while_another_one_is_buried_is_buried_once() -> None:
    world = Slow()
    inbox = Inbox(world, "orders.events", frozenset())
    for body in ("one", "other"):
        inbox.send(Letter(body, body, receives=RECEIVES_MAX), 0)
    world.run()
    assert sorted(world.dead) == ["one", "other"]
    assert inbox.letters == []


def test_records_from_the_reported_one_on_come_again_until_it_is_given_up() -> None:
    world = Quiet()
    _stream(world, "a", "poison", "b")
    assert world.handled[0] == "a"
    assert world.handled.count("a") == 1
    assert world.handled.count("b") >= 1
    assert world.handled[-1] == "b"
    assert world.fate.struck["stream_gave_up"] == 1


@pytest.mark.parametrize("stage", ["local", "prod"])
@pytest.mark.parametrize("service", SERVICES)
def test_the_simulated_figures_are_those_deployed(service: str, stage: str) -> None:
    resources = json.loads((GOLDEN / stage / f"{service}.json").read_text())["Resources"].values()
    of_type = {
        kind: [each["Properties"] for each in resources if each["Type"] == kind]
        for kind in ("AWS::SQS::Queue", "AWS::Lambda::EventSourceMapping")
    }
    receives = {
        queue["RedrivePolicy"]["maxReceiveCount"]
        for queue in of_type["AWS::SQS::Queue"]
        if "RedrivePolicy" in queue
    }
    mappings = of_type["AWS::Lambda::EventSourceMapping"]
    streams = [each for each in mappings if "StartingPosition" in each]
    queues = [each for each in mappings if "StartingPosition" not in each]
    assert receives == {RECEIVES_MAX}
    assert max(each["BatchSize"] for each in queues) == QUEUE_BATCH_MAX
    assert {each["MaximumRetryAttempts"] for each in streams} == {TRIES_MAX}
    assert all(each["BisectBatchOnFunctionError"] for each in streams)
    relays = [each for each in streams if each["BatchSize"] == BATCH_MAX]
    assert len(relays) == 1
    reporting = [each["FunctionResponseTypes"] for each in (*queues, *relays)]
    assert reporting == [["ReportBatchItemFailures"]] * len(reporting)
