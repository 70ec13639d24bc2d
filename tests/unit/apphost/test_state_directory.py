"""A temporary state directory goes with its owner; a failure leaves its logs to be read."""

import os
from pathlib import Path

import pytest

from apphost.processes import identify
from apphost.state_directory import temporary


class Failed(Exception):
    """What went wrong in the block."""


def names(directory: Path) -> list[str]:
    return sorted(path.name for path in directory.iterdir())


def test_it_is_gone_with_everything_in_it(tmp_path: Path) -> None:
    with temporary("demo", within=tmp_path) as own:
        (own / "cloud.log").write_text("x")
    assert names(tmp_path) == []


def test_a_failure_leaves_the_logs(tmp_path: Path) -> None:
    def work() -> None:
        with temporary("demo", within=tmp_path) as own:
            (own / "cloud.log").write_text("x")
            raise Failed

    with pytest.raises(Failed):
        work()
    (own,) = tmp_path.glob("demo-*/")
    assert (own / "cloud.log").read_text() == "x"


def test_another_that_is_alive_is_left_alone(tmp_path: Path) -> None:
    with temporary("demo", within=tmp_path) as first, temporary("demo", within=tmp_path) as second:
        assert first != second
        assert first.exists()


@pytest.mark.parametrize("started", ["0", None], ids=["recycled number", "dead"])
def test_what_a_dead_owner_has_left_is_removed(tmp_path: Path, started: str | None) -> None:
    left = tmp_path / "demo-left"
    left.mkdir()
    me = identify(os.getpid())
    pid = me.pid if started else 2**22 + 1
    left.with_suffix(".owner").write_text(f"{pid} {started or me.started}")
    with temporary("demo", within=tmp_path):
        assert not left.exists()
    assert names(tmp_path) == []
