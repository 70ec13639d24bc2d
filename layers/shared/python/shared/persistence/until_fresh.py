"""Optimistic writing: read, decide and write again while someone else wrote in between."""

from collections.abc import Callable
from typing import Final

from shared.errors.taxonomy import StaleRow

TRIES_MAX: Final = 6


def until_fresh[T](action: Callable[[], T]) -> T:
    """Run `action`, which reads before it writes, at most TRIES_MAX times; raises StaleRow."""
    for _ in range(TRIES_MAX - 1):
        try:
            return action()
        except StaleRow:
            continue
    return action()
