"""Executions that are stopped, killed, called back falsely, twice or not at all still end right."""

import json
import uuid
from collections.abc import Iterator
from contextlib import contextmanager, suppress

import pytest
from botocore.exceptions import ClientError

from client.answers import Order
from client.watch import until
from tests.e2e.asking import ask, order_becomes, payment_becomes, truth
from tests.e2e.driver import PATIENCE, Platform
from tests.e2e.killing import killing
from tests.e2e.undoing import (
    age,
    books_become,
    clock_strikes,
    enable,
    executions,
    mapping_of,
    told,
    undone,
)

HELD = "tok_webhook_never"
"""Nothing is ever told of it: whatever waits for an outcome waits until somebody asks."""
KILLS = 3


def waits_in(quittance: Platform, order: Order, state: str) -> str:
    """The execution of the order's compensation that waits in that state, by its ARN."""
    machine = quittance.outputs.state_machines["compensation"]
    arn = machine.replace(":stateMachine:", ":execution:")
    states = quittance.aws("stepfunctions")

    def look() -> str:
        for each in told(quittance, order, "CompensationRequested"):
            name = f"{arn}:{each['compensation_id']}-{each['execution']}"
            with suppress(states.exceptions.ExecutionDoesNotExist):
                events = states.get_execution_history(executionArn=name)["events"]
                entered = [each for each in events if "stateEnteredEventDetails" in each]
                where = entered[-1]["stateEnteredEventDetails"]["name"] if entered else ""
                status = states.describe_execution(executionArn=name)["status"]
                if (where, status) == (state, "RUNNING") and token_of(quittance, order):
                    return name
        return ""

    return until(look, bool, PATIENCE)


def token_of(quittance: Platform, order: Order) -> str:
    """The token of the wait that the order knows of; empty if there is none."""
    item = quittance.aws("dynamodb").get_item(
        TableName=quittance.outputs.tables["orders"],
        Key={"pk": {"S": f"ORDER#{order['order_id']}"}, "sk": {"S": "STATE"}},
        ConsistentRead=True,
    )["Item"]
    compensations = item["compensations"]["L"]
    return str(compensations[0]["M"]["token"].get("S", "")) if compensations else ""


def stop(quittance: Platform, execution: str) -> None:
    quittance.aws("stepfunctions").stop_execution(executionArn=execution)


def replace(quittance: Platform, order: Order) -> None:
    """As if nothing had been heard of the execution for long: the clock begins another one."""
    age(quittance, order, "compensations[0].due_at")
    clock_strikes(quittance)


def sync(quittance: Platform, order: Order) -> None:
    path = f"/payments/{order['payment_id']}/sync"
    key = {"Idempotency-Key": str(uuid.uuid4())}
    answer = quittance.send("POST", path, body={}, headers=key, role="operator")
    assert answer.status < 300, answer.body


def held(quittance: Platform) -> Order:
    """An authorized order of which no webhook ever tells."""
    order = quittance.place(HELD)
    payment_becomes(quittance, order, lambda seen: seen["attempts"])
    sync(quittance, order)
    authorized: Order = order_becomes(quittance, order, "authorized")
    return authorized


def asked(quittance: Platform, order: Order) -> list[str]:
    """The commands of the compensation, in their order."""
    events = quittance.api().order_events(order["order_id"])
    return [each["type"] for each in events if each["type"] in {"CancelPayment", "RefundPayment"}]


def test_an_execution_is_stopped_in_each_wait_of_a_cancel_that_lost_the_race(
    quittance: Platform,
) -> None:
    order = held(quittance)
    ask(quittance, order, "confirm")
    payment_becomes(quittance, order, lambda seen: len(seen["attempts"]) == 2)
    assert ask(quittance, order, "cancel").status == 202
    stop(quittance, waits_in(quittance, order, "Wait for the outcome"))
    replace(quittance, order)
    stop(quittance, waits_in(quittance, order, "Wait for the outcome"))
    sync(quittance, order)
    replace(quittance, order)
    stop(quittance, waits_in(quittance, order, "Refund"))
    replace(quittance, order)
    waits_in(quittance, order, "Wait for the outcome")
    payment_becomes(quittance, order, lambda seen: len(seen["attempts"]) == 3)
    sync(quittance, order)
    order_becomes(quittance, order, "refunded")
    undone(quittance, order, "order_cancelled")
    assert sorted(executions(quittance, order)) == ["ABORTED", "ABORTED", "ABORTED", "SUCCEEDED"]
    assert asked(quittance, order) == ["RefundPayment"]
    assert truth(quittance, order) == (3998, 3998, 0)
    books_become(quittance, order, {"1100": 3998, "4000": -3998, "4100": 3998, "1200": -3998})


def test_an_execution_that_is_stopped_while_it_releases_a_hold_releases_it_once(
    quittance: Platform,
) -> None:
    order = held(quittance)
    ask(quittance, order, "cancel")
    stop(quittance, waits_in(quittance, order, "Release hold"))
    replace(quittance, order)
    waits_in(quittance, order, "Wait for the outcome")
    payment_becomes(quittance, order, lambda seen: len(seen["attempts"]) == 2)
    sync(quittance, order)
    order_becomes(quittance, order, "cancelled")
    undone(quittance, order, "order_cancelled")
    assert sorted(executions(quittance, order)) == ["ABORTED", "SUCCEEDED"]
    assert asked(quittance, order) == ["CancelPayment"]
    assert truth(quittance, order) == (0, 0, 3998)
    books_become(quittance, order, {})


def test_a_callback_that_is_forged_only_makes_the_execution_look_again(
    quittance: Platform,
) -> None:
    order = held(quittance)
    ask(quittance, order, "cancel")
    waits_in(quittance, order, "Release hold")
    payment_becomes(quittance, order, lambda seen: len(seen["attempts"]) == 2)
    token, states = token_of(quittance, order), quittance.aws("stepfunctions")
    lie = {"order_id": "ord_other", "next": "complete", "captured": 3998, "status": "voided"}
    states.send_task_success(taskToken=token, output=json.dumps(lie))
    waits_in(quittance, order, "Wait for the outcome")
    assert quittance.api().order(order["order_id"])["status"] == "cancelling"
    assert told(quittance, order, "CompensationCompleted") == []
    for used in (token, "not a token of anybody's"):
        with pytest.raises(ClientError) as refused:
            states.send_task_success(taskToken=used, output="{}")
        assert refused.value.response["Error"]["Code"] in {
            "TaskTimedOut",
            "TaskDoesNotExist",
            "InvalidToken",
        }
    sync(quittance, order)
    order_becomes(quittance, order, "cancelled")
    undone(quittance, order, "order_cancelled")
    assert executions(quittance, order) == ["SUCCEEDED"]
    assert asked(quittance, order) == ["CancelPayment"]
    assert truth(quittance, order) == (0, 0, 3998)


def test_a_callback_for_a_token_that_expired_is_ignored_and_nothing_is_lost(
    quittance: Platform,
) -> None:
    """The outcome comes while nobody waits for it any more: its execution was stopped."""
    order = held(quittance)
    ask(quittance, order, "cancel")
    stop(quittance, waits_in(quittance, order, "Release hold"))
    payment_becomes(quittance, order, lambda seen: len(seen["attempts"]) == 2)
    sync(quittance, order)
    order_becomes(quittance, order, "cancelled")
    until(lambda: told(quittance, order, "CompensationAdvanced"), bool, PATIENCE)
    until(quittance.messages, lambda count: count <= quittance.resting_messages, PATIENCE)
    assert told(quittance, order, "CompensationCompleted") == []
    replace(quittance, order)
    undone(quittance, order, "order_cancelled")
    assert sorted(executions(quittance, order)) == ["ABORTED", "SUCCEEDED"]
    assert asked(quittance, order) == ["CancelPayment"]


def test_a_callback_that_is_lost_is_made_good_by_the_next_heartbeat(quittance: Platform) -> None:
    order = held(quittance)
    ask(quittance, order, "cancel")
    waits_in(quittance, order, "Release hold")
    payment_becomes(quittance, order, lambda seen: len(seen["attempts"]) == 2)
    with callbacks_lost(quittance):
        sync(quittance, order)
        order_becomes(quittance, order, "cancelled")
        undone(quittance, order, "order_cancelled")
    assert executions(quittance, order) == ["SUCCEEDED"]
    assert truth(quittance, order) == (0, 0, 3998)


@contextmanager
def callbacks_lost(quittance: Platform) -> Iterator[None]:
    """Nobody reads what would wake an execution, until it is too late."""
    client, mapping = quittance.aws("lambda"), mapping_of(quittance, "orders_recovery")
    enable(client, mapping, enabled=False)
    try:
        yield
    finally:
        enable(client, mapping, enabled=True)


def test_a_start_that_is_doubled_starts_nothing(quittance: Platform) -> None:
    """The same request under another id, while the execution runs and when it has ended."""
    order = held(quittance)
    ask(quittance, order, "cancel")
    waits_in(quittance, order, "Release hold")
    payment_becomes(quittance, order, lambda seen: len(seen["attempts"]) == 2)
    repeat_request(quittance, order)
    sync(quittance, order)
    undone(quittance, order, "order_cancelled")
    repeat_request(quittance, order)
    until(quittance.messages, lambda count: count <= quittance.resting_messages, PATIENCE)
    assert executions(quittance, order) == ["SUCCEEDED"]
    assert asked(quittance, order) == ["CancelPayment"]
    assert len(told(quittance, order, "CompensationCompleted")) == 1


def repeat_request(quittance: Platform, order: Order) -> None:
    """Put `CompensationRequested` on the bus once more, as another message."""
    (row,) = quittance.aws("dynamodb").scan(
        TableName=quittance.outputs.tables["orders"],
        FilterExpression="#type = :type AND contains(Payload, :order)",
        ExpressionAttributeNames={"#type": "Type"},
        ExpressionAttributeValues={
            ":type": {"S": "CompensationRequested"},
            ":order": {"S": order["order_id"]},
        },
    )["Items"]
    document = json.loads(row["Payload"]["S"])
    again = {
        "EventBusName": quittance.outputs.bus,
        "Source": document["source"],
        "DetailType": document["type"],
        "Detail": json.dumps({**document, "id": f"{document['id']}/{uuid.uuid4()}"}),
    }
    answer = quittance.aws("events").put_events(Entries=[again])
    assert answer["FailedEntryCount"] == 0


def test_workers_of_the_compensation_are_killed_and_every_order_ends_right(
    quittance: Platform,
) -> None:
    with killing(quittance, kills=KILLS, only="compensation") as hit:
        orders = [cancelled_order(quittance)]
        while len(hit) < KILLS:
            assert len(orders) < 30, "no worker was ever seen at work"
            orders.append(cancelled_order(quittance))
    for order in orders:
        order_becomes(quittance, order, "cancelled")
        undone(quittance, order, "order_cancelled")
        assert asked(quittance, order) == ["CancelPayment"]
        assert truth(quittance, order) == (0, 0, 3998)
        books_become(quittance, order, {})
        assert set(executions(quittance, order)) == {"SUCCEEDED"}


def cancelled_order(quittance: Platform) -> Order:
    order = quittance.rest(quittance.place())
    ask(quittance, order, "cancel")
    return order
