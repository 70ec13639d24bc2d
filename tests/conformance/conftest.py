"""The cloud that is asked, the stock one for comparison, and an account of a test's own in each."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from apphost.local_cloud import Cloud
from apphost.targets import EMBEDDED, LOCALSTACK
from tests import target
from tests.cloud import Account, account, embedded_cloud, open_account
from tests.conformance.functions import Journal
from tests.conformance.stock import stock_cloud

__all__ = ["account"]

HERE = Path(__file__).parent
ABOUT_EMBEDDED = ("embedded", "stock")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """On another cloud than the embedded one, nothing is asked about the embedded one itself."""
    asked = target.chosen()
    own = [item for item in items if item.path.is_relative_to(HERE)]
    target.expect_failures(own, asked)
    if asked != EMBEDDED:
        left_out = [item for item in own if any(map(item.get_closest_marker, ABOUT_EMBEDDED))]
        config.hook.pytest_deselected(items=left_out)
        items[:] = [item for item in items if item not in left_out]


@pytest.fixture(scope="session")
def cloud_url(request: pytest.FixtureRequest) -> Iterator[str]:
    """The endpoint of the cloud that the tests are to run on."""
    if target.chosen() == LOCALSTACK:
        running: Cloud = request.getfixturevalue("running")
        yield running.url
        return
    with embedded_cloud() as cloud:
        yield cloud.url


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
