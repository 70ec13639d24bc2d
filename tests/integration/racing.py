"""Many threads that start one piece of work at the same moment."""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

WAIT_SECONDS = 30.0


def race[Result](threads: int, work: Callable[[int], Result]) -> list[Result]:
    """What `work` gives in each of the threads, which are numbered from 0."""
    start = threading.Barrier(threads, timeout=WAIT_SECONDS)

    def run(number: int) -> Result:
        start.wait()
        return work(number)

    with ThreadPoolExecutor(threads) as pool:
        return list(pool.map(run, range(threads), timeout=WAIT_SECONDS))
