"""State machines: errors by their class, an idempotent start, exact outputs, no lost update."""

import json
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from apphost.capabilities import Capability
from tests.cloud import Account
from tests.conformance.experiments import run_inside
from tests.conformance.functions import Journal, deploy
from tests.conformance.machines import create, ended, run
from tests.conformance.resources import make_table

DECLINES = """
class CardDeclined(Exception):
    pass

def handler(event, context):
    record(event)
    raise CardDeclined("insufficient funds")
"""


def _catching(function_arn: str) -> dict[str, Any]:
    return {
        "StartAt": "Refund",
        "States": {
            "Refund": {
                "Type": "Task",
                "Resource": function_arn,
                "Retry": [
                    {"ErrorEquals": ["CardDeclined"], "MaxAttempts": 1, "IntervalSeconds": 1}
                ],
                "Catch": [{"ErrorEquals": ["CardDeclined"], "Next": "Escalate"}],
                "End": True,
            },
            "Escalate": {"Type": "Pass", "Result": "escalated", "End": True},
        },
    }


def test_an_error_is_retried_and_caught_by_its_class(account: Account, journal: Journal) -> None:
    function_arn = deploy(account, DECLINES, journal=journal)
    finished = run(account, _catching(function_arn))
    assert finished["status"] == "SUCCEEDED"
    assert json.loads(finished["output"]) == "escalated"
    assert len(journal.entries()) == 2


@pytest.mark.stock
def test_stock_neither_retries_nor_catches_by_class(
    stock_account: Account, journal: Journal
) -> None:
    function_arn = deploy(stock_account, DECLINES, journal=journal)
    assert run(stock_account, _catching(function_arn))["status"] == "FAILED"
    assert len(journal.entries()) == 1


WAITS = {"StartAt": "W", "States": {"W": {"Type": "Wait", "Seconds": 3, "End": True}}}
PASSES = {"StartAt": "P", "States": {"P": {"Type": "Pass", "End": True}}}


def _start_twice(account: Account) -> list[str]:
    machine = create(account, WAITS)
    start = account.client("stepfunctions").start_execution
    return [
        start(stateMachineArn=machine, name="pay_1", input=given)["executionArn"]
        for given in ('{"a": 1, "b": 2}', '{"b": 2, "a": 1}')
    ]


def test_starting_a_running_execution_again_answers_with_it(account: Account) -> None:
    first, second = _start_twice(account)
    assert first == second


@pytest.mark.stock
def test_stock_refuses_to_start_a_running_execution_again(stock_account: Account) -> None:
    exists = stock_account.client("stepfunctions").exceptions.ExecutionAlreadyExists
    with pytest.raises(exists):
        _start_twice(stock_account)


def test_a_name_is_taken_for_another_input_and_after_the_end(account: Account) -> None:
    states = account.client("stepfunctions")
    exists = states.exceptions.ExecutionAlreadyExists
    running = create(account, WAITS)
    states.start_execution(stateMachineArn=running, name="pay_1", input='{"a": 1}')
    with pytest.raises(exists):
        states.start_execution(stateMachineArn=running, name="pay_1", input='{"a": 2}')
    closed = create(account, PASSES, name="closed")
    started = states.start_execution(stateMachineArn=closed, name="pay_1", input="{}")
    ended(account, started["executionArn"])
    with pytest.raises(exists):
        states.start_execution(stateMachineArn=closed, name="pay_1", input="{}")


PARALLEL = {
    "QueryLanguage": "JSONata",
    "StartAt": "Both",
    "States": {
        "Both": {
            "Type": "Parallel",
            "Branches": [
                {
                    "StartAt": name,
                    "States": {name: {"Type": "Pass", "Output": f"{{% '{name}' %}}", "End": True}},
                }
                for name in ("Void", "Refund")
            ],
            "Assign": {"second": "{% $states.result[1] %}"},
            "Output": {"did": "{% $join($states.result, ' and ') %}"},
            "Next": "Last",
        },
        "Last": {
            "Type": "Pass",
            "Output": {"did": "{% $states.input.did %}", "second": "{% $second %}"},
            "End": True,
        },
    },
}


def test_a_parallel_state_shapes_its_output_and_assigns(account: Account) -> None:
    finished = run(account, PARALLEL)
    assert json.loads(finished["output"]) == {"did": "Void and Refund", "second": "Refund"}


@pytest.mark.stock
def test_stock_passes_over_a_parallel_states_output(stock_account: Account) -> None:
    assert run(stock_account, PARALLEL)["status"] == "FAILED"


def test_tasks_and_requests_on_one_item_lose_no_update(account: Account) -> None:
    make_table(account, "counters")
    key = {"pk": {"S": "c"}, "sk": {"S": "0"}}
    add_one = {
        "TableName": "counters",
        "Key": key,
        "UpdateExpression": "ADD n :one",
        "ExpressionAttributeValues": {":one": {"N": "1"}},
    }
    machine = create(
        account,
        {
            "StartAt": "Each",
            "States": {
                "Each": {
                    "Type": "Map",
                    "ItemsPath": "$.items",
                    "ItemProcessor": {
                        "StartAt": "Add",
                        "States": {
                            "Add": {
                                "Type": "Task",
                                "Resource": "arn:aws:states:::dynamodb:updateItem",
                                "Parameters": add_one,
                                "End": True,
                            }
                        },
                    },
                    "End": True,
                }
            },
        },
    )
    states, dynamodb = account.client("stepfunctions"), account.client("dynamodb")
    started = states.start_execution(
        stateMachineArn=machine, input=json.dumps({"items": list(range(50))})
    )
    with ThreadPoolExecutor(5) as callers:
        list(callers.map(lambda _: dynamodb.update_item(**add_one), range(50)))
    assert ended(account, started["executionArn"])["status"] == "SUCCEEDED"
    assert dynamodb.get_item(TableName="counters", Key=key)["Item"]["n"] == {"N": "100"}


@pytest.mark.embedded
def test_tasks_wait_their_turn_with_requests() -> None:
    assert run_inside("lost_updates_when_mended") == 0


@pytest.mark.stock
def test_stock_loses_updates_between_tasks_and_requests() -> None:
    assert run_inside("lost_updates_on_stock") > 0


def _map(items: str, processor: dict[str, Any]) -> dict[str, Any]:
    """Over what `items` names, two at a time: each becomes what `Double` makes of it."""
    double = {"Type": "Pass", "Output": "{% $states.input.amount * 2 %}", "End": True}
    return {
        "QueryLanguage": "JSONata",
        "StartAt": "Each",
        "States": {
            "Each": {
                "Type": "Map",
                "Items": items,
                "MaxConcurrency": 2,
                "ItemSelector": {"amount": "{% $states.context.Map.Item.Value %}"},
                "ItemProcessor": {
                    **processor,
                    "StartAt": "Double",
                    "States": {"Double": double},
                },
                "End": True,
            }
        },
    }


@pytest.mark.parametrize(
    "processor",
    [
        pytest.param({}, id="inline"),
        pytest.param(
            {"ProcessorConfig": {"Mode": "DISTRIBUTED", "ExecutionType": "STANDARD"}},
            id="distributed",
            marks=pytest.mark.needs(Capability.DISTRIBUTED_MAPS),
        ),
    ],
)
def test_a_map_keeps_the_order_of_its_items(account: Account, processor: dict[str, Any]) -> None:
    finished = run(
        account, _map("{% $states.input.amounts %}", processor), {"amounts": [3, 1, 2, 5, 4]}
    )
    assert finished["status"] == "SUCCEEDED"
    assert json.loads(finished["output"]) == [6, 2, 4, 10, 8]


def _choosing(account: Account, amount: int) -> Any:
    rules = [{"Condition": "{% $states.input.amount > 0 %}", "Next": "Refund"}]
    states = {
        "Decide": {"Type": "Choice", "Choices": rules, "Default": "Nothing"},
        "Refund": {"Type": "Fail", "Error": "RefundNeeded", "Cause": "{% $states.input.why %}"},
        "Nothing": {"Type": "Succeed"},
    }
    machine = {"QueryLanguage": "JSONata", "StartAt": "Decide", "States": states}
    return run(account, machine, {"amount": amount, "why": "captured after cancel"})


def test_a_choice_takes_the_first_rule_that_holds(account: Account) -> None:
    finished = _choosing(account, 1)
    assert finished["status"] == "FAILED"
    assert (finished["error"], finished["cause"]) == ("RefundNeeded", "captured after cancel")
