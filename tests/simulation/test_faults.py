"""Every fault that the simulator knows does strike, and those of AWS strike as AWS does."""

from random import Random
from typing import Any

import pytest

from shared.errors.taxonomy import StoreBusy
from shared.persistence.table import Key, Table
from tests.doubles.memory_dynamo import MemoryDynamo
from tests.integration.replay.replay import without_pauses
from tests.simulation.agenda import DAY, Agenda
from tests.simulation.faults import RATES, Fate
from tests.simulation.network import Bus, Inbox, Letter
from tests.simulation.run import simulate
from tests.simulation.stories import STORIES, Story, story_world

SEEDS_MAX = 200
"""Four times as many as it took when this was written."""
PAYMENTS = 6
TOLD = {
    "NO_PERMISSIONS": (0, {"RETRY_ATTEMPTS": "0"}),
    "THROTTLING": (
        DAY,
        {"RETRY_ATTEMPTS": "185", "EXHAUSTED_RETRY_CONDITION": "MaximumRetryAttempts"},
    ),
}
"""When the bus gives up, and what it says of that, by its error."""


class House:
    """Nobody but a bus, whose every delivery fails."""

    def __init__(self, seed: int) -> None:
        self.agenda = Agenda()
        self.fate = Fate(Random(seed), {"bus_not_delivered": 1.0})
        self.calls: Any = None
        self.buried: list[tuple[str, Letter]] = []

    def bury(self, inbox: Inbox, letter: Letter) -> None:
        self.buried.append((inbox.function, letter))

    def tell(self, line: str) -> None: ...

    def invoke(self, function: str, event: dict[str, Any]) -> None:
        raise AssertionError(f"{function} was handed {event}")

    def down_until(self, _: str) -> int:
        return 0


def test_every_fault_strikes_within_a_few_seeds() -> None:
    """And so does a stream that is trimmed, which is what a long outage of its reader comes to."""
    missing = {*RATES, "stream_trimmed"}
    for seed in range(SEEDS_MAX):
        missing -= (+simulate(seed, PAYMENTS).faults).keys()
        if not missing:
            return
    raise AssertionError(f"never struck: {sorted(missing)}")


@pytest.mark.parametrize("story", STORIES, ids=lambda each: each.name)
def test_whatever_is_wrong_in_a_story_is_counted_by_its_name(story: Story) -> None:
    world = story_world(story)
    world.run()
    named = {
        each
        for each in +world.fate.struck
        if each.startswith(("settled_", "payout_", "statement_"))
    }
    assert named == _wrong(story)


def _wrong(story: Story) -> set[str]:
    plan, bank = story.plan, story.bank
    found = {f"settled_{each}" for each in plan.wrongs.values()}
    found |= {"settled_stranger"} if plan.strangers else set()
    found |= {"settled_off"} if plan.off else set()
    found |= {"settled_copied"} if plan.copies else set()
    if bank is not None:
        found |= {f"payout_{each.replace(' ', '_')}" for each in bank.wrongs.values()}
        found |= {f"statement_{each}" for each in bank.files.values()}
    return found


def test_what_the_bus_cannot_deliver_is_a_dead_letter_with_the_words_of_the_bus() -> None:
    """At once, or after a day of trying; never in the queue."""
    seen = set()
    for seed in range(8):
        house = House(seed)
        inbox = Inbox(house, "orders.events", frozenset({"PaymentCaptured"}))
        Bus(house, [inbox], {}).deliver({"type": "PaymentCaptured"}, '{"id": "e1"}')
        while house.agenda:
            house.agenda.next()[3]()
        ((function, letter),) = house.buried
        told = {name: value["StringValue"] for name, value in letter.attributes.items()}
        assert (function, letter.body, inbox.letters) == (
            "orders.events",
            '{"detail": {"id": "e1"}}',
            [],
        )
        after, more = TOLD[told["ERROR_CODE"]]
        seen.add(told["ERROR_CODE"])
        assert house.agenda.now == after
        assert told == {
            "RULE_ARN": "rule/orders.events",
            "TARGET_ARN": "orders.events",
            "ERROR_CODE": told["ERROR_CODE"],
            "ERROR_MESSAGE": "not delivered",
            **more,
        }
    assert seen == TOLD.keys()


def test_keys_that_the_store_leaves_unread_are_asked_for_again() -> None:
    dynamo, asked = _store_that_leaves([True, True, False])
    assert sorted(row["n"] for row in _read(dynamo)) == [0, 1, 2, 3, 4]
    assert asked == []


def test_keys_that_the_store_leaves_unread_for_too_long_are_no_answer() -> None:
    dynamo, _ = _store_that_leaves([True] * 20, rows=100)
    with pytest.raises(StoreBusy):
        _read(dynamo, rows=100)


def _store_that_leaves(answers: list[bool], rows: int = 5) -> tuple[MemoryDynamo, list[bool]]:
    """Half of the keys, as often as `answers` says so."""
    dynamo = MemoryDynamo()
    for number in range(rows):
        dynamo.overwrite(
            "t", {"pk": {"S": f"p{number}"}, "sk": {"S": "-"}, "n": {"N": str(number)}}
        )
    dynamo.unprocessed = lambda: answers.pop(0)
    return dynamo, answers


def _read(dynamo: MemoryDynamo, rows: int = 5) -> list[Any]:
    client: Any = dynamo
    with without_pauses():
        return list(
            Table(name="t", client=client).get_many([Key(f"p{n}", "-") for n in range(rows)])
        )
