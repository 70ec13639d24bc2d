"""Which Lambda processes run now, told at the path where the embedded cloud tells it."""

import os
import threading
from typing import Any

from apphost.localstack.plugin import stock

PATH = "/_embedded/workers"

_watched: set[Any] = set()
_watching = threading.Lock()


def watch(environment: Any) -> None:
    """From now on; the environment has `pid`, `function_name` and `busy`."""
    with _watching:
        _watched.add(environment)


def forget(environment: Any) -> None:
    with _watching:
        _watched.discard(environment)


def serve() -> None:
    stock.part("localstack.services.edge").ROUTER.add(PATH, endpoint=_tell)


def _tell(_: Any) -> Any:
    with _watching:
        environments = list(_watched)
    workers = [
        {"pid": environment.pid, "function": environment.function_name, "busy": environment.busy}
        for environment in environments
        if environment.pid is not None
    ]
    return stock.part("localstack.http").Response.for_json({"pid": os.getpid(), "workers": workers})
