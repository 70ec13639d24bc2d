"""A table of its own for each test: the real one on the embedded cloud, or its double in memory."""

import pytest

from shared.persistence.table import Table
from tests.cloud import Account, account, cloud_url
from tests.doubles.memory_table import MemoryTable
from tests.integration.tables import create_main_table

__all__ = ["account", "cloud_url"]


@pytest.fixture
def cloud_table(account: Account) -> Table:
    """A service's table on the embedded cloud."""
    return create_main_table(account.client("dynamodb"))


@pytest.fixture(params=["cloud", "memory"])
def table(request: pytest.FixtureRequest) -> Table:
    """Each test of the table's promises runs against both."""
    if request.param == "memory":
        return MemoryTable()
    found: Table = request.getfixturevalue("cloud_table")
    return found
