"""The platform comes up, is kept, goes down, and leaves nothing behind, however it ends."""

import json
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from apphost import platform, processes
from apphost.deployment import ROOT
from apphost.processes import Process
from apphost.state_directory import temporary
from client.watch import Patience, until

PATIENCE = Patience(timeout_seconds=90.0, pause_seconds=0.05)
APPHOST = [sys.executable, "-m", "apphost"]


def apphost(state_dir: Path, verb: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [*APPHOST, verb, "--state-dir", str(state_dir)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=180,
        check=False,
    )


def nothing_is_left(started: dict[str, Process]) -> bool:
    """Neither the processes nor the Lambda workers in the cloud's process group.

    A defunct entry that its adoptive parent has not collected yet runs no more.
    """
    groups = {process.pid for process in started.values()}
    fields = [_stat(process).rpartition(")")[2].split() for process in _numbers()]
    return not any(state != "Z" and int(group) in groups for state, _, group, *_ in fields)


def _numbers() -> list[Path]:
    return [path for path in Path("/proc").iterdir() if path.name.isdecimal()]


def _stat(process: Path) -> str:
    try:
        return (process / "stat").read_text()
    except (FileNotFoundError, ProcessLookupError):
        return "0 (gone) Z 0 0"


@pytest.fixture
def heeding() -> Iterator[None]:
    """What we start hears Ctrl-C, even where a script has started us in the background."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


@pytest.fixture
def demo(tmp_path: Path, heeding: None) -> Iterator["subprocess.Popen[str]"]:
    """A demo on its way, with the platform in `tmp_path`; none of it outlives a failing test."""
    del heeding
    with subprocess.Popen(
        [*APPHOST, "demo", "--state-dir", str(tmp_path)],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    ) as running:
        yield running
        running.terminate()
        running.wait(60)
    for left in tmp_path.glob("demo-*/"):
        platform.down(left)


def both_processes(tmp_path: Path) -> tuple[Path, dict[str, Process]]:
    """The demo's own state directory once its cloud and its sandbox are recorded."""

    def look() -> list[tuple[Path, dict[str, Process]]]:
        found = [(path, processes.load(path)) for path in tmp_path.glob("demo-*/")]
        return [(path, started) for path, started in found if len(started) == 2]

    return until(look, bool, PATIENCE)[0]


def test_the_demo_holds_every_check_and_leaves_nothing(tmp_path: Path) -> None:
    done = apphost(tmp_path, "demo")
    assert done.returncode == 0, done.stdout
    report: Any = json.loads((tmp_path / "demo.json").read_text())
    assert report["held"]
    assert len(report["checks"]) == 13
    assert [order["order"]["status"] for order in report["orders"]] == [
        "paid",
        "payment_failed",
        "paid",
        "refunded",
    ]
    assert report["reconciliation"]["totals"] == {
        "matched": {"operations": 4, "lines": 5, "residual": {}}
    }
    assert [path.name for path in tmp_path.iterdir()] == ["demo.json"]


@pytest.mark.parametrize(("word", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_an_interrupted_demo_leaves_nothing_running(
    tmp_path: Path, demo: "subprocess.Popen[str]", word: signal.Signals, code: int
) -> None:
    _, started = both_processes(tmp_path)
    demo.send_signal(word)
    assert demo.wait(60) == code
    assert nothing_is_left(started)


def test_what_a_killed_demo_has_left_is_removed_by_the_next(
    tmp_path: Path, demo: "subprocess.Popen[str]"
) -> None:
    abandoned, started = both_processes(tmp_path)
    demo.kill()
    demo.wait(60)
    assert all(map(processes.is_running, started.values()))
    with temporary("demo", within=tmp_path):
        assert nothing_is_left(started)

    def removed() -> bool:
        """At the latest when the demo's last orphan has written what it was writing."""
        with temporary("demo", within=tmp_path):
            return not abandoned.exists()

    until(removed, bool, PATIENCE)


def test_a_platform_that_is_up_is_kept_and_deployed_to_again(tmp_path: Path) -> None:
    assert apphost(tmp_path, "status").returncode == 1
    assert apphost(tmp_path, "up").returncode == 0
    try:
        started, told = processes.load(tmp_path), (tmp_path / "outputs.json").read_text()
        assert apphost(tmp_path, "up").returncode == 0
        assert processes.load(tmp_path) == started
        assert (tmp_path / "outputs.json").read_text() == told
        assert apphost(tmp_path, "status").returncode == 0
    finally:
        platform.down(tmp_path)
    assert nothing_is_left(started)
    assert not (tmp_path / "outputs.json").exists()
    assert "nothing was running" in apphost(tmp_path, "down").stdout
