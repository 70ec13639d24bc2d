"""The lines that the code under test has logged, for every test of the shared layer."""

import io
import json
from collections.abc import Callable
from typing import Any

import pytest

from shared.observability import log


@pytest.fixture(autouse=True)
def logged(monkeypatch: pytest.MonkeyPatch) -> Callable[[], list[dict[str, Any]]]:
    """Gives the lines so far as JSON documents; no key of another test is on them."""
    written = io.StringIO()
    log.bind()
    handler = log._logger().registered_handler
    monkeypatch.setattr(handler, "stream", written)
    return lambda: [json.loads(line) for line in written.getvalue().splitlines()]
