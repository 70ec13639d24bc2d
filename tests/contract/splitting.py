"""The state machine that reads a large settlement report, drawn from its definition."""

from collections.abc import Iterator
from typing import Any, Final

from infra.constructs.report_splitting import PARTS_AT_ONCE, RETRY, TIMEOUT_SECONDS, definition

INTRODUCTION: Final = """\
# Splitting of settlement reports

Generated from the definition of the state machine. A report of more than a few parts is read by a
Distributed Map: each part is an execution of its own, and calls the function that reads one. When
all are through, the report is ended: its counts are added up and it is told, once."""


def render() -> str:
    machine = definition("arn")
    diagram = ["```mermaid", "stateDiagram-v2", *(f"    {each}" for each in _lines(machine)), "```"]
    (retry,) = RETRY
    limits = (
        f"Up to {PARTS_AT_ONCE} parts are read at the same time, within "
        f"{TIMEOUT_SECONDS // 3600} hours. A call that fails is tried again "
        f"{retry['MaxAttempts']} times; a part that is read twice tells nothing twice, and a "
        "report that lacks a part is not ended: its execution fails, and the alarm tells."
    )
    return "\n\n".join([INTRODUCTION, "\n".join(diagram), limits]) + "\n"


def _lines(machine: dict[str, Any], indent: str = "") -> Iterator[str]:
    """The states of a machine in their order; those of a map stand within it."""
    yield f"{indent}[*] --> {machine['StartAt']}"
    for name, state in machine["States"].items():
        if state["Type"] == "Map":
            mode = state["ItemProcessor"]["ProcessorConfig"]["Mode"].lower()
            yield f'{indent}state "{name} ({mode} map over {_items(state)})" as {name} {{'
            yield from _lines(state["ItemProcessor"], indent + "    ")
            yield f"{indent}}}"
        yield f"{indent}{name} --> {state.get('Next', '[*]')}"


def _items(state: dict[str, Any]) -> str:
    return str(state["Items"]).strip("{%} ").removeprefix("$states.input.")
