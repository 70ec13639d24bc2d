"""A state machine allows what is written in it, once, and nothing else."""

from enum import StrEnum

import pytest

from shared.contracts.orders import OrderPlaced
from shared.errors.taxonomy import InvalidTransition
from shared.states import StateMachine, Transition, read


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
    LAMP.check(Lamp.OFF, Press.SWITCH_ON, Lamp.ON)
    LAMP.check(Lamp.ON, Press.SWITCH_OFF, Lamp.OFF)


def test_what_changes_no_state_needs_no_line() -> None:
    LAMP.check(Lamp.ON, Press.SWITCH_ON, Lamp.ON)
    assert not LAMP.allows(Lamp.ON, Press.SWITCH_ON)


def test_a_graph_is_read_a_line_a_source() -> None:
    graph = """
    switch_on: off -> on off
    switch_off: on -> off
    """
    assert list(read(graph, Lamp, Press, {Press.SWITCH_ON: OrderPlaced})) == [
        ON,
        Transition(Lamp.OFF, Press.SWITCH_ON, Lamp.OFF, OrderPlaced),
        OFF,
    ]


@pytest.mark.parametrize("line", ["switch_on: off -> dim", "explode: off -> on", "nonsense"])
def test_a_graph_with_a_word_that_is_not_one_of_its_own_is_a_mistake(line: str) -> None:
    with pytest.raises(ValueError, match="is not a valid"):
        list(read(line, Lamp, Press, {}))


def test_a_step_that_is_not_written_is_refused_by_both_names() -> None:
    assert not LAMP.allows(Lamp.ON, Press.SWITCH_ON)
    with pytest.raises(InvalidTransition) as caught:
        LAMP.check(Lamp.ON, Press.SWITCH_ON, Lamp.OFF)
    assert caught.value.detail == "lamp is on: switch on refused"
    assert caught.value.status == 409


def test_a_line_that_is_written_twice_is_a_mistake() -> None:
    with pytest.raises(AssertionError, match="lamp lists a transition twice"):
        StateMachine("lamp", (ON, OFF, ON))


def test_the_transitions_are_listed_as_they_were_written() -> None:
    assert LAMP.transitions == (ON, OFF)
