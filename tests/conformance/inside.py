"""What can be seen only inside the embedded cloud; run in its own environment.

`.cloud/bin/python -m tests.conformance.inside EXPERIMENT` prints what came out, as JSON.
"""

import asyncio
import json
import pkgutil
import sys
import threading
from typing import Any

from apphost.cloud import mends, stock

WRITES = 300
SWITCH_SECONDS = 1e-6
LIMIT_SECONDS = 60


def lost_updates_on_stock() -> int:
    return _lost_updates()


def lost_updates_when_mended() -> int:
    mends.apply_all()
    return _lost_updates()


def _lost_updates() -> int:
    """Of increments on one item, by a state machine's tasks while requests are served."""
    loop = _serving_loop()
    tables, key = stock.dynamodb, {"pk": {"S": "c"}}
    tables._create_table(
        {
            "TableName": "counters",
            "KeySchema": [{"AttributeName": "pk", "KeyType": "HASH"}],
            "AttributeDefinitions": [{"AttributeName": "pk", "AttributeType": "S"}],
            "BillingMode": "PAY_PER_REQUEST",
        }
    )
    add_one = {
        "TableName": "counters",
        "Key": key,
        "UpdateExpression": "ADD n :one",
        "ExpressionAttributeValues": {":one": {"N": "1"}},
    }
    task, requests = stock.stepfunctions._invoke_dynamodb, 0

    def run_tasks() -> None:
        for _ in range(WRITES):
            task("updateItem", add_one)

    async def request() -> None:
        tables._update_item(add_one)

    thread = threading.Thread(target=run_tasks)
    thread.start()
    while thread.is_alive():
        asyncio.run_coroutine_threadsafe(request(), loop).result(LIMIT_SECONDS)
        requests += 1
    item = task("getItem", {"TableName": "counters", "Key": key})["Item"]
    return WRITES + requests - int(item["n"]["N"])


def _serving_loop() -> asyncio.AbstractEventLoop:
    """A loop such as requests are served on, and threads switched as often as possible."""
    sys.setswitchinterval(SWITCH_SECONDS)
    loop = asyncio.new_event_loop()
    stock.app._MAIN_LOOP = loop
    threading.Thread(target=loop.run_forever, daemon=True).start()
    return loop


def events_of_a_schedule() -> list[str]:
    """The detail types that a rule of five minutes sends: at once, after five minutes, again."""
    mends.apply_all()
    events, sqs = stock.eventbridge, stock.sqs
    events._ensure_default_bus()
    url = sqs._act_create_queue({"QueueName": "ticks"}, "")["QueueUrl"]
    events._put_rule({"Name": "sweep", "ScheduleExpression": "rate(5 minutes)"})
    target = {"Id": "1", "Arn": "arn:aws:sqs:us-east-1:000000000000:ticks"}
    events._put_targets({"Rule": "sweep", "Targets": [target]})
    (rule,) = events._rules.all_values()
    events._tick_scheduled_rules()
    rule["CreationTime"] -= 300
    events._rule_last_fired.clear()
    events._tick_scheduled_rules()
    events._tick_scheduled_rules()
    sent = sqs._queues[url]["messages"]
    return [json.loads(message["body"])["detail-type"] for message in sent]


def mends_applied() -> list[str]:
    return [mend.__name__.rpartition(".")[2] for mend in mends.MENDS]


def mends_written() -> list[str]:
    return [module.name for module in pkgutil.iter_modules(mends.__path__)]


def refusal_of_another_version() -> str:
    stock.VERSION = "1.5.34"
    return _refusal()


def refusal_when_a_name_is_gone() -> str:
    del stock.lambda_svc._poll_dynamodb_streams
    handlers = stock.provisioners._RESOURCE_HANDLERS
    del handlers["AWS::DynamoDB::Table"]["update"]
    return _refusal()


def _refusal() -> str:
    try:
        mends.apply_all()
    except mends.UnknownMinistack as refused:
        return str(refused)
    return "accepted"


EXPERIMENTS: dict[str, Any] = {
    experiment.__name__: experiment
    for experiment in (
        lost_updates_on_stock,
        lost_updates_when_mended,
        events_of_a_schedule,
        mends_applied,
        mends_written,
        refusal_of_another_version,
        refusal_when_a_name_is_gone,
    )
}

if __name__ == "__main__":
    print(json.dumps(EXPERIMENTS[sys.argv[1]]()))  # noqa: T201
