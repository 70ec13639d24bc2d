"""`kill -9` for Lambda workers in the middle of their work."""

import os
import random
import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress

from tests.e2e.driver import Platform

PAUSE_SECONDS = 0.02


@contextmanager
def killing(quittance: Platform, *, kills: int, only: str = "") -> Iterator[list[str]]:
    """One busy worker after another, of functions with `only` in their name; yields those hit."""
    over, hit, chance = threading.Event(), list[str](), random.Random(7)

    def strike() -> None:
        while not over.is_set() and len(hit) < kills:
            busy = [
                each for each in quittance.lambda_workers(busy_only=True) if only in each[1].lower()
            ]
            if busy:
                pid, function = chance.choice(busy)
                with suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGKILL)
                    hit.append(function)
            over.wait(PAUSE_SECONDS)

    thread = threading.Thread(target=strike)
    thread.start()
    try:
        yield hit
    finally:
        over.set()
        thread.join(30)
