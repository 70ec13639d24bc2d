"""The state machines as they are in code: `states.md`, a diagram and a table each."""

from collections import defaultdict
from enum import StrEnum
from typing import Any

from shared.states import StateMachine, Transition
from tests.contract.services import machines

type Step = Transition[Any, Any]

INTRODUCTION = """\
# States

Generated from the code. A status is never set: it follows from what is held, taken, given back
and under way. Each line of a table is what one trigger may lead to from one state; where it names
several targets, the amounts decide which. The event is what the trigger tells. A decision that has
no line for a state is refused with a code of its own (`errors.md`); a fact that would lead
elsewhere is not applied, and a person is told."""


def render() -> str:
    parts = [INTRODUCTION, *(_section(machine) for _, machine in sorted(machines().items()))]
    return "\n\n".join(parts) + "\n"


def silent(machine: StateMachine[Any, Any]) -> list[StrEnum]:
    """The triggers that never change the state: they move amounts alone."""
    told = {step.trigger for step in machine.transitions}
    return [trigger for trigger in type(machine.transitions[0].trigger) if trigger not in told]


def _section(machine: StateMachine[Any, Any]) -> str:
    """Where the first line of the machine begins, its life begins."""
    steps = machine.transitions
    states = list(dict.fromkeys(state for step in steps for state in (step.source, step.target)))
    last = [state for state in states if state not in {step.source for step in steps}]
    diagram = ["```mermaid", "stateDiagram-v2", f"    [*] --> {steps[0].source}"]
    diagram += [f"    {line}" for line in _arrows(steps)]
    diagram += [f"    {state} --> [*]" for state in last]
    table = ["| source | trigger | targets | event |", "|---|---|---|---|", *_rows(steps)]
    unchanged = ", ".join(f"`{trigger}`" for trigger in silent(machine))
    after = ["", f"Never a change of state: {unchanged}."] if unchanged else []
    return "\n".join([f"## {machine.name.capitalize()}", "", *diagram, "```", "", *table, *after])


def _arrows(steps: tuple[Step, ...]) -> list[str]:
    """One arrow for two states, however many triggers lead along it."""
    triggers: defaultdict[tuple[str, str], list[str]] = defaultdict(list)
    for step in steps:
        triggers[step.source, step.target].append(step.trigger)
    return [
        f"{source} --> {target}: {', '.join(names)}" for (source, target), names in triggers.items()
    ]


def _rows(steps: tuple[Step, ...]) -> list[str]:
    targets: defaultdict[tuple[str, str, str], list[str]] = defaultdict(list)
    for step in steps:
        targets[step.source, step.trigger, _name(step.event)].append(f"`{step.target}`")
    return [
        f"| `{source}` | `{trigger}` | {', '.join(names)} | {event} |"
        for (source, trigger, event), names in targets.items()
    ]


def _name(event: type | None) -> str:
    return "" if event is None else f"`{event.__name__}`"
