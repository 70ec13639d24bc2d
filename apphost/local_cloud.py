"""A local cloud as a process of its own, with its Lambda processes: launched, watched and ended."""

import contextlib
import json
import os
import signal
import socket
import subprocess
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from typing import Any

from apphost import process_table
from apphost.process_table import SystemProcess

ROOT = Path(__file__).parents[1]
START_ATTEMPTS = 3
CALL_LIMIT_SECONDS = 5
PROBE_LIMIT_SECONDS = 1
STOP_LIMIT_SECONDS = 10.0
KILL_LIMIT_SECONDS = 5
POLL_SECONDS = 0.02
LOG_TAIL_CHARACTERS = 4000

_children: dict[int, subprocess.Popen[bytes]] = {}


@dataclass(frozen=True)
class Cloud:
    """A cloud that was started; `url` is what AWS_ENDPOINT_URL takes."""

    url: str
    pid: int
    log: Path


class CloudError(Exception):
    """The local cloud could not be started, asked or stopped."""


@dataclass(frozen=True, kw_only=True)
class Kind:
    """What tells one local cloud from another.

    `python` runs the module `launcher`, whose Lambda processes have `worker` in their command.
    `environment` takes the absolute directory of its state, and the port.
    """

    title: str
    python: Path
    install: str
    launcher: str
    worker: str
    environment: Callable[[Path, int], dict[str, str]]
    start_limit_seconds: float

    def start(self, state_dir: Path, *, port: int | None, env: Mapping[str, str]) -> Cloud:
        """Start one that listens on 127.0.0.1, on a free port where none is given.

        It is a session of its own and logs to `state_dir/cloud.log`. `env` adds to its environment.
        """
        log = state_dir / "cloud.log"
        log.write_text("")
        for _ in range(START_ATTEMPTS if port is None else 1):
            cloud = self._launch(state_dir.absolute(), log, port or free_port(), env)
            if cloud is not None:
                return cloud
        raise self._error("did not start", log)

    def require_installed(self) -> None:
        if not self.python.exists():
            raise CloudError(f"{self.title} is not installed ({self.python}): run `{self.install}`")

    def wait_ready(self, cloud: Cloud, *, timeout_seconds: float | None = None) -> None:
        """Return once it serves requests; raises CloudError when it ended or takes too long."""
        ends = time.monotonic() + (timeout_seconds or self.start_limit_seconds)
        while time.monotonic() < ends:
            if _serves(cloud):
                return
            if not self.is_running(cloud.pid):
                break
            time.sleep(POLL_SECONDS)
        raise self._error("is not ready", cloud.log)

    def stop(self, pid: int, *, timeout_seconds: float = STOP_LIMIT_SECONDS) -> None:
        """End it and its Lambda processes: asked first, forced when the time is up.

        The number may belong to another process by now, which is left alone.
        """
        if self.is_running(pid):
            os.kill(pid, signal.SIGTERM)
            self._await_end(pid, timeout_seconds)
        for process in self._group(pid):
            with contextlib.suppress(ProcessLookupError):
                os.kill(process.pid, signal.SIGKILL)
        self._await_end(pid, KILL_LIMIT_SECONDS)
        if self._group(pid):
            raise CloudError(f"{self.title} {pid} could not be stopped")

    def end(self, cloud: Cloud, *, timeout_seconds: float) -> bool:
        """Ask it to end, and stop it; whether it ended by itself in time."""
        os.kill(cloud.pid, signal.SIGTERM)
        self._await_end(cloud.pid, timeout_seconds)
        ended = not self.is_running(cloud.pid)
        self.stop(cloud.pid)
        return ended

    def is_running(self, pid: int) -> bool:
        """Whether that process is one of this kind; the number may belong to another by now."""
        return any(p.pid == pid and self.launcher in p.command for p in process_table.running())

    def _launch(
        self, state_dir: Path, log: Path, port: int, env: Mapping[str, str]
    ) -> Cloud | None:
        """One attempt; None when it ended, as when the port was taken meanwhile."""
        with log.open("ab") as output:
            process = subprocess.Popen(  # noqa: S603
                [self.python, "-m", self.launcher],
                cwd=ROOT,
                env={**self.environment(state_dir, port), **env},
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        _children[process.pid] = process
        cloud = Cloud(url=f"http://127.0.0.1:{port}", pid=process.pid, log=log)
        ends = time.monotonic() + self.start_limit_seconds
        while time.monotonic() < ends and process.poll() is None:
            if _serves(cloud):
                return cloud
            time.sleep(POLL_SECONDS)
        if process.poll() is None:
            self.stop(process.pid)
            raise self._error("does not answer", log)
        return None

    def _await_end(self, pid: int, timeout_seconds: float) -> None:
        """One that was started here is also let go of; one of another process is not our child."""
        ends = time.monotonic() + timeout_seconds
        while self._group(pid) and time.monotonic() < ends:
            time.sleep(POLL_SECONDS)
        if not self._group(pid) and (child := _children.pop(pid, None)):
            child.wait(KILL_LIMIT_SECONDS)

    def _group(self, pid: int) -> list[SystemProcess]:
        """The cloud and its Lambda processes, as far as they are alive."""
        ours = (self.launcher, self.worker)
        return [
            process
            for process in process_table.running()
            if process.group == pid and any(word in process.command for word in ours)
        ]

    def _error(self, what: str, log: Path) -> CloudError:
        tail = log.read_text(errors="replace")[-LOG_TAIL_CHARACTERS:]
        return CloudError(f"{self.title} {what}; {log} ends:\n{tail}")


def workers(cloud: Cloud, *, timeout_seconds: float = CALL_LIMIT_SECONDS) -> dict[str, Any]:
    """What the cloud itself says: its process id, and its Lambda processes."""
    address = cloud.url.removeprefix("http://")
    with contextlib.closing(HTTPConnection(address, timeout=timeout_seconds)) as connection:
        connection.request("GET", "/_embedded/workers")
        found: dict[str, Any] = json.loads(connection.getresponse().read())
        return found


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def _serves(cloud: Cloud) -> bool:
    """Whether it answers, and is not another that has taken the port."""
    try:
        return bool(workers(cloud, timeout_seconds=PROBE_LIMIT_SECONDS)["pid"] == cloud.pid)
    except (OSError, HTTPException, ValueError, KeyError):
        return False
