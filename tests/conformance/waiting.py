"""Waiting for something to become true, never longer than a limit."""

import time
from collections.abc import Callable


def eventually[Value](
    look: Callable[[], Value], *, timeout_seconds: float = 15, pause_seconds: float = 0.02
) -> Value:
    """The first true value that `look` gives, or its last one when the time is up."""
    deadline = time.monotonic() + timeout_seconds
    while not (value := look()) and time.monotonic() < deadline:
        time.sleep(pause_seconds)
    return value
