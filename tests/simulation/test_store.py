"""The store of the simulated world is true: random operations give on it what they give elsewhere.

It is compared with the double of a table, which `tests/integration/replay` compares with the
embedded cloud. Here the platform's own `Table` runs on both sides of the comparison.
"""

from collections.abc import Iterator, Mapping
from random import Random
from typing import Any

import pytest

from shared.persistence.rows import Row, load_row
from shared.persistence.table import Table
from tests.doubles.memory_dynamo import MemoryDynamo
from tests.integration.faulty_client import FaultyClient
from tests.integration.replay.operations import Draw
from tests.integration.replay.replay import OPERATIONS_PER_HISTORY, without_pauses
from tests.integration.replay.tables import InCloud, InMemory, in_order
from tests.integration.tables import MAIN

TABLE = MAIN
HISTORIES = 40


class InDynamo(InCloud):
    """The real table over DynamoDB in memory, whose answers can be lost and refused."""

    def __init__(self) -> None:
        self._dynamo = MemoryDynamo()
        self._dynamo.on_write = self._written
        self._messages: list[Row] = []
        self._faulty = FaultyClient(self._dynamo)
        client: Any = self._dynamo
        faulty: Any = self._faulty
        self._client = client
        self._plain = Table(name=TABLE, client=client)
        self._table = Table(name=TABLE, client=faulty)

    def rows(self) -> list[Row]:
        return in_order(load_row(item) for item in self._dynamo.items(TABLE))

    def inserted(self) -> list[Row]:
        return self._messages

    def _written(self, _: str, before: object, after: Mapping[str, Any] | None) -> None:
        if before is None and after is not None and "Payload" in after:
            self._messages.append(load_row(after))


@pytest.fixture(autouse=True)
def at_once() -> Iterator[None]:
    with without_pauses():
        yield


@pytest.mark.parametrize("block", range(4))
def test_the_simulated_store_does_what_the_double_of_a_table_does(block: int) -> None:
    for seed in range(block, HISTORIES, 4):
        double, store = InMemory(), InDynamo()
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
