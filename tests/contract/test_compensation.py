"""The definition of the compensation is valid, says what the code decides, and cannot get stuck."""

import json
from typing import Any

import pytest
from jsonata import Jsonata  # type: ignore[import-untyped]
from statelint.linter import Linter  # type: ignore[import-untyped]

from infra.constructs.compensation_states import IDS, NEVER_AGAIN, Waits, definition
from orders.api.compensation import Task
from orders.domain import errors
from orders.domain.undoing import Move
from shared.contracts.compensation import Reason
from tests.contract.compensation import BEGUN_BY, WAITS, states

ARN = "arn:aws:lambda:eu-central-1:123456789012:function:tasks"


def expressions(inside: Any) -> list[str]:
    if isinstance(inside, dict):
        return [found for value in inside.values() for found in expressions(value)]
    if isinstance(inside, list):
        return [found for value in inside for found in expressions(value)]
    if isinstance(inside, str) and inside.startswith("{%"):
        return [inside.removeprefix("{%").removesuffix("%}")]
    return []


def test_the_linter_of_the_states_language_finds_nothing() -> None:
    assert Linter.validate(definition(function_arn=ARN, waits=WAITS)) == []


def test_the_linter_would_find_what_is_wrong() -> None:
    broken = definition(function_arn=ARN, waits=WAITS)
    broken["States"]["Decide"]["Next"] = "Nowhere"
    assert Linter.validate(broken) != []


def test_every_expression_is_jsonata() -> None:
    found = expressions(states())
    assert len(found) > 20
    for expression in found:
        Jsonata(expression)


def test_every_move_that_can_be_decided_has_its_choice() -> None:
    chosen = {choice["Condition"].split("'")[1] for choice in states()["Choose"]["Choices"]}
    assert chosen | {"stop"} == {move.value for move in Move}


def test_every_reason_is_explained() -> None:
    assert set(BEGUN_BY) == set(Reason)


def test_every_task_is_one_that_the_function_knows() -> None:
    for state in states().values():
        if state["Type"] == "Task":
            given = {**state["Arguments"]["Payload"], "execution": 1, "paused": False}
            Task.model_validate(given)


def test_only_ids_travel_and_far_below_the_limit() -> None:
    for state in states().values():
        if "Output" in state:
            assert set(state["Output"]) - set(IDS) <= {"next", "paused"}
    longest = dict.fromkeys(IDS, "x" * 100) | {"execution": 20}
    assert len(json.dumps(longest)) < 1000  # of 256 KB


def test_what_is_never_tried_again_are_errors_of_the_function() -> None:
    assert all(hasattr(errors, name) for name in NEVER_AGAIN)


@pytest.mark.parametrize("state", ["Release hold", "Refund", "Wait for the outcome"])
def test_a_wait_has_a_heartbeat_within_its_timeout_and_ends_in_another_look(state: str) -> None:
    waits = states()[state]
    assert waits["HeartbeatSeconds"] < waits["TimeoutSeconds"]
    assert [catch["Next"] for catch in waits["Catch"]] == [waits["Next"]] == ["Decide"]
    assert set(waits["Catch"][0]["ErrorEquals"]) == {"States.Timeout", "States.HeartbeatTimeout"}


def test_every_state_leads_to_an_end() -> None:
    ends = {name for name, state in states().items() if state["Type"] == "Succeed"}
    reaching = set(ends)
    for _ in states():
        reaching |= {name for name, state in states().items() if _targets(state) & reaching}
    assert reaching == set(states())


def test_waits_are_the_stages() -> None:
    waits = Waits(heartbeat_seconds=7, timeout_seconds=9, pause_seconds=3)
    made = definition(function_arn=ARN, waits=waits)["States"]
    assert (made["Refund"]["HeartbeatSeconds"], made["Refund"]["TimeoutSeconds"]) == (7, 9)
    assert made["Pause"]["Seconds"] == 3


def _targets(state: dict[str, Any]) -> set[str]:
    ways = [*state.get("Choices", ()), *state.get("Catch", ()), state]
    return {way["Next"] for way in ways if "Next" in way} | {state.get("Default", "")}
