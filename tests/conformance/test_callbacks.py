"""States that wait for a callback: the first one counts, silence has a name, errors are errors."""

import json
from typing import Any

import pytest

from tests.cloud import Account
from tests.conformance.functions import Journal, deploy
from tests.conformance.waiting import eventually

pytestmark = pytest.mark.embedded
"""It is about a mend of the embedded cloud: LocalStack says the same in other words."""

TAKES = """
def handler(event, context):
    record(event)
"""
FAILS = """
class Broken(Exception):
    pass

def handler(event, context):
    record(event)
    raise Broken("no token was taken")
"""


def start(account: Account, function_arn: str, **waits: int) -> str:
    """An execution that hands its token to the function and waits for the callback."""
    states = account.client("stepfunctions")
    definition = {
        "QueryLanguage": "JSONata",
        "StartAt": "Wait",
        "States": {
            "Wait": {
                "Type": "Task",
                "Resource": "arn:aws:states:::lambda:invoke.waitForTaskToken",
                "Arguments": {
                    "FunctionName": function_arn,
                    "Payload": {"token": "{% $states.context.Task.Token %}"},
                },
                **waits,
                "End": True,
            }
        },
    }
    machine = states.create_state_machine(
        name="waits",
        definition=json.dumps(definition),
        roleArn=f"arn:aws:iam::{account.account_id}:role/test",
    )["stateMachineArn"]
    arn: str = states.start_execution(stateMachineArn=machine)["executionArn"]
    return arn


def ended(account: Account, arn: str) -> Any:
    def look() -> Any:
        found = account.client("stepfunctions").describe_execution(executionArn=arn)
        return found if found["status"] != "RUNNING" else None

    return eventually(look)


def test_the_first_callback_counts_and_a_second_is_refused(
    account: Account, journal: Journal
) -> None:
    states = account.client("stepfunctions")
    arn = start(account, deploy(account, TAKES, journal=journal), TimeoutSeconds=60)
    token = eventually(journal.entries)[0]["token"]
    states.send_task_success(taskToken=token, output='"first"')
    refused = (states.exceptions.TaskTimedOut, states.exceptions.TaskDoesNotExist)
    with pytest.raises(refused):
        states.send_task_success(taskToken=token, output='"second"')
    assert json.loads(ended(account, arn)["output"]) == "first"


def test_a_wait_without_a_heartbeat_ends_by_that_name(account: Account, journal: Journal) -> None:
    function_arn = deploy(account, TAKES, journal=journal)
    arn = start(account, function_arn, HeartbeatSeconds=1, TimeoutSeconds=600)
    assert ended(account, arn)["error"] == "States.HeartbeatTimeout"


def test_a_function_that_fails_fails_the_wait(account: Account, journal: Journal) -> None:
    arn = start(account, deploy(account, FAILS, journal=journal), TimeoutSeconds=600)
    assert ended(account, arn)["error"] == "Broken"


@pytest.mark.stock
def test_stock_waits_on_after_its_function_has_failed(
    stock_account: Account, journal: Journal
) -> None:
    arn = start(stock_account, deploy(stock_account, FAILS, journal=journal), TimeoutSeconds=2)
    assert ended(stock_account, arn)["error"] == "States.Timeout"
