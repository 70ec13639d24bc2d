"""A state machine allows what is written in it, once, and nothing else."""

from enum import StrEnum

import pytest

from shared.contracts.orders import OrderPlaced
from shared.errors.taxonomy import InvalidTransition
from shared.states import StateMachine, Transition


class Lamp(StrEnum):
    OFF = "off"
    ON = "on"


class Press(StrEnum):
    SWITCH_ON = "switch_on"
    SWITCH_OFF = "switch_off"


ON = Transition(Lamp.OFF, Press.SWITCH_ON, Lamp.ON, OrderPlaced)
OFF = Transition(Lamp.ON, Press.SWITCH_OFF, Lamp.OFF)
LAMP = StateMachine("lamp", (ON, OFF))


def test_an_allowed_step_leads_to_its_target_and_names_its_event() -> None:
    assert LAMP.allows(Lamp.OFF, Press.SWITCH_ON)
    assert LAMP.step(Lamp.OFF, Press.SWITCH_ON) == Transition(
        Lamp.OFF, Press.SWITCH_ON, Lamp.ON, OrderPlaced
    )
    assert LAMP.step(Lamp.ON, Press.SWITCH_OFF).event is None


def test_a_step_that_is_not_written_is_refused_by_both_names() -> None:
    assert not LAMP.allows(Lamp.ON, Press.SWITCH_ON)
    with pytest.raises(InvalidTransition) as caught:
        LAMP.step(Lamp.ON, Press.SWITCH_ON)
    assert caught.value.detail == "lamp is on: switch on refused"
    assert caught.value.status == 409


def test_one_trigger_with_two_targets_is_a_mistake() -> None:
    with pytest.raises(AssertionError, match="lamp has an ambiguous transition"):
        StateMachine("lamp", (ON, OFF, Transition(Lamp.OFF, Press.SWITCH_ON, Lamp.OFF)))


def test_the_transitions_are_listed_as_they_were_written() -> None:
    assert LAMP.transitions == (ON, OFF)
