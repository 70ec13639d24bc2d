"""A program that is run is logged, timed, and never outlives us."""

import os
import sys
import threading
from pathlib import Path

import pytest

from apphost.command import CommandFailed, started
from apphost.processes import started_at
from client.watch import Patience, until

PATIENCE = Patience(timeout_seconds=20, pause_seconds=0.02)


def script(program: str) -> list[str]:
    return [sys.executable, "-c", program]


def test_each_line_is_heard_and_logged(tmp_path: Path) -> None:
    heard: list[str] = []
    log = tmp_path / "log"
    program = script("print('a'); print('b')")
    with started("two", program, env=os.environ, cwd=tmp_path, log=log) as it:
        it.finish(timeout_seconds=20, on_line=heard.append)
    assert heard == ["a", "b"]
    assert log.read_text() == "a\nb\n"


def test_a_failure_tells_the_code_and_the_last_lines(tmp_path: Path) -> None:
    program = "import sys; print('no such bucket'); sys.exit(3)"
    with (
        started(
            "deploy", script(program), env=os.environ, cwd=tmp_path, log=tmp_path / "log"
        ) as it,
        pytest.raises(CommandFailed, match=r"deploy ended with 3\nno such bucket"),
    ):
        it.finish(timeout_seconds=20)


def test_what_takes_too_long_is_killed(tmp_path: Path) -> None:
    program = "import time; time.sleep(60)"
    with (
        started("synth", script(program), env=os.environ, cwd=tmp_path, log=tmp_path / "log") as it,
        pytest.raises(CommandFailed, match=r"synth took more than 0\.3 s"),
    ):
        it.finish(timeout_seconds=0.3)


def test_leaving_the_block_ends_the_program_and_its_children(tmp_path: Path) -> None:
    program = (
        "import pathlib, subprocess; child = subprocess.Popen(['sleep', '60']);"
        "pathlib.Path('child.new').write_text(str(child.pid));"
        "pathlib.Path('child.new').rename('child'); child.wait()"
    )
    told = tmp_path / "child"
    with started("family", script(program), env=os.environ, cwd=tmp_path, log=tmp_path / "log"):
        until(told.exists, bool, PATIENCE)
    child = int(told.read_text())
    until(lambda: started_at(child), lambda started: started is None, PATIENCE)


def test_an_interruption_while_the_clock_is_started_does_not_keep_us_until_it_rings(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A thread that nobody ends, and that is waited for, outlives the interruption."""
    begun: list[threading.Timer] = []
    start = threading.Timer.start

    def interrupted(timer: threading.Timer) -> None:
        start(timer)
        begun.append(timer)
        raise KeyboardInterrupt

    monkeypatch.setattr(threading.Timer, "start", interrupted)
    program = script("import time; time.sleep(60)")
    with (
        pytest.raises(KeyboardInterrupt),
        started("sleep", program, env=os.environ, cwd=tmp_path, log=tmp_path / "log") as it,
    ):
        it.finish(timeout_seconds=60)
    (timer,) = begun
    timer.join(5)
    assert not timer.is_alive()
