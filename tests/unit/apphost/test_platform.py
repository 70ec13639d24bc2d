"""A platform stays on the local cloud it was brought up on."""

import os
from pathlib import Path

import pytest

from apphost import platform, processes
from apphost.capabilities import LACKING
from apphost.platform import AnotherTarget
from apphost.targets import TARGETS


@pytest.fixture
def on_localstack(tmp_path: Path) -> Path:
    """The state directory of a platform that runs, in the person of this test."""
    running = {
        "cloud": processes.identify(os.getpid(), target="localstack"),
        "sandbox": processes.identify(os.getpid()),
    }
    processes.save(tmp_path, running)
    return tmp_path


def test_what_runs_tells_its_target(on_localstack: Path) -> None:
    assert platform.target_of(on_localstack) == "localstack"


def test_nothing_runs_in_an_empty_directory(tmp_path: Path) -> None:
    assert platform.target_of(tmp_path) is None


def test_a_platform_on_another_target_is_neither_replaced_nor_stopped(on_localstack: Path) -> None:
    with pytest.raises(AnotherTarget, match="runs on localstack: `make down` stops it"):
        platform.up(on_localstack, target="embedded")
    assert platform.target_of(on_localstack) == "localstack"


def test_what_each_target_lacks_is_said() -> None:
    assert set(LACKING) == set(TARGETS) == {"embedded", "localstack"}
