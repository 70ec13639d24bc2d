"""Compensation in the simulated world: what it costs, and that its own bugs would be found."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from orders.domain import facts, undoing
from orders.domain.compensation import CompensationStatus
from orders.domain.undoing import COMPLETE, Move
from tests.simulation.audit import audit
from tests.simulation.crashes import SEED, lived
from tests.simulation.upsets import life_called
from tests.simulation.world import World

GOES_WELL = (
    "place and capture",
    "confirm in part",
    "refund in two parts",
    "decline, then pay anew",
    "dispute lost",
    "dispute won",
    "silence after the charge",
    "redrive",
    "replay",
)


@pytest.mark.parametrize("name", GOES_WELL)
def test_a_life_that_goes_well_enters_no_state(name: str) -> None:
    assert lived(life_called(name)).executions.transitions == 0


@pytest.mark.parametrize(
    ("name", "transitions"),
    [("void", 7), ("cancel wins the race", 10), ("void refused once", 13), ("nobody confirms", 7)],
)
def test_an_undoing_enters_so_many_states(name: str, transitions: int) -> None:
    """Seven; three more to wait for a capture, six for a second try behind a pause."""
    assert lived(life_called(name)).executions.transitions == transitions


type Plant = Callable[[pytest.MonkeyPatch], object]


def _failed_capture_begins_nothing(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(facts, "undo", lambda order, *_, **__: (order, ()))


def _completes_without_waiting(patch: pytest.MonkeyPatch) -> None:
    sound = undoing.decided

    def hasty(order: Any, compensation: Any) -> Any:
        decision = sound(order, compensation)
        return COMPLETE if decision.move is Move.RELEASE_HOLD else decision

    patch.setattr("orders.application.compensate.decided", hasty)


def _stays_open_when_it_has_ended(patch: pytest.MonkeyPatch) -> None:
    sound = undoing.ended

    def open_still(order: Any, compensation: Any, decision: Any) -> Any:
        after, told = sound(order, compensation, decision)
        kept = tuple(
            replace(each, status=CompensationStatus.OPEN, code=None, due_at=compensation.due_at)
            if each.compensation_id == compensation.compensation_id
            else each
            for each in after.compensations
        )
        return replace(after, compensations=kept), told

    patch.setattr("orders.application.compensate.ended", open_still)


def _second_try_repeats_the_first_key(patch: pytest.MonkeyPatch) -> None:
    sound = undoing.sent

    def same_key(order: Any, compensation: Any, decision: Any, terms: Any) -> Any:
        after, told = sound(order, replace(compensation, steps=()), decision, terms)
        return after, told

    patch.setattr("orders.application.compensate.sent", same_key)


def _clock_replaces_nothing(patch: pytest.MonkeyPatch) -> None:
    patch.setattr("orders.application.recover.attended", lambda order, _: (order, ()))


def _late_money_is_kept(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(facts, "captured_late", lambda order, _: (order, ()))


def _nobody_is_called(patch: pytest.MonkeyPatch) -> None:
    def silent(envelope: Any, cause: Any, *, cases: Any) -> None:
        del envelope, cause, cases

    patch.setattr("orders.application.recover.open_case", silent)


def _a_decision_is_not_carried_out(patch: pytest.MonkeyPatch) -> None:
    def idle(event: Any, cause: Any, *, orders: Any, terms: Any) -> None:
        del event, terms
        orders.acknowledge(cause)

    patch.setattr("orders.application.recover.carry_out_decision", idle)


def _an_end_is_not_told(patch: pytest.MonkeyPatch) -> None:
    sound = undoing.ended

    def untold(order: Any, compensation: Any, decision: Any) -> Any:
        return sound(order, compensation, decision)[0], ()

    patch.setattr("orders.application.compensate.ended", untold)


PLANTS: dict[str, tuple[Plant, str, dict[str, float]]] = {
    "a failed capture begins no compensation": (
        _failed_capture_begins_nothing,
        "capture refused, paid anew",
        {},
    ),
    "completes without waiting": (_completes_without_waiting, "void", {}),
    "stays open when it has ended": (_stays_open_when_it_has_ended, "void", {}),
    "a second try repeats the first key": (
        _second_try_repeats_the_first_key,
        "void refused once",
        {},
    ),
    "money that came late is kept": (
        _late_money_is_kept,
        "capture comes after its hold was given back",
        {},
    ),
    "nobody is called": (_nobody_is_called, "refund refused", {}),
    "what a person has decided is not carried out": (
        _a_decision_is_not_carried_out,
        "void refused for good, tried again by a person",
        {},
    ),
    "the end is not told": (_an_end_is_not_told, "void", {}),
    "the clock replaces nothing": (
        _clock_replaces_nothing,
        "void",
        {"execution_stopped": 1.0},
    ),
}


def _found(name: str, rates: dict[str, float]) -> list[str]:
    world = World(SEED, lives=[life_called(name)], rates=rates)
    try:
        world.run()
    except AssertionError as stuck:
        return [str(stuck)]
    return [str(finding) for finding in audit(world)]


@pytest.mark.parametrize("plant", PLANTS)
def test_a_planted_bug_is_found(plant: str, monkeypatch: pytest.MonkeyPatch) -> None:
    apply, name, rates = PLANTS[plant]
    apply(monkeypatch)
    assert _found(name, rates) != []


def test_the_same_without_the_bug_is_sound() -> None:
    for _, name, rates in PLANTS.values():
        assert _found(name, rates) == []
