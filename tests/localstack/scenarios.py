"""What a table is asked in the tests, by LocalStack's tables and by moto's own alike.

It runs in two environments, so it imports nothing but the standard library.
"""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from typing import Any

TABLE = "accounts"
COUNTERS = ("paid", "refunded")
TRANSACTIONS = 200
WORKERS = 8
ADD_ONE = {
    "TableName": TABLE,
    "Key": {"pk": {"S": "counter"}},
    "UpdateExpression": "ADD n :one",
    "ExpressionAttributeValues": {":one": {"N": "1"}},
}
IF_ABSENT = "attribute_not_exists(pk)"

type Client = Callable[[str], Any]
"""A boto3 client of the service with that name."""


def make_table(client: Client) -> None:
    client("dynamodb").create_table(
        TableName=TABLE,
        KeySchema=[{"AttributeName": "pk", "KeyType": "HASH"}],
        AttributeDefinitions=[{"AttributeName": "pk", "AttributeType": "S"}],
        BillingMode="PAY_PER_REQUEST",
        StreamSpecification={"StreamEnabled": True, "StreamViewType": "NEW_IMAGE"},
    )


def put(key: str, **attributes: str) -> dict[str, Any]:
    item = {"pk": key, **attributes}
    return {"TableName": TABLE, "Item": {name: {"S": value} for name, value in item.items()}}


def counts_after_many_transactions(client: Client) -> list[int]:
    """Two counters to which as many transactions, several at a time, each added one."""
    tables = client("dynamodb")
    counters = [{**ADD_ONE, "Key": {"pk": {"S": key}}} for key in COUNTERS]
    both = [{"Update": counter} for counter in counters]
    with ThreadPoolExecutor(WORKERS) as pool:
        for _ in range(TRANSACTIONS):
            pool.submit(tables.transact_write_items, TransactItems=both)
    return [int(_item(client, key)["n"]["N"]) for key in COUNTERS]


def count_after_a_repeated_token(client: Client) -> int:
    """A counter to which the same transaction, under the same token, was sent twice."""
    for _ in range(2):
        client("dynamodb").transact_write_items(
            TransactItems=[{"Update": ADD_ONE}], ClientRequestToken="token"
        )
    return int(_item(client, "counter")["n"]["N"])


def changes_told_by_a_stream(client: Client) -> list[list[str]]:
    """Name and key of each change that one iterator saw, from before the first of them.

    A put, the same put again, an update that creates an item, a transaction that is cancelled after
    its first write, and another put.
    """
    streams, tables = client("dynamodbstreams"), client("dynamodb")
    iterator = first_iterator(client)
    tables.put_item(**put("first"))
    tables.put_item(**put("first"))
    tables.update_item(**ADD_ONE)
    refused = {**put("first"), "ConditionExpression": IF_ABSENT}
    with suppress(tables.exceptions.TransactionCanceledException):
        tables.transact_write_items(TransactItems=[{"Put": put("cancelled")}, {"Put": refused}])
    tables.put_item(**put("last"))
    records = streams.get_records(ShardIterator=iterator)["Records"]
    return [[r["eventName"], r["dynamodb"]["Keys"]["pk"]["S"]] for r in records]


SCENARIOS: dict[str, Callable[[Client], Any]] = {
    "transactions": counts_after_many_transactions,
    "token": count_after_a_repeated_token,
    "stream": changes_told_by_a_stream,
}


def _item(client: Client, key: str) -> Any:
    found = client("dynamodb").get_item(
        TableName=TABLE, Key={"pk": {"S": key}}, ConsistentRead=True
    )
    return found["Item"]


def first_iterator(client: Client) -> str:
    arn = client("dynamodb").describe_table(TableName=TABLE)["Table"]["LatestStreamArn"]
    streams = client("dynamodbstreams")
    (shard,) = streams.describe_stream(StreamArn=arn)["StreamDescription"]["Shards"]
    iterator: str = streams.get_shard_iterator(
        StreamArn=arn, ShardId=shard["ShardId"], ShardIteratorType="TRIM_HORIZON"
    )["ShardIterator"]
    return iterator
