"""Fixtures for tests against the embedded cloud: where it is, and an account that nobody else uses.

A conftest takes them by `from tests.cloud import account, cloud_url`.
"""

import functools
import random
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import boto3
import botocore.session
import pytest
from botocore.config import Config
from botocore.loaders import Loader

from apphost.cloud import embedded
from apphost.local_cloud import Cloud

REGION = "us-east-1"
CLIENT_CONFIG = Config(
    connect_timeout=5,
    read_timeout=30,
    retries={"total_max_attempts": 1},
    max_pool_connections=50,
    proxies={},
    inject_host_prefix=False,
)


@dataclass(frozen=True)
class Account:
    """An AWS account of its own in the cloud at `url`."""

    account_id: str
    url: str
    session: boto3.session.Session
    _clients: dict[str, Any] = field(default_factory=dict, repr=False)

    def client(self, service: str) -> Any:
        """The account's one client of that service; a failed call is not retried."""
        if service not in self._clients:
            self._clients[service] = self.session.client(  # type: ignore[call-overload]
                service, endpoint_url=self.url, config=CLIENT_CONFIG
            )
        return self._clients[service]


def open_account(url: str, account_id: str | None = None) -> Account:
    """That account, or one with nothing in it: a 12-digit access key is its own account."""
    account_id = account_id or f"{random.SystemRandom().randrange(10**11, 10**12)}"
    core = botocore.session.get_session()
    core.register_component("data_loader", _service_models())
    session = boto3.session.Session(
        aws_access_key_id=account_id,
        aws_secret_access_key="test",
        region_name=REGION,
        botocore_session=core,
    )
    return Account(account_id, url, session)


@contextmanager
def embedded_cloud() -> Iterator[Cloud]:
    """One that runs as long as the block."""
    state = Path(tempfile.mkdtemp(prefix="quittance-cloud-"))
    cloud = embedded.start(state_dir=state)
    embedded.wait_ready(cloud)
    yield cloud
    embedded.stop(cloud.pid)
    shutil.rmtree(cloud.log.parent, ignore_errors=True)


@pytest.fixture(scope="session")
def cloud_url() -> Iterator[str]:
    """The endpoint of a running embedded cloud."""
    with embedded_cloud() as cloud:
        yield cloud.url


@pytest.fixture
def account(cloud_url: str) -> Account:
    """An account with nothing in it."""
    return open_account(cloud_url)


def workers_of(account: Account, *, busy_only: bool = False) -> list[tuple[int, str]]:
    """Process id and function of every Lambda process that runs in the account's cloud."""
    cloud = Cloud(url=account.url, pid=0, log=Path())
    return embedded.lambda_workers(cloud, busy_only=busy_only)


@functools.cache
def _service_models() -> Loader:
    """Read once, because each fresh session would read them from disk again."""
    loader: Loader = botocore.session.get_session().get_component("data_loader")
    return loader
