"""A sandbox of its own for each test, listening on a free port."""

from collections.abc import Iterator

import pytest

from sandbox.server import SandboxServer
from tests.integration.sandbox.merchant import API_KEY, Merchant
from tests.integration.sandbox.receiver import SECRET, Receiver


@pytest.fixture
def sandbox_url() -> Iterator[str]:
    server = SandboxServer(port=0, seed=7, api_key=API_KEY)
    server.start()
    yield server.url
    server.stop()


@pytest.fixture
def merchant(sandbox_url: str) -> Iterator[Merchant]:
    merchant = Merchant(sandbox_url)
    yield merchant
    merchant.http.clear()


@pytest.fixture
def receiver(merchant: Merchant) -> Iterator[Receiver]:
    with Receiver() as receiver:
        merchant.control("webhooks", {"url": receiver.url, "secret": SECRET})
        yield receiver
