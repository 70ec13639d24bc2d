"""State machines that wait for an answer from a queue, a function or the bus, or in vain."""

import json
from typing import Any

import pytest

from apphost.capabilities import Capability
from tests.cloud import Account
from tests.conformance.functions import Journal, deploy
from tests.conformance.machines import create, ended, run
from tests.conformance.resources import make_queue, receive
from tests.conformance.waiting import eventually

ASKED = {"token": "{% $states.context.Task.Token %}", "payment": "{% $states.input.payment_id %}"}
GIVEN = {"payment_id": "pay_1"}


def _waiting(resource: str, arguments: dict[str, Any], **more: Any) -> dict[str, Any]:
    """A machine that asks, waits for the answer, and catches what goes wrong by its name."""
    asking = {
        "Type": "Task",
        "Resource": f"arn:aws:states:::{resource}.waitForTaskToken",
        "Arguments": arguments,
        "Output": {"answer": "{% $states.result %}"},
        "Catch": [
            {
                "ErrorEquals": [name],
                "Output": {"caught": "{% $states.errorOutput.Error %}"},
                "Next": "Escalate",
            }
            for name in ("CardDeclined", "States.Timeout", "States.HeartbeatTimeout")
        ],
        "End": True,
        **more,
    }
    escalating = {"Type": "Succeed"}
    return {
        "QueryLanguage": "JSONata",
        "StartAt": "Ask",
        "States": {"Ask": asking, "Escalate": escalating},
    }


def _asked_by_queue(account: Account, **more: Any) -> tuple[str, dict[str, Any]]:
    """An execution that waits, and what it asked through a queue."""
    url, _ = make_queue(account, "questions")
    machine = create(
        account,
        _waiting("sqs:sendMessage", {"QueueUrl": url, "MessageBody": ASKED}, **more),
    )
    started = account.client("stepfunctions").start_execution(
        stateMachineArn=machine, input=json.dumps(GIVEN)
    )
    (message,) = eventually(lambda: receive(account, url))
    return started["executionArn"], json.loads(message["Body"])


def _refusals(states: Any) -> tuple[type[Exception], ...]:
    """AWS has three words for a token that nobody waits for."""
    known = states.exceptions
    return known.InvalidToken, known.TaskDoesNotExist, known.TaskTimedOut


def test_an_answer_to_a_message_in_a_queue_continues_the_execution(account: Account) -> None:
    execution, asked = _asked_by_queue(account)
    assert asked["payment"] == "pay_1"
    states = account.client("stepfunctions")
    assert states.describe_execution(executionArn=execution)["status"] == "RUNNING"
    states.send_task_success(taskToken=asked["token"], output='{"refunded": 3998}')
    finished = ended(account, execution)
    assert finished["status"] == "SUCCEEDED"
    assert json.loads(finished["output"]) == {"answer": {"refunded": 3998}}


def test_a_failure_that_is_sent_back_is_caught_by_its_name(account: Account) -> None:
    execution, asked = _asked_by_queue(account)
    account.client("stepfunctions").send_task_failure(
        taskToken=asked["token"], error="CardDeclined", cause="insufficient funds"
    )
    assert json.loads(ended(account, execution)["output"]) == {"caught": "CardDeclined"}


def test_a_second_answer_to_a_token_is_refused_and_changes_nothing(account: Account) -> None:
    execution, asked = _asked_by_queue(account)
    states = account.client("stepfunctions")
    states.send_task_success(taskToken=asked["token"], output='"first"')
    assert json.loads(ended(account, execution)["output"]) == {"answer": "first"}
    with pytest.raises(_refusals(states)):
        states.send_task_success(taskToken=asked["token"], output='"second"')
    finished = states.describe_execution(executionArn=execution)
    assert json.loads(finished["output"]) == {"answer": "first"}


def test_a_second_answer_is_refused_while_the_execution_goes_on(account: Account) -> None:
    definition = _waiting("sqs:sendMessage", {"QueueUrl": "", "MessageBody": ASKED})
    url, _ = make_queue(account, "questions")
    definition["States"]["Ask"]["Arguments"]["QueueUrl"] = url
    del definition["States"]["Ask"]["End"]
    definition["States"]["Ask"]["Next"] = "Linger"
    definition["States"]["Linger"] = {"Type": "Wait", "Seconds": 3, "Next": "Escalate"}
    states = account.client("stepfunctions")
    states.start_execution(stateMachineArn=create(account, definition), input=json.dumps(GIVEN))
    (message,) = eventually(lambda: receive(account, url))
    token = json.loads(message["Body"])["token"]
    states.send_task_success(taskToken=token, output='"first"')
    with pytest.raises(_refusals(states)):
        states.send_task_success(taskToken=token, output='"second"')


def test_an_answer_to_a_token_that_nobody_gave_is_refused(account: Account) -> None:
    states = account.client("stepfunctions")
    with pytest.raises(_refusals(states)):
        states.send_task_success(taskToken="nobody-gave-it", output="{}")


def test_a_wait_that_is_stopped_is_aborted(account: Account) -> None:
    execution, _ = _asked_by_queue(account, TimeoutSeconds=60, HeartbeatSeconds=30)
    account.client("stepfunctions").stop_execution(executionArn=execution)
    assert ended(account, execution)["status"] == "ABORTED"


@pytest.mark.needs(Capability.CLOSED_WAITS)
def test_an_answer_to_a_wait_that_was_stopped_is_refused(account: Account) -> None:
    execution, asked = _asked_by_queue(account, TimeoutSeconds=60, HeartbeatSeconds=30)
    states = account.client("stepfunctions")
    states.stop_execution(executionArn=execution)
    ended(account, execution)
    with pytest.raises(_refusals(states)):
        states.send_task_success(taskToken=asked["token"], output='"late"')
    assert states.describe_execution(executionArn=execution)["status"] == "ABORTED"


def test_a_wait_ends_with_its_time(account: Account) -> None:
    execution, _ = _asked_by_queue(account, TimeoutSeconds=1)
    assert json.loads(ended(account, execution)["output"]) == {"caught": "States.Timeout"}


@pytest.mark.needs(Capability.HEARTBEATS)
def test_a_wait_without_a_heartbeat_ends_before_its_time(account: Account) -> None:
    execution, _ = _asked_by_queue(account, TimeoutSeconds=60, HeartbeatSeconds=1)
    caught = json.loads(ended(account, execution)["output"])["caught"]
    assert caught in {"States.HeartbeatTimeout", "States.Timeout"}


def test_heartbeats_keep_a_wait_alive(account: Account) -> None:
    execution, asked = _asked_by_queue(account, TimeoutSeconds=60, HeartbeatSeconds=2)
    states = account.client("stepfunctions")
    sent: list[None] = []

    def third_heartbeat() -> bool:
        states.send_task_heartbeat(taskToken=asked["token"])
        sent.append(None)
        return len(sent) == 3

    assert eventually(third_heartbeat, pause_seconds=1)
    states.send_task_success(taskToken=asked["token"], output='"late"')
    assert json.loads(ended(account, execution)["output"]) == {"answer": "late"}


ANSWERS = """
import boto3

def handler(event, context):
    record(event["payment"])
    boto3.client("stepfunctions").send_task_success(taskToken=event["token"], output='"refunded"')
"""


def test_a_function_that_was_given_the_token_answers_by_it(
    account: Account, journal: Journal
) -> None:
    deploy(account, ANSWERS, journal=journal)
    asking = _waiting("lambda:invoke", {"FunctionName": "fn", "Payload": ASKED})
    finished = run(account, asking, GIVEN)
    assert json.loads(finished["output"]) == {"answer": "refunded"}
    assert journal.entries() == ["pay_1"]


@pytest.mark.needs(Capability.TASKS_ON_THE_BUS)
def test_an_answer_to_an_event_on_the_bus_continues_the_execution(account: Account) -> None:
    events = account.client("events")
    events.create_event_bus(Name="bus")
    events.put_rule(
        Name="asked", EventBusName="bus", EventPattern='{"detail-type": ["RefundPayment"]}'
    )
    url, arn = make_queue(account, "commands")
    events.put_targets(Rule="asked", EventBusName="bus", Targets=[{"Id": "commands", "Arn": arn}])
    entry = {
        "EventBusName": "bus",
        "Source": "quittance.compensation",
        "DetailType": "RefundPayment",
        "Detail": ASKED,
    }
    machine = create(account, _waiting("events:putEvents", {"Entries": [entry]}))
    states = account.client("stepfunctions")
    started = states.start_execution(stateMachineArn=machine, input=json.dumps(GIVEN))
    (message,) = eventually(lambda: receive(account, url))
    asked = json.loads(message["Body"])["detail"]
    assert asked["payment"] == "pay_1"
    states.send_task_success(taskToken=asked["token"], output="null")
    assert json.loads(ended(account, started["executionArn"])["output"]) == {"answer": None}
