"""One platform for the whole suite: its own on QUITTANCE_TEST_TARGET, or QUITTANCE_E2E_OUTPUTS."""

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from apphost import outputs, platform
from apphost.state_directory import LOCAL, temporary
from tests import target
from tests.e2e.driver import Platform

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
