"""The store of the simulated world is true: random operations give on it what they give elsewhere.

It is compared with the double of a table, without a cloud; `tests/integration/replay` compares both
with the embedded cloud.
"""

from collections.abc import Callable, Iterator
from random import Random
from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.doubles.memory_dynamo import MemoryDynamo
from tests.integration.replay.operations import Draw
from tests.integration.replay.replay import OPERATIONS_PER_HISTORY, without_pauses
from tests.integration.replay.tables import InMemory, OverMemory
from tests.integration.tables import MAIN

TABLE = MAIN
HISTORIES = 40


@pytest.fixture(autouse=True)
def at_once() -> Iterator[None]:
    with without_pauses():
        yield


@pytest.mark.parametrize("block", range(4))
def test_the_simulated_store_does_what_the_double_of_a_table_does(block: int) -> None:
    for seed in range(block, HISTORIES, 4):
        double, store = InMemory(), OverMemory()
        draw = Draw(Random(seed), version=double.version)
        for operation in draw.operations(OPERATIONS_PER_HISTORY):
            assert store.run(operation) == double.run(operation), f"seed {seed}: {operation}"
        assert store.rows() == double.rows()
        assert store.inserted() == double.inserted()


def test_an_item_is_as_large_as_its_bytes_and_no_larger_one_is_kept() -> None:
    """Of 400 KB: the names `pk`, `sk` and `text`, a key of one byte each, and a text in UTF-8."""
    store = MemoryDynamo()
    largest = 400 * 1024 - len("pksktext") - 2

    def put(text: str) -> None:
        store.put_item(
            TableName=TABLE, Item={"pk": {"S": "a"}, "sk": {"S": "b"}, "text": {"S": text}}
        )

    put("x" * largest)
    put("€" * (largest // 3))
    for text in ("x" * (largest + 1), "€" * (largest // 3 + 1)):
        with pytest.raises(AssertionError, match="an item over 400 KB"):
            put(text)


def test_a_transaction_is_refused_above_4_mb() -> None:
    store = MemoryDynamo()

    def write(items: range) -> None:
        texts = (
            {"pk": {"S": f"{n}"}, "sk": {"S": "b"}, "text": {"S": "x" * 400_000}} for n in items
        )
        store.transact_write_items(
            TransactItems=[{"Put": {"TableName": TABLE, "Item": each}} for each in texts]
        )

    write(range(10))
    with pytest.raises(AssertionError, match="a transaction over 4 MB"):
        write(range(11))


def test_a_token_belongs_to_one_transaction() -> None:
    """Sent again it has no second effect; with anything else in it, it is refused, as on AWS."""
    store = MemoryDynamo()

    def write(version: str) -> None:
        item = {"pk": {"S": "a"}, "sk": {"S": "b"}, "version": {"N": version}}
        put = {"TableName": TABLE, "Item": item, "ConditionExpression": "attribute_not_exists(pk)"}
        store.transact_write_items(TransactItems=[{"Put": put}], ClientRequestToken="once")

    write("1")
    write("1")
    with pytest.raises(ClientError, match="IdempotentParameterMismatchException"):
        write("2")
    assert [item["version"] for item in store.items(TABLE)] == [{"N": "1"}]


def test_a_table_is_read_consistently_and_an_index_is_not() -> None:
    store = MemoryDynamo()
    key = {"pk": {"S": "a"}, "sk": {"S": "b"}}
    whole = {
        "KeyConditionExpression": "pk = :pk",
        "ExpressionAttributeValues": {":pk": {"S": "a"}},
    }
    reads: tuple[Callable[[], Any], ...] = (
        lambda: store.get_item(TableName=TABLE, Key=key),
        lambda: store.batch_get_item(RequestItems={TABLE: {"Keys": [key]}}),
        lambda: store.query(TableName=TABLE, **whole),
        lambda: store.query(TableName=TABLE, IndexName="tasks", ConsistentRead=True, **whole),
        lambda: store.scan(TableName=TABLE, FilterExpression="sk = :sk"),
    )
    for read in reads:
        with pytest.raises(AssertionError, match="reads of a table are consistent"):
            read()
    assert store.query(TableName=TABLE, ConsistentRead=True, **whole) == {"Items": []}
