"""The mended cloud, the stock one for comparison, and an account of a test's own in each."""

import os
import signal
import socket
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
import urllib3

from apphost.cloud.embedded import PYTHON
from tests.cloud import Account, account, cloud_url, open_account
from tests.conformance.functions import Journal
from tests.conformance.waiting import eventually

__all__ = ["account", "cloud_url"]


@pytest.fixture(scope="session")
def stock_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The endpoint of ministack as it is published, without any mend."""
    state = tmp_path_factory.mktemp("stock")
    port = _free_port()
    with (state / "stock.log").open("wb") as log:
        process = subprocess.Popen(
            [PYTHON, "-m", "ministack.app"],
            cwd=state,
            env=_environment(state, port),
            stdout=log,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    url = f"http://127.0.0.1:{port}"
    try:
        assert eventually(lambda: _answers(f"{url}/_ministack/health"))
        yield url
    finally:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait(timeout=5)


@pytest.fixture
def stock_account(stock_url: str) -> Account:
    """An account with nothing in it, in the stock cloud."""
    return open_account(stock_url)


@pytest.fixture
def journal(tmp_path: Path) -> Journal:
    """Where the functions of a test write down what they were given."""
    return Journal(tmp_path / "journal.jsonl")


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
