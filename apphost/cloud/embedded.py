"""Start, watch and stop an embedded cloud; runs in the development environment."""

import contextlib
import json
import os
import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]
PYTHON = ROOT / ".cloud" / "bin" / "python"
LAUNCHER = "apphost.cloud.launcher"
BOOTSTRAP = str(Path(__file__).parent / "bootstrap.py")
START_LIMIT_SECONDS = 30
START_ATTEMPTS = 3
CALL_LIMIT_SECONDS = 5
PROBE_LIMIT_SECONDS = 1
KILL_LIMIT_SECONDS = 5
POLL_SECONDS = 0.02
LOG_TAIL_CHARACTERS = 2000
DEFUNCT = "ZX"  # ended, and not yet collected by its parent
TEMPORARY = "tmp"
STATE = "state"
SAVING_FAILED = "ERROR [persistence]"

_children: dict[int, subprocess.Popen[bytes]] = {}


@dataclass(frozen=True)
class EmbeddedCloud:
    """A cloud that was started; `url` is what AWS_ENDPOINT_URL takes."""

    url: str
    pid: int
    log: Path


@dataclass(frozen=True)
class SystemProcess:
    """A process of this machine, of ours or not."""

    pid: int
    group: int
    command: str


class CloudError(Exception):
    """The embedded cloud could not be started, asked or stopped."""


def start(
    *,
    state_dir: Path,
    port: int | None = None,
    env: Mapping[str, str] | None = None,
    from_snapshot: Path | None = None,
) -> EmbeddedCloud:
    """Start one that listens on 127.0.0.1, on a free port where none is given.

    It is a session of its own, logs to `state_dir/cloud.log`, and starts empty, or with a copy of
    what `stop_to_snapshot` left in `from_snapshot`. `env` adds to its environment.
    """
    if not PYTHON.exists():
        raise CloudError(f"The embedded cloud is not installed ({PYTHON}): run `make setup`")
    for name in (TEMPORARY, STATE):
        shutil.rmtree(state_dir / name, ignore_errors=True)
    (state_dir / TEMPORARY).mkdir(parents=True)
    if from_snapshot is not None:
        shutil.copytree(from_snapshot, state_dir / STATE)
    log = state_dir / "cloud.log"
    log.write_text("")
    for _ in range(START_ATTEMPTS if port is None else 1):
        cloud = _launch(state_dir, log, port or _free_port(), env or {})
        if cloud is not None:
            return cloud
    raise CloudError(f"The embedded cloud did not start; {log} ends:\n{_tail(log)}")


def wait_ready(cloud: EmbeddedCloud, *, timeout_seconds: float = START_LIMIT_SECONDS) -> None:
    """Return once it serves requests; raises CloudError when it ended or takes too long."""
    deadline = time.monotonic() + timeout_seconds
    while time.monotonic() < deadline:
        if _serves(cloud):
            return
        if not is_running(cloud.pid):
            break
        time.sleep(POLL_SECONDS)
    raise CloudError(f"The embedded cloud is not ready; {cloud.log} ends:\n{_tail(cloud.log)}")


def stop(pid: int, *, timeout_seconds: float = 10) -> None:
    """End it and its Lambda processes: asked first, forced when the time is up."""
    if is_running(pid):
        os.kill(pid, signal.SIGTERM)
        _await_end(pid, timeout_seconds)
    for process in _group(pid):
        _kill(process.pid)
    _await_end(pid, KILL_LIMIT_SECONDS)
    if _group(pid):
        raise CloudError(f"The embedded cloud {pid} could not be stopped")


def stop_to_snapshot(cloud: EmbeddedCloud, snapshot: Path, *, timeout_seconds: float = 30) -> None:
    """End it and keep what is in it: deployed stacks, tables, streams, queues, functions, secrets.

    Raises CloudError when it did not end by itself or could not save everything.
    """
    os.kill(cloud.pid, signal.SIGTERM)
    _await_end(cloud.pid, timeout_seconds)
    ended = not is_running(cloud.pid)
    stop(cloud.pid)
    if not ended or SAVING_FAILED in cloud.log.read_text(errors="replace"):
        raise CloudError(f"The embedded cloud was not saved; {cloud.log} ends:\n{_tail(cloud.log)}")
    shutil.copytree(cloud.log.parent / STATE, snapshot)


def is_running(pid: int) -> bool:
    """Whether that process is an embedded cloud; the number may belong to another by now."""
    return any(p.pid == pid and LAUNCHER in p.command for p in _processes())


def lambda_workers(cloud: EmbeddedCloud, *, busy_only: bool = False) -> list[tuple[int, str]]:
    """The Lambda processes that run now: process id and function name."""
    return [
        (worker["pid"], worker["function"])
        for worker in _ask(cloud.url)["workers"]
        if worker["busy"] or not busy_only
    ]


def _launch(state_dir: Path, log: Path, port: int, env: Mapping[str, str]) -> EmbeddedCloud | None:
    """One attempt; None when it ended, as when the port was taken meanwhile."""
    with log.open("ab") as output:
        process = subprocess.Popen(  # noqa: S603
            [PYTHON, "-m", LAUNCHER],
            cwd=ROOT,
            env={**_environment(state_dir, port), **env},
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    _children[process.pid] = process
    cloud = EmbeddedCloud(url=f"http://127.0.0.1:{port}", pid=process.pid, log=log)
    deadline = time.monotonic() + START_LIMIT_SECONDS
    while time.monotonic() < deadline and process.poll() is None:
        if _serves(cloud):
            return cloud
        time.sleep(POLL_SECONDS)
    if process.poll() is None:
        stop(process.pid)
        raise CloudError(f"The embedded cloud does not answer; {log} ends:\n{_tail(log)}")
    return None


def _environment(state_dir: Path, port: int) -> dict[str, str]:
    """Small on purpose: no profile, credential or Docker of the user's can get in."""
    return {
        "PATH": os.environ.get("PATH", os.defpath),
        "TMPDIR": str(state_dir.absolute() / TEMPORARY),
        "PERSIST_STATE": "1",
        "STATE_DIR": str(state_dir.absolute() / STATE),
        "S3_PERSIST": "1",
        "S3_DATA_DIR": str(state_dir.absolute() / STATE / "s3"),
        "GATEWAY_PORT": str(port),
        "AWS_ACCESS_KEY_ID": "test",
        "AWS_SECRET_ACCESS_KEY": "test",
        "AWS_DEFAULT_REGION": "us-east-1",
        "IOT_MTLS_ENABLED": "0",
        "SFTP_ENABLED": "0",
        "DOCKER_HOST": "unix:///nowhere",
    }


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def _serves(cloud: EmbeddedCloud) -> bool:
    """Whether it answers, and is not another that has taken the port."""
    try:
        return bool(_ask(cloud.url, timeout_seconds=PROBE_LIMIT_SECONDS)["pid"] == cloud.pid)
    except (OSError, HTTPException, ValueError, KeyError):
        return False


def _ask(url: str, *, timeout_seconds: float = CALL_LIMIT_SECONDS) -> dict[str, Any]:
    address = url.removeprefix("http://")
    with contextlib.closing(HTTPConnection(address, timeout=timeout_seconds)) as connection:
        connection.request("GET", "/_embedded/workers")
        found: dict[str, Any] = json.loads(connection.getresponse().read())
        return found


def _tail(log: Path) -> str:
    return log.read_text(errors="replace")[-LOG_TAIL_CHARACTERS:]


def _await_end(pid: int, timeout_seconds: float) -> None:
    """One that was started here is also let go of; one of another process is not our child."""
    deadline = time.monotonic() + timeout_seconds
    while _group(pid) and time.monotonic() < deadline:
        time.sleep(POLL_SECONDS)
    if not _group(pid) and (child := _children.pop(pid, None)):
        child.wait(KILL_LIMIT_SECONDS)


def _kill(pid: int) -> None:
    try:
        os.kill(pid, signal.SIGKILL)
    except ProcessLookupError:
        return


def _group(pid: int) -> list[SystemProcess]:
    """The cloud and its Lambda processes, as far as they are alive."""
    return [
        p
        for p in _processes()
        if p.group == pid and (LAUNCHER in p.command or BOOTSTRAP in p.command)
    ]


def _processes() -> Iterator[SystemProcess]:
    if Path("/proc/self/stat").exists():
        return _processes_by_proc()
    return _processes_by_ps()


def _processes_by_proc() -> Iterator[SystemProcess]:
    for entry in Path("/proc").iterdir():
        if not entry.name.isdigit():
            continue
        try:
            command = (entry / "cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
            fields = (entry / "stat").read_text(errors="replace").rpartition(")")[2].split()
        except (FileNotFoundError, ProcessLookupError, PermissionError):
            continue
        if fields[0] not in DEFUNCT:
            yield SystemProcess(pid=int(entry.name), group=int(fields[2]), command=command)


def _processes_by_ps() -> Iterator[SystemProcess]:
    """Where there is no /proc, as on macOS."""
    listing = subprocess.run(
        ["/bin/ps", "-A", "-ww", "-o", "stat=,pid=,pgid=,command="],
        capture_output=True,
        text=True,
        check=True,
        timeout=CALL_LIMIT_SECONDS,
    )
    for line in listing.stdout.splitlines():
        state, pid, group, command = line.split(maxsplit=3)
        if state[0] not in DEFUNCT:
            yield SystemProcess(pid=int(pid), group=int(group), command=command)
