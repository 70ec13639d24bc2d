"""Only what we started is ever stopped, and it is really gone."""

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from apphost.processes import (
    Process,
    identify,
    is_running,
    load,
    save,
    started_at,
    stop,
)

STUBBORN = "import signal; signal.signal(signal.SIGTERM, signal.SIG_IGN); print('up', flush=True)"


def child(program: str) -> "subprocess.Popen[str]":
    return subprocess.Popen(
        [sys.executable, "-c", f"{program}\nimport time; time.sleep(60)"],
        stdout=subprocess.PIPE,
        text=True,
    )


@pytest.fixture
def sleeper() -> Iterator["subprocess.Popen[str]"]:
    process = child("print('up', flush=True)")
    assert process.stdout is not None
    process.stdout.readline()
    yield process
    process.kill()
    process.wait()
    process.stdout.close()


def test_a_process_is_known_by_its_number_and_its_start(
    sleeper: "subprocess.Popen[str]",
) -> None:
    known = identify(sleeper.pid)
    assert is_running(known)
    assert not is_running(replace(known, started="12345"))


def test_a_stranger_with_a_recycled_number_is_left_alone(
    sleeper: "subprocess.Popen[str]",
) -> None:
    stop(replace(identify(sleeper.pid), started="12345"), timeout_seconds=0.2)
    assert sleeper.poll() is None


def test_what_we_started_is_stopped_and_reaped(sleeper: "subprocess.Popen[str]") -> None:
    known = identify(sleeper.pid)
    stop(known)
    assert not is_running(known)
    assert not Path(f"/proc/{sleeper.pid}/stat").exists()


def test_what_will_not_listen_is_killed_when_its_time_is_up() -> None:
    process = child(STUBBORN)
    assert process.stdout is not None
    process.stdout.readline()
    begun = time.monotonic()
    stop(identify(process.pid), timeout_seconds=0.3)
    assert started_at(process.pid) is None
    assert time.monotonic() - begun < 5
    process.wait()
    process.stdout.close()


def test_a_dead_process_cannot_be_identified(sleeper: "subprocess.Popen[str]") -> None:
    sleeper.kill()
    sleeper.wait()
    with pytest.raises(ProcessLookupError):
        identify(sleeper.pid)


def test_the_record_is_read_back_as_it_was_written(tmp_path: Path) -> None:
    processes = {"cloud": Process(pid=1, started="2", url="http://x", log="cloud.log")}
    save(tmp_path, processes)
    assert load(tmp_path) == processes
    assert load(tmp_path / "elsewhere") == {}


def test_this_process_runs() -> None:
    assert is_running(identify(os.getpid()))
