"""An account in LocalStack that nobody else uses."""

from pathlib import Path

import pytest

from apphost.local_cloud import Cloud
from apphost.localstack import localstack
from tests.cloud import Account, cloud_url, open_account
from tests.conformance.functions import Journal

__all__ = ["cloud_url"]

HERE = Path(__file__).parent
MISSING = pytest.mark.skip(reason="LocalStack is not installed: run `make setup-localstack`")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    if localstack.PYTHON.exists():
        return
    for item in items:
        if item.path.is_relative_to(HERE):
            item.add_marker(MISSING)


@pytest.fixture
def account(running: Cloud) -> Account:
    return open_account(running.url)


@pytest.fixture
def journal(tmp_path: Path) -> Journal:
    """Where the functions of a test write down what they were given."""
    return Journal(tmp_path / "journal.jsonl")
