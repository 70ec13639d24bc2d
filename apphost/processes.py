"""The processes we started, told apart from strangers that were given the same number later."""

import json
import os
import signal
import subprocess
import time
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path

from apphost.outputs import write_json

FILE = "processes.json"
POLL_SECONDS = 0.02
STOP_SECONDS = 10.0
STATE, START_TIME = 0, 19  # places in /proc/PID/stat after the command's closing bracket


@dataclass(frozen=True, slots=True, kw_only=True)
class Process:
    """`started` is the kernel's start time: with the number it names one process for ever.

    `target` tells which local cloud it is, and is empty for anything else.
    """

    pid: int
    started: str
    url: str
    log: str
    target: str = ""


def identify(pid: int, *, url: str = "", log: str = "", target: str = "") -> Process:
    """Raises ProcessLookupError where nothing of that number runs."""
    started = started_at(pid)
    if started is None:
        raise ProcessLookupError(pid)
    return Process(pid=pid, started=started, url=url, log=log, target=target)


def is_running(process: Process) -> bool:
    return started_at(process.pid) == process.started


def is_taken_over(process: Process) -> bool:
    """Its number has been given to a stranger; what it left behind cannot be told apart."""
    return started_at(process.pid) not in (None, process.started)


def started_at(pid: int) -> str | None:
    """When the process began, in the system's own words; nothing for a dead or defunct one."""
    if Path("/proc/self/stat").exists():
        return _started_at_by_proc(pid)
    return _started_at_by_ps(pid)


def stop(process: Process, *, timeout_seconds: float = STOP_SECONDS) -> None:
    """End it politely, after the time is up by force. A process that is not ours is left alone."""
    for word in (signal.SIGTERM, signal.SIGKILL):
        if not is_running(process):
            break
        try:
            os.kill(process.pid, word)
        except ProcessLookupError:
            break
        _await_end(process, timeout_seconds)
    reap(process.pid)


def reap(pid: int) -> None:
    """Let the kernel forget a child that has ended; another's child is not ours to reap."""
    try:
        os.waitpid(pid, os.WNOHANG)
    except ChildProcessError:
        return


def load(state_dir: Path) -> dict[str, Process]:
    """What was recorded, running or not."""
    try:
        recorded = json.loads((state_dir / FILE).read_text())
    except FileNotFoundError:
        return {}
    return {name: Process(**fields) for name, fields in recorded.items()}


def save(state_dir: Path, processes: Mapping[str, Process]) -> None:
    write_json({name: asdict(process) for name, process in processes.items()}, state_dir / FILE)


def _await_end(process: Process, timeout_seconds: float) -> None:
    ends = time.monotonic() + timeout_seconds
    while time.monotonic() < ends and is_running(process):
        reap(process.pid)
        time.sleep(POLL_SECONDS)


def _started_at_by_proc(pid: int) -> str | None:
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except (FileNotFoundError, ProcessLookupError):
        return None
    return None if fields[STATE] in "ZX" else fields[START_TIME]


def _started_at_by_ps(pid: int) -> str | None:
    """Where there is no /proc, as on macOS."""
    answer = subprocess.run(  # noqa: S603
        ["/bin/ps", "-o", "stat=,lstart=", "-p", str(pid)],
        capture_output=True,
        text=True,
        check=False,
        timeout=STOP_SECONDS,
    )
    state, _, started = answer.stdout.strip().partition(" ")
    return None if not state or state.startswith("Z") else started.strip()
