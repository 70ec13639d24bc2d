"""State machines evaluate JSONata, without the Java library that LocalStack downloads for it."""

import json
from typing import Any

from tests.cloud import Account
from tests.conformance.waiting import eventually

LINES = [
    {"sku": "mug", "quantity": 2, "unit_amount": 1999},
    {"sku": "postage", "quantity": 1, "unit_amount": 490},
]


def _run(account: Account, output: Any, **states: Any) -> dict[str, Any]:
    """How a machine ended that puts out `output` for the lines of an order."""
    machines = account.client("stepfunctions")
    state = {"Type": "Pass", "Output": output, "End": True}
    definition = {"QueryLanguage": "JSONata", "StartAt": "Add", "States": {"Add": state, **states}}
    machine = machines.create_state_machine(
        name="totals",
        definition=json.dumps(definition),
        roleArn=f"arn:aws:iam::{account.account_id}:role/test",
    )["stateMachineArn"]
    started = machines.start_execution(stateMachineArn=machine, input=json.dumps({"lines": LINES}))
    arn = started["executionArn"]

    def ended() -> dict[str, Any] | None:
        found: dict[str, Any] = machines.describe_execution(executionArn=arn)
        return None if found["status"] == "RUNNING" else found

    end = eventually(ended)
    assert end is not None
    return end


def test_an_expression_is_evaluated_on_the_input(account: Account) -> None:
    ended = _run(
        account,
        {
            "total": "{% $sum($states.input.lines.(quantity * unit_amount)) %}",
            "skus": "{% $states.input.lines.sku %}",
            "first": "{% $states.input.lines[0] %}",
        },
    )
    assert ended["status"] == "SUCCEEDED"
    assert json.loads(ended["output"]) == {
        "total": 4488,
        "skus": ["mug", "postage"],
        "first": {"sku": "mug", "quantity": 2, "unit_amount": 1999},
    }


def test_an_expression_without_a_value_fails_the_execution(account: Account) -> None:
    ended = _run(account, "{% $states.input.nothing %}")
    assert ended["status"] == "FAILED"
    assert ended["error"] == "States.QueryEvaluationError"


def test_an_expression_that_is_not_one_fails_the_execution(account: Account) -> None:
    assert _run(account, "{% $number('mug') %}")["status"] == "FAILED"
