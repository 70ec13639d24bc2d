"""Calls onto the thread that serves requests, where they come one after the other with those."""

import asyncio
import contextvars
import functools
from collections.abc import Callable
from typing import Any

from apphost.cloud import stock

CALL_LIMIT_SECONDS = 30


def on_request_loop[Result](function: Callable[..., Result]) -> Callable[..., Result]:
    """Let `function` run on the request loop whichever thread calls it, and wait for its result."""

    @functools.wraps(function)
    def call(*args: Any) -> Result:
        loop = stock.app._MAIN_LOOP
        if loop is None or loop is _running_loop():
            return function(*args)
        context = contextvars.copy_context()

        async def run() -> Result:
            return context.run(function, *args)

        return asyncio.run_coroutine_threadsafe(run(), loop).result(CALL_LIMIT_SECONDS)

    return call


def _running_loop() -> asyncio.AbstractEventLoop | None:
    try:
        return asyncio.get_running_loop()
    except RuntimeError:
        return None
