"""What the one-commit table relies on: conditions, transactions, indexes and pages."""

import uuid
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from tests.cloud import Account

TABLE = "orders"


def _key(pk: str, sk: str = "0") -> dict[str, Any]:
    return {"pk": {"S": pk}, "sk": {"S": sk}}


@pytest.fixture
def dynamodb(account: Account) -> Any:
    """A client, with a table that has a sparse index of rows not yet processed."""
    client = account.client("dynamodb")
    client.create_table(
        TableName=TABLE,
        KeySchema=[
            {"AttributeName": "pk", "KeyType": "HASH"},
            {"AttributeName": "sk", "KeyType": "RANGE"},
        ],
        AttributeDefinitions=[
            {"AttributeName": name, "AttributeType": "S"}
            for name in ("pk", "sk", "Unprocessed", "OccurredOn")
        ],
        GlobalSecondaryIndexes=[
            {
                "IndexName": "unprocessed",
                "KeySchema": [
                    {"AttributeName": "Unprocessed", "KeyType": "HASH"},
                    {"AttributeName": "OccurredOn", "KeyType": "RANGE"},
                ],
                "Projection": {"ProjectionType": "KEYS_ONLY"},
            }
        ],
        BillingMode="PAY_PER_REQUEST",
    )
    return client


def test_a_failed_condition_shows_the_item_that_is_there(dynamodb: Any) -> None:
    dynamodb.put_item(TableName=TABLE, Item={**_key("a"), "version": {"N": "3"}})
    with pytest.raises(dynamodb.exceptions.ConditionalCheckFailedException) as failed:
        dynamodb.put_item(
            TableName=TABLE,
            Item=_key("a"),
            ConditionExpression="attribute_not_exists(pk)",
            ReturnValuesOnConditionCheckFailure="ALL_OLD",
        )
    assert failed.value.response["Item"]["version"] == {"N": "3"}


def test_a_transaction_with_one_failed_condition_writes_nothing_and_says_which(
    dynamodb: Any,
) -> None:
    dynamodb.put_item(TableName=TABLE, Item={**_key("cause"), "by": {"S": "first"}})
    with pytest.raises(dynamodb.exceptions.TransactionCanceledException) as cancelled:
        dynamodb.transact_write_items(
            TransactItems=[
                {"Put": {"TableName": TABLE, "Item": _key("row")}},
                {
                    "Put": {
                        "TableName": TABLE,
                        "Item": _key("cause"),
                        "ConditionExpression": "attribute_not_exists(pk)",
                        "ReturnValuesOnConditionCheckFailure": "ALL_OLD",
                    }
                },
            ]
        )
    first, second = cancelled.value.response["CancellationReasons"]
    assert first["Code"] == "None"
    assert second["Code"] == "ConditionalCheckFailed"
    assert second["Item"]["by"] == {"S": "first"}
    assert "Item" not in dynamodb.get_item(TableName=TABLE, Key=_key("row"))


def test_a_transaction_repeated_with_its_token_counts_once(dynamodb: Any) -> None:
    transaction = {
        "ClientRequestToken": str(uuid.uuid4()),
        "TransactItems": [
            {
                "Update": {
                    "TableName": TABLE,
                    "Key": _key("counter"),
                    "UpdateExpression": "ADD n :one",
                    "ExpressionAttributeValues": {":one": {"N": "1"}},
                }
            }
        ],
    }
    dynamodb.transact_write_items(**transaction)
    dynamodb.transact_write_items(**transaction)
    found = dynamodb.get_item(TableName=TABLE, Key=_key("counter"))
    assert found["Item"]["n"] == {"N": "1"}


def test_racing_transfers_neither_make_nor_lose_money(dynamodb: Any) -> None:
    accounts = [f"account-{i}" for i in range(4)]
    for name in accounts:
        dynamodb.put_item(TableName=TABLE, Item={**_key(name), "balance": {"N": "100"}})

    def move(name: str, change: str, condition: str) -> dict[str, Any]:
        return {
            "Update": {
                "TableName": TABLE,
                "Key": _key(name),
                "UpdateExpression": f"SET balance = balance {change} :amount",
                "ConditionExpression": condition,
                "ExpressionAttributeValues": {":amount": {"N": "30"}},
            }
        }

    def transfer(i: int) -> bool:
        debit = move(accounts[i % 4], "-", "balance >= :amount")
        credit = move(accounts[(i * 3 + 1) % 4], "+", "balance < :amount OR balance >= :amount")
        try:
            dynamodb.transact_write_items(TransactItems=[debit, credit])
        except dynamodb.exceptions.TransactionCanceledException:
            return False
        return True

    with ThreadPoolExecutor(8) as callers:
        done = list(callers.map(transfer, [i for i in range(200) if i % 4 != (i * 3 + 1) % 4]))
    found = [dynamodb.get_item(TableName=TABLE, Key=_key(name)) for name in accounts]
    balances = [int(item["Item"]["balance"]["N"]) for item in found]
    assert sum(balances) == 400
    assert min(balances) >= 0
    assert any(done)


def test_the_sparse_index_holds_unprocessed_rows_only_in_order(dynamodb: Any) -> None:
    for number, day in ((1, "2026-11-02"), (2, "2026-11-01"), (3, "2026-11-03")):
        dynamodb.put_item(
            TableName=TABLE,
            Item={
                **_key(f"row-{number}"),
                "Unprocessed": {"S": "1"},
                "OccurredOn": {"S": day},
                "Payload": {"S": "{}"},
            },
        )
    dynamodb.put_item(TableName=TABLE, Item=_key("order"))
    dynamodb.update_item(
        TableName=TABLE,
        Key=_key("row-3"),
        UpdateExpression="SET ProcessedOn = :now REMOVE #unprocessed",
        ExpressionAttributeNames={"#unprocessed": "Unprocessed"},
        ExpressionAttributeValues={":now": {"S": "2026-11-04"}},
    )
    found = dynamodb.query(
        TableName=TABLE,
        IndexName="unprocessed",
        KeyConditionExpression="#unprocessed = :one AND OccurredOn < :before",
        ExpressionAttributeNames={"#unprocessed": "Unprocessed"},
        ExpressionAttributeValues={":one": {"S": "1"}, ":before": {"S": "2026-11-03"}},
    )
    assert [item["pk"]["S"] for item in found["Items"]] == ["row-2", "row-1"]
    assert "Payload" not in found["Items"][0]


def _pages(call: Any, **request: Any) -> Iterator[list[dict[str, Any]]]:
    while True:
        page = call(TableName=TABLE, **request)
        yield page["Items"]
        if "LastEvaluatedKey" not in page:
            return
        request["ExclusiveStartKey"] = page["LastEvaluatedKey"]


def test_a_query_and_a_scan_page_by_their_limit(dynamodb: Any) -> None:
    for i in range(25):
        dynamodb.put_item(TableName=TABLE, Item=_key("order", f"{i:02}"))
    query = {
        "KeyConditionExpression": "pk = :pk",
        "ExpressionAttributeValues": {":pk": {"S": "order"}},
    }
    queried = list(_pages(dynamodb.query, Limit=10, **query))
    scanned = list(_pages(dynamodb.scan, Limit=10))
    assert [len(page) for page in queried if page] == [10, 10, 5]
    assert [item["sk"]["S"] for page in queried for item in page] == [f"{i:02}" for i in range(25)]
    assert sum(len(page) for page in scanned) == 25


def test_a_page_ends_at_one_megabyte(dynamodb: Any) -> None:
    for i in range(5):
        item = {**_key("large", str(i)), "padding": {"S": "x" * 300_000}}
        dynamodb.put_item(TableName=TABLE, Item=item)
    scanned = list(_pages(dynamodb.scan))
    assert len(scanned) == 2
    assert sum(len(page) for page in scanned) == 5


def test_numbers_are_exact_to_38_digits(dynamodb: Any) -> None:
    digits = "12345678901234567890123456789012345678"
    dynamodb.put_item(TableName=TABLE, Item={**_key("n"), "n": {"N": digits}})
    found = dynamodb.get_item(TableName=TABLE, Key=_key("n"))
    assert found["Item"]["n"] == {"N": digits}
