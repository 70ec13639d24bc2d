"""A worker killed anywhere in any workflow loses nothing and doubles nothing."""

import pytest

from tests.simulation.audit import evidence_of
from tests.simulation.audit_payments import p7_the_order_of_notices_changes_nothing
from tests.simulation.calls import READS
from tests.simulation.crashes import killed, lived, pairs, places, singles
from tests.simulation.lives import WORKFLOWS
from tests.simulation.upsets import UPSETS, life_called

NAMES = [life.name for life in WORKFLOWS]
PARTS = 8
EVERY = 8
"""In `make test` one of 64 pairs; `make simulate` runs all of them."""


@pytest.mark.parametrize("name", NAMES)
def test_a_worker_killed_at_any_one_place_loses_and_doubles_nothing(name: str) -> None:
    wrong = [str(killed) for killed in singles(life_called(name)) if killed.findings]
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize("number", range(len(UPSETS)))
def test_a_worker_killed_in_the_middle_of_an_upset_loses_and_doubles_nothing(number: int) -> None:
    """At one of eight places here; at all of them in `make simulate`."""
    life = UPSETS[number]
    assert killed(life).findings == ()
    some = range(1 + number % PARTS, len(places(life)) + 1, PARTS)
    wrong = [str(each) for each in (killed(life, place) for place in some) if each.findings]
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize("name", NAMES)
def test_a_worker_killed_at_two_places_loses_and_doubles_nothing(name: str) -> None:
    life = life_called(name)
    some = pairs(life, part=len(name) % PARTS, parts=PARTS, every=EVERY)
    wrong = [str(killed) for killed in some if killed.findings]
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize("name", ["confirm in part", "cancel loses the race", "refund refused"])
def test_two_places_of_a_worker_without_an_effect_between_them_leave_the_same(name: str) -> None:
    """So that pairs are those of effects: what is not one of them is like the one before it."""
    life = life_called(name)
    calls = lived(life).calls
    left_out = [
        number
        for number, place in enumerate(calls.places, start=1)
        if number not in calls.effects and place.rpartition(".")[2] not in READS
    ]
    assert len(left_out) > 20
    for number in left_out[:: len(left_out) // 12]:
        like = max(each for each in calls.effects if each < number)
        ours, theirs = (evidence_of(lived(life, each)) for each in (number, like))
        told = list(p7_the_order_of_notices_changes_nothing(ours, theirs))
        assert not told, f"{calls.places[number - 1]}, {calls.places[like - 1]}: {told}"


def test_the_places_cover_every_kind_of_call() -> None:
    kinds = {place.rpartition(".")[2] for life in WORKFLOWS for place in places(life)}
    store = {"get", "query", "scan", "commit", "update", "put", "delete"}
    assert kinds == store | {"GET", "POST", "send", "start", "answer"}
