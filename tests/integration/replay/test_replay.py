"""The doubles are true: random operations give on them what they give on a real table."""

import inspect
import os
from collections.abc import Iterator
from random import Random
from typing import Any

import botocore.session
import pytest

from shared.persistence.table import Table
from tests.cloud import REGION, open_account
from tests.doubles.memory_dynamo import MemoryDynamo
from tests.doubles.memory_table import MemoryTable
from tests.integration.replay.client_lies import CLIENT_LIES
from tests.integration.replay.commands import Till, commands
from tests.integration.replay.lies import LIES
from tests.integration.replay.operations import Ask, Draw
from tests.integration.replay.replay import (
    COMMANDS_PER_HISTORY,
    OPERATIONS_PER_HISTORY,
    Differs,
    replay,
    replay_commands,
    without_pauses,
)
from tests.integration.replay.tables import InMemory, OverMemory

DYNAMODB_LOCAL = os.environ.get("DYNAMODB_LOCAL_URL")
"""Where a developer has started DynamoDB Local."""
HISTORIES = 40
BLOCKS = 8
COMMAND_HISTORIES = 25
LIE_HISTORIES = 12
DRAWN_HISTORIES = 4

blocks = pytest.mark.parametrize("block", range(BLOCKS))


@pytest.fixture(autouse=True)
def at_once() -> Iterator[None]:
    with without_pauses():
        yield


@blocks
def test_the_doubles_do_what_the_table_on_the_embedded_cloud_does(
    cloud_url: str, block: int
) -> None:
    """10,000 operations here; `make replay` runs 100,000."""
    for seed in range(block, HISTORIES, BLOCKS):
        assert replay(open_account(cloud_url), seed) == OPERATIONS_PER_HISTORY


def test_the_guard_of_commands_does_on_the_double_what_it_does_on_the_embedded_cloud(
    cloud_url: str,
) -> None:
    for seed in range(COMMAND_HISTORIES):
        assert replay_commands(open_account(cloud_url), seed) == COMMANDS_PER_HISTORY


@pytest.mark.skipif(DYNAMODB_LOCAL is None, reason="DYNAMODB_LOCAL_URL names no DynamoDB Local")
@blocks
def test_the_doubles_do_what_the_table_on_dynamodb_local_does(block: int) -> None:
    assert DYNAMODB_LOCAL is not None
    for seed in range(block, HISTORIES, BLOCKS):
        account = open_account(DYNAMODB_LOCAL)
        assert replay(account, seed) == OPERATIONS_PER_HISTORY
        assert replay_commands(account, seed) == COMMANDS_PER_HISTORY


@pytest.mark.parametrize("lie", LIES, ids=lambda lie: lie.__name__)
def test_a_double_of_the_table_that_lies_is_found(cloud_url: str, lie: type[MemoryTable]) -> None:
    with pytest.raises(Differs, match="seed"):
        _replay_all(cloud_url, table=lie)


@pytest.mark.parametrize("lie", CLIENT_LIES, ids=lambda lie: lie.__name__)
def test_a_double_of_the_client_that_lies_is_found(cloud_url: str, lie: type[MemoryDynamo]) -> None:
    with pytest.raises(Differs, match="seed"):
        _replay_all(cloud_url, dynamo=lie)


def test_every_way_to_call_the_table_is_drawn() -> None:
    """Each public method of `Table`, with each of its arguments."""
    drawn = {("commit", name) for name in ("puts", "cause_id", "now")}  # of a `Write`
    for seed in range(DRAWN_HISTORIES):
        for operation in Draw(Random(seed), version=lambda _: 0).operations(OPERATIONS_PER_HISTORY):
            if isinstance(operation, Ask):
                drawn |= {(operation.method, name) for name in operation.arguments}
    assert drawn == {
        (name, argument)
        for name, method in inspect.getmembers(Table, inspect.isfunction)
        if not name.startswith("_")
        for argument in list(inspect.signature(method).parameters)[1:]
    }


def test_every_call_of_the_client_is_replayed() -> None:
    """Each call that the double of DynamoDB answers, by the table or by the guard."""
    called: set[str] = set()

    class Heard(MemoryDynamo):
        def __getattribute__(self, name: str) -> Any:
            called.add(name)
            return super().__getattribute__(name)

    table, till = OverMemory(Heard()), Till(Heard())
    for seed in range(DRAWN_HISTORIES):
        for operation in Draw(Random(seed), version=lambda _: 0).operations(OPERATIONS_PER_HISTORY):
            table.run(operation)
        for command in commands(Random(seed), COMMANDS_PER_HISTORY):
            till.run(command)
    real = botocore.session.get_session().create_client("dynamodb", region_name=REGION)
    calls = {name for name in vars(MemoryDynamo) if name[0] != "_" and hasattr(real, name)}
    assert len(calls) == 9
    assert calls <= called


def _replay_all(
    url: str, *, table: type[MemoryTable] = MemoryTable, dynamo: type[MemoryDynamo] = MemoryDynamo
) -> None:
    for seed in range(LIE_HISTORIES):
        account = open_account(url)
        replay_commands(account, seed, dynamo=dynamo())
        replay(account, seed, double=InMemory(table()), dynamo=dynamo())
