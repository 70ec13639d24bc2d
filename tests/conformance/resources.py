"""Tables, queues and mappings that tests make in an account."""

import json
from typing import Any

from tests.cloud import Account


def make_table(account: Account, name: str = "outbox") -> str:
    """A table with keys `pk` and `sk` and a stream of new images; returns the stream's ARN."""
    account.client("dynamodb").create_table(
        TableName=name,
        KeySchema=[
            {"AttributeName": "pk", "KeyType": "HASH"},
            {"AttributeName": "sk", "KeyType": "RANGE"},
        ],
        AttributeDefinitions=[
            {"AttributeName": "pk", "AttributeType": "S"},
            {"AttributeName": "sk", "AttributeType": "S"},
        ],
        BillingMode="PAY_PER_REQUEST",
        StreamSpecification={"StreamEnabled": True, "StreamViewType": "NEW_IMAGE"},
    )
    described = account.client("dynamodb").describe_table(TableName=name)
    arn: str = described["Table"]["LatestStreamArn"]
    return arn


def put(account: Account, key: str, *, table: str = "outbox", **attributes: str) -> None:
    item = {"pk": key, "sk": "0", **attributes}
    account.client("dynamodb").put_item(
        TableName=table, Item={name: {"S": value} for name, value in item.items()}
    )


def make_queue(account: Account, name: str, **attributes: str) -> tuple[str, str]:
    """A queue; returns its URL and ARN."""
    sqs = account.client("sqs")
    url: str = sqs.create_queue(QueueName=name, Attributes=attributes)["QueueUrl"]
    found = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])
    return url, found["Attributes"]["QueueArn"]


def make_queue_with_dead_letters(
    account: Account, *, visibility_seconds: int, receives_max: int
) -> tuple[str, str, str]:
    """Returns the queue's URL and ARN and the URL of its dead letters."""
    dead_letters_url, dead_letters_arn = make_queue(account, "dead-letters")
    redrive = {"deadLetterTargetArn": dead_letters_arn, "maxReceiveCount": receives_max}
    url, arn = make_queue(
        account,
        "inbox",
        VisibilityTimeout=str(visibility_seconds),
        RedrivePolicy=json.dumps(redrive),
    )
    return url, arn, dead_letters_url


def receive(account: Account, queue_url: str) -> list[dict[str, Any]]:
    """Up to ten messages that are visible now, with their attributes."""
    answer = account.client("sqs").receive_message(
        QueueUrl=queue_url, MaxNumberOfMessages=10, AttributeNames=["All"]
    )
    messages: list[dict[str, Any]] = answer.get("Messages", [])
    return messages


def map_source(account: Account, source_arn: str, *, name: str = "fn", **settings: Any) -> str:
    """An event source mapping to the function; returns its id."""
    made = account.client("lambda").create_event_source_mapping(
        FunctionName=name, EventSourceArn=source_arn, **settings
    )
    mapping_id: str = made["UUID"]
    return mapping_id
