"""The state machines as they are in code: `states.md`, a diagram and a table each."""

from typing import Any

from shared.states import StateMachine
from tests.contract.services import machines

INTRODUCTION = """\
# States

Generated from the code. Each line of a table is one allowed transition; whatever is not there is
refused with `invalid_transition`. The event is what the transition publishes."""


def render() -> str:
    parts = [INTRODUCTION, *(_section(machine) for _, machine in sorted(machines().items()))]
    return "\n\n".join(parts) + "\n"


def _section(machine: StateMachine[Any, Any]) -> str:
    steps = machine.transitions
    states = list(dict.fromkeys(state for step in steps for state in (step.source, step.target)))
    first = [state for state in states if state not in {step.target for step in steps}]
    last = [state for state in states if state not in {step.source for step in steps}]
    diagram = ["```mermaid", "stateDiagram-v2"]
    diagram += [f"    [*] --> {state}" for state in first]
    diagram += [f"    {step.source} --> {step.target}: {step.trigger}" for step in steps]
    diagram += [f"    {state} --> [*]" for state in last]
    table = ["| source | trigger | target | event |", "|---|---|---|---|"]
    table += [
        f"| `{step.source}` | `{step.trigger}` | `{step.target}` | {_name(step.event)} |"
        for step in steps
    ]
    return "\n".join([f"## {machine.name.capitalize()}", "", *diagram, "```", "", *table])


def _name(event: type | None) -> str:
    return "" if event is None else f"`{event.__name__}`"
