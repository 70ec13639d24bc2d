"""One platform for the whole suite: its own on QUITTANCE_TEST_TARGET, or QUITTANCE_E2E_OUTPUTS."""

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from apphost import outputs, platform, processes
from apphost.state_directory import LOCAL, temporary
from tests import target
from tests.e2e.driver import Platform
from tests.e2e.fault_proxy import FaultProxy

LAST = Path(__file__).parent / "test_dead_letters.py"


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The slowest to come true is looked for at the end."""
    items.sort(key=lambda item: item.path == LAST)
    own = [item for item in items if item.path.is_relative_to(LAST.parent)]
    target.expect_failures(own, where())


def where() -> str:
    """What the platform runs on, or is to run on."""
    running = os.environ.get("QUITTANCE_E2E_OUTPUTS")
    if running:
        return outputs.read(Path(running)).target
    return target.chosen()


@pytest.fixture(scope="session")
def quittance(request: pytest.FixtureRequest) -> Iterator[Platform]:
    """Every test runs beside messages that nobody can read, in every inbox."""
    running = os.environ.get("QUITTANCE_E2E_OUTPUTS")
    if running:
        yield Platform(outputs.read(Path(running)), Path(running)).poisoned()
        return
    with temporary("e2e") as state_dir, platform.running(state_dir, where()) as made:
        yield Platform(made, state_dir / outputs.FILE).poisoned()
        if request.session.testsfailed:
            shutil.copy(state_dir / "cloud" / "cloud.log", LOCAL / "e2e-failed.log")


@pytest.fixture(scope="session")
def faulty(request: pytest.FixtureRequest) -> Iterator[tuple[Platform, FaultProxy]]:
    """A platform of its own, whose Lambdas reach the cloud through the proxy alone."""
    with temporary("faults") as state_dir:

        def cloud_url() -> str:
            return processes.load(state_dir)[platform.CLOUD].url

        with (
            FaultProxy(cloud_url, seed=7).serving() as proxy,
            platform.running(state_dir, cloud_env={"AWS_ENDPOINT_URL": proxy.url}) as made,
        ):
            yield Platform(made, state_dir / outputs.FILE), proxy
            if request.session.testsfailed:
                shutil.copy(state_dir / "cloud" / "cloud.log", LOCAL / "faults-failed.log")
