"""What is left for people, and executions that are stopped, forged or started for nothing."""

import json
import uuid
from typing import Any

import pytest
from botocore.exceptions import ClientError

from client.answers import Order
from client.watch import until
from tests.e2e.asking import ask, order_becomes, truth
from tests.e2e.driver import PATIENCE, Platform
from tests.e2e.undoing import age, clock_strikes, executions, told, undone


def case_of(quittance: Platform, order: Order) -> Any:
    """The one case that waits for a person to decide on the order."""

    def look() -> list[Any]:
        answer = quittance.send("GET", "/cases?limit=100", role="operator")
        cases = json.loads(answer.body)["data"]
        return [each for each in cases if each["order_id"] == order["order_id"]]

    (found,) = until(look, bool, PATIENCE)
    return found


def decide(quittance: Platform, case: Any, action: str) -> Any:
    return quittance.send(
        "POST",
        f"/cases/{case['case_id']}/resolution",
        body={"action": action, "reason": "looked at the provider"},
        headers={"Idempotency-Key": str(uuid.uuid4())},
        role="operator",
    )


def ended_by_hand(quittance: Platform, given: Any) -> str:
    """How an execution of the compensation ends that somebody starts with that input."""
    states = quittance.aws("stepfunctions")
    started = states.start_execution(
        stateMachineArn=quittance.outputs.state_machines["compensation"], input=json.dumps(given)
    )
    ended: str = until(
        lambda: states.describe_execution(executionArn=started["executionArn"])["status"],
        lambda status: status != "RUNNING",
        PATIENCE,
    )
    return ended


def test_a_case_says_what_was_tried_and_is_corrected_by_a_person(quittance: Platform) -> None:
    order = quittance.rest(quittance.place("tok_void_fails"))
    ask(quittance, order, "cancel")
    case = case_of(quittance, order)
    assert (case["code"], len(case["tried"]), case["age_seconds"] >= 0) == ("void_failed", 3, True)
    assert (case["known"]["status"], case["known"]["hold"]) == ("cancelling", "held")
    answer = decide(quittance, case, "correct")
    resolved = json.loads(answer.body)
    assert (answer.status, resolved["status"]) == (200, "resolved")
    assert (resolved["decision"]["actor"], resolved["decision"]["action"]) == (
        "operator",
        "correct",
    )
    order_becomes(quittance, order, "cancelled")
    (correction,) = told(quittance, order, "OrderCorrected")
    assert (correction["before"], correction["after"]) == ("cancelling", "cancelled")
    again = decide(quittance, case, "retry")
    assert (again.status, json.loads(again.body)["code"]) == (409, "case_already_resolved")


def test_a_person_has_it_tried_again(quittance: Platform) -> None:
    order = quittance.rest(quittance.place("tok_void_fails"))
    ask(quittance, order, "cancel")
    decide(quittance, case_of(quittance, order), "retry")

    def six_tries() -> bool:
        ends = told(quittance, order, "CompensationEscalated")
        return len(ends) == 2 and len(ends[1]["tried"]) == 6

    until(six_tries, bool, PATIENCE)
    assert executions(quittance, order) == ["SUCCEEDED", "SUCCEEDED"]


def test_only_an_operator_decides_on_a_case_and_never_without_a_reason(
    quittance: Platform,
) -> None:
    key = {"Idempotency-Key": str(uuid.uuid4())}
    path = "/cases/case_unknown/resolution"
    body = {"action": "retry", "reason": "x"}
    assert quittance.send("POST", path, body=body, headers=key).status == 403
    assert quittance.send("POST", path, body=body, headers=key, role="operator").status == 404
    for bad in (
        {"action": "retry", "reason": ""},
        {"action": "retry", "reason": "  "},
        {"action": "retry", "reason": "x" * 501},
        {"action": "retry"},
        {"action": "refund", "reason": "x"},
        {"action": "retry", "reason": "x", "actor": "somebody else"},
    ):
        key = {"Idempotency-Key": str(uuid.uuid4())}
        answer = quittance.send("POST", path, body=bad, headers=key, role="operator")
        assert (answer.status, json.loads(answer.body)["code"]) == (422, "invalid_request")


def test_a_stopped_execution_is_replaced_and_ends_right(quittance: Platform) -> None:
    """Stopped while it waits for what the provider never told: the clock begins another one."""
    order = quittance.rest(quittance.place("tok_webhook_never"))
    ask(quittance, order, "cancel")
    (started,) = until(lambda: told(quittance, order, "CompensationRequested"), bool, PATIENCE)
    machine = quittance.outputs.state_machines["compensation"]
    arn = machine.replace(":stateMachine:", ":execution:")
    name = f"{started['compensation_id']}-1"
    until(lambda: told(quittance, order, "CancelPayment"), bool, PATIENCE)
    quittance.aws("stepfunctions").stop_execution(executionArn=f"{arn}:{name}")
    age(quittance, order, "compensations[0].due_at")
    clock_strikes(quittance)
    order_becomes(quittance, order, "cancelled")
    undone(quittance, order, "order_cancelled")
    assert sorted(executions(quittance, order)) == ["ABORTED", "SUCCEEDED"]
    assert len(told(quittance, order, "CancelPayment")) == 1
    assert truth(quittance, order) == (0, 0, 3998)


@pytest.mark.parametrize(
    "given",
    [
        {"order_id": "ord_unknown", "compensation_id": "cmp_x", "execution": 1, "cause": "x"},
        {"order_id": 7},
        {"order_id": "o", "compensation_id": "c", "execution": 1, "cause": "x" * 1000},
    ],
)
def test_an_execution_of_nothing_that_is_known_fails_and_changes_nothing(
    quittance: Platform, given: Any
) -> None:
    assert ended_by_hand(quittance, given) == "FAILED"


def test_an_input_over_the_limit_is_refused_or_fails_and_changes_nothing(
    quittance: Platform,
) -> None:
    """AWS refuses it at the start; where that is not so, the first task does."""
    given = {"order_id": "o", "compensation_id": "c", "execution": 1, "cause": "x" * 262_144}
    try:
        ended = ended_by_hand(quittance, given)
    except ClientError as refused:
        ended = refused.response["Error"]["Code"]
    assert ended in {"ValidationException", "InvalidExecutionInput", "FAILED"}


def test_an_execution_of_another_orders_compensation_fails_and_changes_nothing(
    quittance: Platform,
) -> None:
    order, other = quittance.rest(quittance.place()), quittance.rest(quittance.place())
    ask(quittance, order, "cancel")
    end = undone(quittance, order, "order_cancelled")
    given = {
        "order_id": other["order_id"],
        "compensation_id": end["compensation_id"],
        "execution": 1,
        "cause": "by hand",
    }
    assert ended_by_hand(quittance, given) == "FAILED"
    assert quittance.api().order(other["order_id"]) == other
    assert truth(quittance, other) == (0, 0, 0)


def test_an_execution_of_what_is_undone_already_does_nothing(quittance: Platform) -> None:
    order = quittance.rest(quittance.place())
    ask(quittance, order, "cancel")
    end = undone(quittance, order, "order_cancelled")
    seen = quittance.api().order(order["order_id"])
    given = {
        "order_id": order["order_id"],
        "compensation_id": end["compensation_id"],
        "execution": 1,
        "cause": "by hand",
    }
    assert ended_by_hand(quittance, given) == "SUCCEEDED"
    assert quittance.api().order(order["order_id"]) == seen
