"""The mended cloud, the stock one for comparison, and an account of a test's own in each."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.cloud import Account, account, cloud_url, open_account
from tests.conformance.functions import Journal
from tests.conformance.stock import stock_cloud

__all__ = ["account", "cloud_url"]


@pytest.fixture(scope="session")
def stock_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The endpoint of ministack without any mend."""
    with stock_cloud(tmp_path_factory.mktemp("stock")) as url:
        yield url


@pytest.fixture
def stock_account(stock_url: str) -> Account:
    """An account with nothing in it, in the stock cloud."""
    return open_account(stock_url)


@pytest.fixture
def journal(tmp_path: Path) -> Journal:
    """Where the functions of a test write down what they were given."""
    return Journal(tmp_path / "journal.jsonl")
