"""State machines for tests: made, started, and waited for."""

import json
from typing import Any

from tests.cloud import Account
from tests.conformance.waiting import eventually


def create(account: Account, definition: dict[str, Any], *, name: str = "compensation") -> str:
    """Returns its ARN."""
    made = account.client("stepfunctions").create_state_machine(
        name=name,
        definition=json.dumps(definition),
        roleArn=f"arn:aws:iam::{account.account_id}:role/test",
    )
    arn: str = made["stateMachineArn"]
    return arn


def run(account: Account, definition: dict[str, Any], given: Any = None) -> dict[str, Any]:
    """How an execution of a new machine ended."""
    machine = create(account, definition)
    started = account.client("stepfunctions").start_execution(
        stateMachineArn=machine, input=json.dumps(given or {})
    )
    return ended(account, started["executionArn"])


def ended(account: Account, execution_arn: str) -> dict[str, Any]:
    """The execution, once it runs no more."""

    def look() -> dict[str, Any] | None:
        found: dict[str, Any] = account.client("stepfunctions").describe_execution(
            executionArn=execution_arn
        )
        return found if found["status"] != "RUNNING" else None

    found = eventually(look)
    assert found
    return found
