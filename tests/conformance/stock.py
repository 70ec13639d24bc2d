"""Ministack as it is published, without any mend, to show the gaps on."""

import os
import signal
import socket
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import urllib3

from apphost.cloud.embedded import PYTHON
from tests.conformance.waiting import eventually

STOP_LIMIT_SECONDS = 10


@contextmanager
def stock_cloud(state: Path, **env: str) -> Iterator[str]:
    """The endpoint of one that runs as long as the block."""
    port = _free_port()
    with (state / "stock.log").open("ab") as log:
        process = subprocess.Popen(
            [PYTHON, "-m", "ministack.app"],
            cwd=state,
            env={**_environment(state, port), **env},
            stdout=log,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    url = f"http://127.0.0.1:{port}"
    try:
        assert eventually(lambda: _answers(f"{url}/_ministack/health"))
        yield url
    finally:
        process.terminate()
        try:
            process.wait(STOP_LIMIT_SECONDS)
        finally:
            _kill_group(process.pid)
            process.wait(STOP_LIMIT_SECONDS)


def _environment(state: Path, port: int) -> dict[str, str]:
    return {
        "PATH": os.environ["PATH"],
        "TMPDIR": str(state),
        "BIND_HOST": "127.0.0.1",
        "GATEWAY_PORT": str(port),
        "AWS_ACCESS_KEY_ID": "test",
        "AWS_SECRET_ACCESS_KEY": "test",
        "IOT_MTLS_ENABLED": "0",
        "SFTP_ENABLED": "0",
        "DOCKER_HOST": "unix:///nowhere",
    }


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def _answers(url: str) -> bool:
    try:
        return urllib3.request("GET", url, retries=False, timeout=1).status == 200
    except urllib3.exceptions.HTTPError:
        return False


def _kill_group(group: int) -> None:
    """Its Lambda processes too."""
    try:
        os.killpg(group, signal.SIGKILL)
    except ProcessLookupError:
        return
