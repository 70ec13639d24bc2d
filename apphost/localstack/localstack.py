"""Start, watch and stop a LocalStack without Docker; runs in the development environment."""

import json
import os
import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Mapping
from contextlib import closing, suppress
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPException
from pathlib import Path

from apphost.cloud.embedded import CloudError

ROOT = Path(__file__).parents[2]
PYTHON = ROOT / ".localstack" / "bin" / "python"
LAUNCHER = "apphost.localstack.launcher"
START_LIMIT_SECONDS = 120
START_ATTEMPTS = 3
CALL_LIMIT_SECONDS = 5
KILL_LIMIT_SECONDS = 5
POLL_SECONDS = 0.05
LOG_TAIL_CHARACTERS = 4000
FUNCTION_START_LIMIT_SECONDS = 60
FILES = ("home", "filesystem", "tmp")

_children: dict[int, subprocess.Popen[bytes]] = {}


@dataclass(frozen=True)
class LocalStack:
    """A LocalStack that was started; `url` is what AWS_ENDPOINT_URL takes."""

    url: str
    pid: int
    log: Path


def start(
    *, state_dir: Path, port: int | None = None, env: Mapping[str, str] | None = None
) -> LocalStack:
    """Start one that listens on 127.0.0.1, on a free port where none is given.

    It starts empty, writes nothing outside of `state_dir`, logs to `state_dir/cloud.log`, and is a
    session of its own. `env` adds to its environment. Raises CloudError.
    """
    if not PYTHON.exists():
        raise CloudError(f"LocalStack is not installed ({PYTHON}): run `make setup-localstack`")
    for name in FILES:
        shutil.rmtree(state_dir / name, ignore_errors=True)
        (state_dir / name).mkdir(parents=True)
    log = state_dir / "cloud.log"
    log.write_text("")
    for _ in range(START_ATTEMPTS if port is None else 1):
        cloud = _launch(state_dir.absolute(), log, port or _free_port(), env or {})
        if cloud is not None:
            return cloud
    raise CloudError(f"LocalStack did not start; {log} ends:\n{_tail(log)}")


def wait_ready(cloud: LocalStack, *, timeout_seconds: float = START_LIMIT_SECONDS) -> None:
    """Return once it serves requests; raises CloudError when it ended or takes too long."""
    deadline = time.monotonic() + timeout_seconds
    while time.monotonic() < deadline:
        if _serves(cloud):
            return
        if not is_running(cloud.pid):
            break
        time.sleep(POLL_SECONDS)
    raise CloudError(f"LocalStack is not ready; {cloud.log} ends:\n{_tail(cloud.log)}")


def stop(pid: int, *, timeout_seconds: float = 10) -> None:
    """End it and its Lambda processes: asked first, forced when the time is up.

    The number may belong to another process by now, which is left alone.
    """
    if not is_running(pid):
        _let_go(pid)
        return
    os.kill(pid, signal.SIGTERM)
    _await_end(pid, timeout_seconds)
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(pid, signal.SIGKILL)
    _await_end(pid, KILL_LIMIT_SECONDS)
    if is_running(pid):
        raise CloudError(f"LocalStack {pid} could not be stopped")


def is_running(pid: int) -> bool:
    """Whether that process is a LocalStack of ours."""
    return LAUNCHER in _command(pid)


def _launch(state_dir: Path, log: Path, port: int, env: Mapping[str, str]) -> LocalStack | None:
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
    cloud = LocalStack(url=f"http://127.0.0.1:{port}", pid=process.pid, log=log)
    deadline = time.monotonic() + START_LIMIT_SECONDS
    while time.monotonic() < deadline and process.poll() is None:
        if _serves(cloud):
            return cloud
        time.sleep(POLL_SECONDS)
    if process.poll() is None:
        stop(process.pid)
        raise CloudError(f"LocalStack does not answer; {log} ends:\n{_tail(log)}")
    return None


def _environment(state_dir: Path, port: int) -> dict[str, str]:
    """Small on purpose: no profile, credential or Docker of the user's can get in."""
    return {
        "PATH": os.environ.get("PATH", os.defpath),
        "HOME": str(state_dir / "home"),
        "XDG_CACHE_HOME": str(state_dir / "home" / "cache"),
        "TMPDIR": str(state_dir / "tmp"),
        "FILESYSTEM_ROOT": str(state_dir / "filesystem"),
        "GATEWAY_LISTEN": f"127.0.0.1:{port}",
        "LOCALSTACK_HOST": f"127.0.0.1:{port}",
        "OVERRIDE_IN_DOCKER": "0",
        "DOCKER_HOST": "unix:///nowhere",
        "DNS_ADDRESS": "0",
        "DISABLE_EVENTS": "1",
        "SKIP_SSL_CERT_DOWNLOAD": "1",
        "CFN_IGNORE_UNSUPPORTED_RESOURCE_TYPES": "1",
        "SQS_ENDPOINT_STRATEGY": "path",
        "LAMBDA_RUNTIME_EXECUTOR": "subprocess",
        "LAMBDA_SYNCHRONOUS_CREATE": "1",
        "LAMBDA_RUNTIME_ENVIRONMENT_TIMEOUT": str(FUNCTION_START_LIMIT_SECONDS),
        "LAMBDA_EVENT_SOURCE_MAPPING_POLL_INTERVAL_SEC": "0.1",
        "LAMBDA_EVENT_SOURCE_MAPPING_MAX_BACKOFF_ON_EMPTY_POLL_SEC": "0.2",
        "PROVIDER_OVERRIDE_DYNAMODB": "moto",
        "PROVIDER_OVERRIDE_DYNAMODBSTREAMS": "moto",
        "NO_PROXY": "127.0.0.1",
        "PYTHONUNBUFFERED": "1",
    }


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def _serves(cloud: LocalStack) -> bool:
    """Whether it answers, and is not another that has taken the port."""
    address = cloud.url.removeprefix("http://")
    try:
        with closing(HTTPConnection(address, timeout=CALL_LIMIT_SECONDS)) as connection:
            connection.request("GET", "/_embedded/workers")
            return bool(json.loads(connection.getresponse().read())["pid"] == cloud.pid)
    except (OSError, HTTPException, ValueError, KeyError):
        return False


def _tail(log: Path) -> str:
    return log.read_text(errors="replace")[-LOG_TAIL_CHARACTERS:]


def _await_end(pid: int, timeout_seconds: float) -> None:
    deadline = time.monotonic() + timeout_seconds
    while is_running(pid) and time.monotonic() < deadline:
        time.sleep(POLL_SECONDS)
    if not is_running(pid):
        _let_go(pid)


def _let_go(pid: int) -> None:
    """Of a process that ended; one that another process started is not our child."""
    if child := _children.pop(pid, None):
        child.wait(KILL_LIMIT_SECONDS)


def _command(pid: int) -> str:
    """How that process was called; nothing when there is none."""
    if Path("/proc/self/cmdline").exists():
        try:
            called = Path(f"/proc/{pid}/cmdline").read_bytes()
        except (FileNotFoundError, ProcessLookupError, PermissionError):
            return ""
        return called.replace(b"\0", b" ").decode(errors="replace")
    listing = subprocess.run(  # noqa: S603  where there is no /proc, as on macOS
        ["/bin/ps", "-ww", "-o", "command=", "-p", str(pid)],
        capture_output=True,
        text=True,
        check=False,
        timeout=CALL_LIMIT_SECONDS,
    )
    return listing.stdout
