"""What the tests see of compensations: their ends, their executions, and the books behind them."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from client.answers import Order
from client.watch import until
from tests.e2e.driver import PATIENCE, Platform


def sums(quittance: Platform, order: Order) -> dict[str, int]:
    """What the books say of the order now, account by account, memos included."""
    found: dict[str, int] = {}
    for entry in quittance.entries(order):
        for posting in entry["postings"]:
            sign = 1 if posting["side"] == "debit" else -1
            account = posting["account"]
            found[account] = found.get(account, 0) + sign * posting["amount"]
    return {account: amount for account, amount in found.items() if amount}


def books_become(quittance: Platform, order: Order, expected: Mapping[str, int]) -> None:
    until(lambda: sums(quittance, order), lambda seen: seen == dict(expected), PATIENCE)


def told(quittance: Platform, order: Order, kind: str) -> list[Any]:
    events = quittance.api().order_events(order["order_id"])
    return [event["data"] for event in events if event["type"] == kind]


def undone(quittance: Platform, order: Order, reason: str, end: str = "Completed") -> Any:
    """What was told at the end of the order's compensation for that reason."""

    def look() -> list[Any]:
        return [
            each
            for each in told(quittance, order, f"Compensation{end}")
            if each["reason"] == reason
        ]

    (found,) = until(look, bool, PATIENCE)
    return found


def executions(quittance: Platform, order: Order) -> list[str]:
    """The status of every execution that was started for the order."""
    states = quittance.aws("stepfunctions")
    started = {
        f"{each['compensation_id']}-{each['execution']}"
        for each in told(quittance, order, "CompensationRequested")
    }
    machine = quittance.outputs.state_machines["compensation"]
    pages = states.get_paginator("list_executions").paginate(stateMachineArn=machine)
    return [
        each["status"] for page in pages for each in page["executions"] if each["name"] in started
    ]


def age(quittance: Platform, order: Order, attribute: str) -> None:
    """As if the order had waited for an hour: what is due is found by the clock."""
    then = (datetime.now(UTC) - timedelta(hours=1)).isoformat(timespec="microseconds")
    quittance.aws("dynamodb").update_item(
        TableName=quittance.outputs.tables["orders"],
        Key={"pk": {"S": f"ORDER#{order['order_id']}"}, "sk": {"S": "STATE"}},
        UpdateExpression=f"SET {attribute} = :then, DueAt = :then",
        ExpressionAttributeValues={":then": {"S": then.replace("+00:00", "Z")}},
    )


def clock_strikes(quittance: Platform) -> None:
    """What the rule of the schedule does each minute, now."""
    quittance.aws("lambda").invoke(FunctionName=quittance.outputs.functions["orders_schedule"])


def mapping_of(quittance: Platform, inbox: str) -> str:
    """What feeds the consumer of an inbox, by its id."""
    queue = quittance.outputs.queues[inbox].rpartition("/")[2]
    pages = quittance.aws("lambda").get_paginator("list_event_source_mappings").paginate()
    (found,) = [
        each["UUID"]
        for page in pages
        for each in page["EventSourceMappings"]
        if each["EventSourceArn"].endswith(f":{queue}")
    ]
    return str(found)


def enable(client: Any, mapping: str, *, enabled: bool) -> None:
    """Switch what feeds a consumer, and wait until it is switched."""
    state = "Enabled" if enabled else "Disabled"
    client.update_event_source_mapping(UUID=mapping, Enabled=enabled)
    until(
        lambda: client.get_event_source_mapping(UUID=mapping)["State"],
        lambda seen: seen == state,
        PATIENCE,
    )
