"""Which tests share a worker, a LocalStack for those that ask, and what the summary adds."""

import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from xdist.scheduler import LoadScopeScheduling

from apphost.local_cloud import Cloud
from apphost.localstack import localstack
from tests import target

PLATFORM = "tests/e2e/"


class OnePlatform(LoadScopeScheduling):  # type: ignore[misc]  # xdist is untyped
    """End-to-end tests share a platform, so a worker; any other test goes where there is room.

    `--dist loadgroup` is meant for this, but with pytest 9.2 it groups nothing, in silence
    (https://github.com/pytest-dev/pytest-xdist/issues/1386).
    """

    def _split_scope(self, nodeid: str) -> str:
        return PLATFORM if nodeid.startswith(PLATFORM) else nodeid


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> OnePlatform:
    return OnePlatform(config, log)


@pytest.fixture(scope="session")
def running() -> Iterator[Cloud]:
    """A LocalStack: one for all tests that share a process, because it is heavy."""
    state_dir = Path(tempfile.mkdtemp(prefix="quittance-localstack-"))
    cloud = localstack.start(state_dir=state_dir)
    yield cloud
    localstack.stop(cloud.pid)
    shutil.rmtree(state_dir, ignore_errors=True)


def pytest_terminal_summary(terminalreporter: Any) -> None:
    """How many tests failed as expected, and for want of what."""
    failed = target.failed_for_lack(terminalreporter.stats.get("xfailed", []))
    if failed:
        for line in target.summary(target.chosen(), failed):
            terminalreporter.write_line(line)
