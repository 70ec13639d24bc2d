"""The recordings of the sandbox are what the sandbox says today, byte for byte but for the time."""

from collections.abc import Iterator

import pytest

from sandbox.server import SandboxServer
from tests.contract.record_sandbox import SEED, enacted, masked, recorded, settings
from tests.contract.recordings import Recording

WIRE = ("sent", "answer", "delivered", "received_at")


@pytest.fixture
def sandbox_url() -> Iterator[str]:
    server = SandboxServer(port=0, seed=SEED, api_key=settings()["api_key"])
    server.start()
    yield server.url
    server.stop()


@pytest.mark.parametrize("recording", recorded(), ids=lambda one: one.name)
def test_the_sandbox_still_says_what_was_recorded(recording: Recording, sandbox_url: str) -> None:
    before = {name: value for name, value in recording.document.items() if name in WIRE}
    assert masked(enacted(recording, sandbox_url)) == masked(before)
