"""Asking again at once, where nothing has happened yet: few times, and never all at one moment."""

import random
import time
from collections.abc import Callable
from typing import Final

from payments.domain.errors import ProviderBusy, ProviderNotReached

TRIES_MAX: Final = 3
FIRST_PAUSE_SECONDS: Final = 0.1


def patiently[T](call: Callable[[], T], *, sleep: Callable[[float], None] = time.sleep) -> T:
    """`call`, at most TRIES_MAX times, while the provider is busy or was not reached.

    The pauses double and are drawn evenly from nothing to their length (full jitter). Whatever else
    it raises, an unknown outcome above all, is never tried again here.
    """
    for number in range(TRIES_MAX - 1):
        try:
            return call()
        except (ProviderBusy, ProviderNotReached):
            sleep(random.uniform(0, FIRST_PAUSE_SECONDS * 2**number))  # noqa: S311 - jitter
    return call()
