"""One platform for the whole suite: its own on QUITTANCE_E2E_TARGET, or QUITTANCE_E2E_OUTPUTS."""

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from apphost import outputs, platform, processes
from apphost.capabilities import LACKING
from apphost.state_directory import LOCAL, temporary
from apphost.targets import EMBEDDED
from tests.e2e.driver import Platform
from tests.e2e.fault_proxy import FaultProxy

LAST = Path(__file__).parent / "test_dead_letters.py"


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The slowest to come true is looked for at the end.

    What the target lacks is tried all the same: once it works, the test fails and tells.
    """
    items.sort(key=lambda item: item.path == LAST)
    lacking = LACKING[target()]
    for item in items:
        for needs in item.iter_markers("needs"):
            (capability,) = needs.args
            if capability in lacking:
                reason = f"{target()} lacks: {capability.value}; {lacking[capability]}"
                item.add_marker(
                    pytest.mark.xfail(reason=reason, raises=AssertionError, strict=True)
                )


def target() -> str:
    """What the platform runs on, or is to run on."""
    running = os.environ.get("QUITTANCE_E2E_OUTPUTS")
    if running:
        return outputs.read(Path(running)).target
    return os.environ.get("QUITTANCE_E2E_TARGET", EMBEDDED)


@pytest.fixture(scope="session")
def quittance(request: pytest.FixtureRequest) -> Iterator[Platform]:
    """Every test runs beside messages that nobody can read, in every inbox."""
    running = os.environ.get("QUITTANCE_E2E_OUTPUTS")
    if running:
        yield Platform(outputs.read(Path(running)), Path(running)).poisoned()
        return
    with temporary("e2e") as state_dir, platform.running(state_dir, target()) as made:
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
