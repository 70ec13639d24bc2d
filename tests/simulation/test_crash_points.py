"""A worker killed anywhere in any workflow loses nothing and doubles nothing."""

import pytest

from tests.simulation.audit import evidence_of
from tests.simulation.audit_payments import p7_the_order_of_notices_changes_nothing
from tests.simulation.calls import READS
from tests.simulation.crashes import crashed, killed, lived, places
from tests.simulation.lives import WORKFLOWS
from tests.simulation.upsets import UPSETS, life_called

NAMES = [life.name for life in WORKFLOWS]
EVERY = 64
"""In `make test` one of so many pairs; `make simulate` runs all of them."""
PARTS = 8


@pytest.mark.parametrize("name", NAMES)
def test_a_worker_killed_at_one_place_or_at_two_loses_and_doubles_nothing(name: str) -> None:
    wrong = [str(each) for each in crashed(life_called(name), every=EVERY) if each.findings]
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize("number", range(len(UPSETS)))
def test_a_worker_killed_in_the_middle_of_an_upset_loses_and_doubles_nothing(number: int) -> None:
    """At one of eight places here, and with few others; at all of them in `make simulate`."""
    life = UPSETS[number]
    assert killed(life).findings == ()
    some = crashed(life, part=number % PARTS, parts=PARTS, every=PARTS * EVERY)
    wrong = [str(each) for each in some if each.findings]
    assert not wrong, "\n".join(wrong)


def test_pairs_are_two_effects_and_what_was_left_out_is_counted() -> None:
    """Of one hundredth of the places; each pair once, however they are thinned."""
    life = life_called("nobody confirms")
    effects = set(lived(life).calls.effects)
    whole = list(crashed(life, part=1, parts=100, every=1))
    singles = [each for each in whole if not each.kill_at[1:]]
    pairs = [each.kill_at for each in whole if each.kill_at[1:]]
    assert len(pairs) == sum(len(each.later) for each in singles) > 100
    assert len(set(pairs)) == len(pairs)
    assert all(first in effects and first < second for first, second in pairs)
    thinned = [each.kill_at for each in crashed(life, part=1, parts=100, every=9)]
    assert len(thinned) - len(singles) in range(len(pairs) // 9 - 4, len(pairs) // 9 + 5)
    assert set(thinned) < {each.kill_at for each in whole}


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
