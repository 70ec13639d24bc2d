"""Tables keep what they promise, where moto's own lose, repeat or misreport it."""

import json
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from tests.cloud import Account
from tests.localstack import scenarios
from tests.localstack.inside import said
from tests.localstack.scenarios import ADD_ONE, IF_ABSENT, TABLE, put

STOCK_MOTO = ("-m", "tests.localstack.stock_moto")


@pytest.fixture
def tables(account: Account) -> Any:
    scenarios.make_table(account.client)
    return account.client("dynamodb")


def _on_stock(scenario: str) -> Any:
    return json.loads(said(*STOCK_MOTO, scenario))


def _item(tables: Any, key: str) -> Any:
    return tables.get_item(TableName=TABLE, Key={"pk": {"S": key}}).get("Item")


def test_simultaneous_transactions_are_each_counted(account: Account, tables: Any) -> None:
    assert scenarios.counts_after_many_transactions(account.client) == [200, 200]


@pytest.mark.stock
def test_stock_loses_simultaneous_transactions() -> None:
    """It is a race: a busy machine may let every one of them pass, but hardly five times."""
    assert any(sum(_on_stock("transactions")) < 400 for _ in range(5))


def test_a_transaction_counts_once_a_token(account: Account, tables: Any) -> None:
    assert scenarios.count_after_a_repeated_token(account.client) == 1


@pytest.mark.stock
def test_stock_carries_a_transaction_out_again() -> None:
    assert _on_stock("token") == 2


def test_a_token_is_not_good_for_another_transaction(tables: Any) -> None:
    tables.transact_write_items(TransactItems=[{"Update": ADD_ONE}], ClientRequestToken="t")
    with pytest.raises(tables.exceptions.IdempotentParameterMismatchException):
        tables.transact_write_items(TransactItems=[{"Put": put("a")}], ClientRequestToken="t")
    assert _item(tables, "a") is None


def test_a_cancelled_transaction_may_be_tried_again_under_its_token(tables: Any) -> None:
    tables.put_item(**put("a"))
    items = [{"Put": {**put("a", by="tx"), "ConditionExpression": IF_ABSENT}}]
    with pytest.raises(tables.exceptions.TransactionCanceledException):
        tables.transact_write_items(TransactItems=items, ClientRequestToken="t")
    tables.delete_item(TableName=TABLE, Key={"pk": {"S": "a"}})
    tables.transact_write_items(TransactItems=items, ClientRequestToken="t")
    assert _item(tables, "a") == {"pk": {"S": "a"}, "by": {"S": "tx"}}


def test_a_stream_tells_each_change_once_and_none_that_was_taken_back(
    account: Account, tables: Any
) -> None:
    assert scenarios.changes_told_by_a_stream(account.client) == [
        ["INSERT", "first"],
        ["INSERT", "counter"],
        ["INSERT", "last"],
    ]


@pytest.mark.stock
def test_stock_tells_what_did_not_happen_and_not_what_did() -> None:
    assert _on_stock("stream") == [
        ["INSERT", "first"],
        ["MODIFY", "first"],
        ["INSERT", "counter"],
        ["INSERT", "counter"],
        ["INSERT", "cancelled"],
    ]


def test_a_stream_record_stays_as_it_was_when_its_item_changes(
    account: Account, tables: Any
) -> None:
    key = {"TableName": TABLE, "Key": {"pk": {"S": "order"}}}
    tables.put_item(TableName=TABLE, Item={"pk": {"S": "order"}, "data": {"M": {}}})
    tables.update_item(
        **key,
        UpdateExpression="SET #data.paid = :paid",
        ExpressionAttributeNames={"#data": "data"},
        ExpressionAttributeValues={":paid": {"N": "1999"}},
    )
    tables.delete_item(**key)
    streams = account.client("dynamodbstreams")
    iterator = scenarios.first_iterator(account.client)
    records = streams.get_records(ShardIterator=iterator)["Records"]
    assert [record["dynamodb"].get("NewImage", {}).get("data") for record in records] == [
        {"M": {}},
        {"M": {"paid": {"N": "1999"}}},
        None,
    ]


def test_a_cancelled_transaction_gives_a_reason_for_each_item_and_changes_none(
    tables: Any,
) -> None:
    tables.put_item(**put("a", state="paid"))
    refused = {**put("a", state="open"), "ConditionExpression": IF_ABSENT}
    with pytest.raises(tables.exceptions.TransactionCanceledException) as cancelled:
        tables.transact_write_items(
            TransactItems=[
                {"Put": put("b")},
                {"Put": {**refused, "ReturnValuesOnConditionCheckFailure": "ALL_OLD"}},
                {"Update": ADD_ONE},
            ]
        )
    assert cancelled.value.response["CancellationReasons"] == [
        {"Code": "None"},
        {
            "Code": "ConditionalCheckFailed",
            "Message": "The conditional request failed",
            "Item": {"pk": {"S": "a"}, "state": {"S": "paid"}},
        },
        {"Code": "None"},
    ]
    assert (_item(tables, "b"), _item(tables, "counter")) == (None, None)
    assert _item(tables, "a")["state"] == {"S": "paid"}


def test_a_write_that_does_not_suit_its_item_takes_the_others_back(tables: Any) -> None:
    tables.put_item(**put("counter", n="many"))
    with pytest.raises(tables.exceptions.TransactionCanceledException) as cancelled:
        tables.transact_write_items(TransactItems=[{"Put": put("a")}, {"Update": ADD_ONE}])
    codes = [reason["Code"] for reason in cancelled.value.response["CancellationReasons"]]
    assert codes == ["None", "ValidationError"]
    assert _item(tables, "a") is None
    assert _item(tables, "counter")["n"] == {"S": "many"}


def test_of_many_who_claim_an_item_at_once_one_wins(tables: Any) -> None:
    def claim(number: int) -> bool:
        try:
            tables.put_item(**put("claim", by=str(number)), ConditionExpression=IF_ABSENT)
        except tables.exceptions.ConditionalCheckFailedException:
            return False
        return True

    with ThreadPoolExecutor(8) as pool:
        won = list(pool.map(claim, range(40)))
    assert won.count(True) == 1
    assert _item(tables, "claim")["by"] == {"S": str(won.index(True))}


def test_a_refused_write_shows_the_item_that_stood_in_its_way(tables: Any) -> None:
    tables.put_item(**put("a", state="paid"))
    with pytest.raises(tables.exceptions.ConditionalCheckFailedException) as refused:
        tables.put_item(
            **put("a"),
            ConditionExpression=IF_ABSENT,
            ReturnValuesOnConditionCheckFailure="ALL_OLD",
        )
    assert refused.value.response["Item"] == {"pk": {"S": "a"}, "state": {"S": "paid"}}


def test_an_item_may_stand_in_a_transaction_once(tables: Any) -> None:
    with pytest.raises(tables.exceptions.ClientError, match="multiple operations on one item"):
        tables.transact_write_items(TransactItems=[{"Put": put("a")}, {"Put": put("a")}])
    assert _item(tables, "a") is None
