"""How a wish to end is heard: at once while working, a moment later where order matters."""

import signal
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType
from typing import Never

TERMINATED = 128 + signal.SIGTERM


def end_cleanly_on_terminate() -> None:
    """SIGTERM leaves through every `finally`, as Ctrl-C does."""
    signal.signal(signal.SIGTERM, _leave)


@contextmanager
def postponed() -> Iterator[None]:
    """Ctrl-C and SIGTERM take effect when the block is done.

    For what must not be left half done: a process started but not yet recorded, a cleaning up.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    heard: list[int] = []
    words = (signal.SIGINT, signal.SIGTERM)
    before = [signal.signal(word, lambda number, _: heard.append(number)) for word in words]
    try:
        yield
    finally:
        for word, handler in zip(words, before, strict=True):
            signal.signal(word, handler)
        if heard:
            signal.raise_signal(heard[0])


def _leave(number: int, frame: FrameType | None) -> Never:
    del number, frame
    sys.exit(TERMINATED)
