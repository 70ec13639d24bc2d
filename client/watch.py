"""Look again until something has come to rest, for a bounded time."""

import time
from collections.abc import Callable
from dataclasses import dataclass

PAUSE_SECONDS = 0.2


class StillMoving(Exception):
    """It had not come to rest when the time was up."""


@dataclass(frozen=True, slots=True)
class Patience:
    """How long to look, how often, and what to do with each look."""

    timeout_seconds: float
    pause_seconds: float = PAUSE_SECONDS
    sleep: Callable[[float], None] = time.sleep


def until[T](look: Callable[[], T], at_rest: Callable[[T], bool], patience: Patience) -> T:
    """The first look that is at rest. Raises StillMoving; what `look` raises passes through."""
    ends = time.monotonic() + patience.timeout_seconds
    while True:
        seen = look()
        if at_rest(seen):
            return seen
        if time.monotonic() >= ends:
            raise StillMoving(f"still moving after {patience.timeout_seconds:g} s")
        patience.sleep(patience.pause_seconds)
