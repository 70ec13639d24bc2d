"""The table's double is true: random operations give on it what they give on a real table."""

import os
from collections.abc import Iterator

import pytest

from tests.cloud import open_account
from tests.doubles.memory_table import MemoryTable
from tests.integration.replay.lies import LIES
from tests.integration.replay.replay import (
    OPERATIONS_PER_HISTORY,
    Differs,
    replay,
    without_pauses,
)
from tests.integration.replay.tables import InMemory

DYNAMODB_LOCAL = os.environ.get("DYNAMODB_LOCAL_URL")
"""Where a developer has started DynamoDB Local."""
HISTORIES = 40
BLOCKS = 8
LIE_HISTORIES = 12

blocks = pytest.mark.parametrize("block", range(BLOCKS))


@pytest.fixture(autouse=True)
def at_once() -> Iterator[None]:
    with without_pauses():
        yield


@blocks
def test_the_double_does_what_the_table_on_the_embedded_cloud_does(
    cloud_url: str, block: int
) -> None:
    """10,000 operations here; `make replay` runs 100,000."""
    for seed in range(block, HISTORIES, BLOCKS):
        assert replay(open_account(cloud_url), seed) == OPERATIONS_PER_HISTORY


@pytest.mark.skipif(DYNAMODB_LOCAL is None, reason="DYNAMODB_LOCAL_URL names no DynamoDB Local")
@blocks
def test_the_double_does_what_the_table_on_dynamodb_local_does(block: int) -> None:
    assert DYNAMODB_LOCAL is not None
    for seed in range(block, HISTORIES, BLOCKS):
        assert replay(open_account(DYNAMODB_LOCAL), seed) == OPERATIONS_PER_HISTORY


@pytest.mark.parametrize("lie", LIES, ids=lambda lie: lie.__name__)
def test_a_double_that_lies_is_found(cloud_url: str, lie: type[MemoryTable]) -> None:
    with pytest.raises(Differs, match="seed"):
        _replay_all(cloud_url, lie)


def _replay_all(url: str, double: type[MemoryTable]) -> None:
    for seed in range(LIE_HISTORIES):
        replay(open_account(url), seed, double=InMemory(double()))
