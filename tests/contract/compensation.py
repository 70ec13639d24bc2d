"""The state machine of the compensation, drawn from its definition: `compensation.md`."""

from collections.abc import Iterator
from typing import Any, Final

from infra.constructs.compensation_states import Waits, definition
from shared.contracts.compensation import Reason

WAITS: Final = Waits(heartbeat_seconds=1800, timeout_seconds=6 * 3600, pause_seconds=900)
"""Those of stage prod."""
BEGUN_BY: Final = {
    Reason.ORDER_CANCELLED: "a customer cancels before the money is captured, or while it is",
    Reason.NOT_CONFIRMED: "an authorized order was not confirmed in time",
    Reason.CAPTURE_FAILED: "a capture was refused: the hold still stands",
    Reason.CAPTURE_UNDONE: "a capture that had succeeded was undone: the ledger must reverse it",
    Reason.CAPTURED_LATE: "money was captured after its payment was given up",
    Reason.REFUND_FAILED: "a refund was refused or came back: a person is told",
    Reason.REFUNDED_TWICE: "a refund was paid by hand and made by the provider: a person is told",
    Reason.AUTHORIZATION_EXPIRED: "a hold expired before the order was confirmed",
}
INTRODUCTION: Final = """\
# Compensation

Generated from the definition of the state machine. It starts when an order takes in a failure that
has to be undone, one execution a cause; no order that goes well enters it. `Decide` reads the facts
of the order and says what is next; whatever ends a wait, the facts are read again. The names of
the choices are the moves of `functions/orders/domain/undoing.py`."""


def states() -> dict[str, dict[str, Any]]:
    found: dict[str, dict[str, Any]] = definition(function_arn="arn", waits=WAITS)["States"]
    return found


def render() -> str:
    reasons = [f"| `{reason}` | {BEGUN_BY[reason]} |" for reason in Reason]
    table = ["| reason | begun when |", "|---|---|", *reasons]
    diagram = ["```mermaid", "stateDiagram-v2", *(f"    {line}" for line in _lines()), "```"]
    waits = (
        f"In stage prod a wait is looked after every {WAITS.heartbeat_seconds // 60} minutes, and "
        f"a failed try is repeated after {WAITS.pause_seconds // 60}. A task that fails is tried "
        "again six times."
    )
    return "\n\n".join([INTRODUCTION, "\n".join(diagram), waits, "\n".join(table)]) + "\n"


def _lines() -> Iterator[str]:
    names = {state: state.title().replace(" ", "") for state in states()}
    yield from (f'state "{state}" as {name}' for state, name in names.items() if " " in state)
    yield "[*] --> Decide"
    for state, content in states().items():
        for target, label in _ways(content):
            yield f"{names[state]} --> {names[target]}" + (f": {label}" if label else "")
        if content["Type"] == "Succeed":
            yield f"{names[state]} --> [*]"


def _ways(state: dict[str, Any]) -> Iterator[tuple[str, str]]:
    for choice in state.get("Choices", ()):
        yield choice["Next"], choice["Condition"].split("'")[1]
    if "Default" in state:
        yield state["Default"], "stop"
    for catch in state.get("Catch", ()):
        yield catch["Next"], "silence"
    if "Next" in state:
        yield state["Next"], "callback" if "HeartbeatSeconds" in state else ""
