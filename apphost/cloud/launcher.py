"""Start the embedded cloud: mended, checked, on 127.0.0.1 and the port GATEWAY_PORT.

Run as `.cloud/bin/python -m apphost.cloud.launcher` from the root of the repository.
"""

import json
import os
import sys
from typing import Any

from apphost.cloud import mends, stock

WORKERS_PATH = "/_embedded/workers"


def main() -> None:
    os.environ["BIND_HOST"] = "127.0.0.1"
    if "GATEWAY_PORT" not in os.environ:
        sys.exit("GATEWAY_PORT is not set: the port to listen on")
    try:
        mends.apply_all()
    except mends.UnknownMinistack as error:
        sys.exit(str(error))
    serve_requests = stock.app.app

    async def serve(scope: dict[str, Any], receive: Any, send: Any) -> None:
        if scope["type"] == "http" and scope["path"] == WORKERS_PATH:
            await _answer(send, {"pid": os.getpid(), "workers": _workers()})
        else:
            await serve_requests(scope, receive, send)

    stock.app.app = serve
    sys.argv = sys.argv[:1]
    stock.app.main()


def _workers() -> list[dict[str, Any]]:
    """The Lambda processes that run now."""
    runtime = stock.lambda_runtime
    with runtime._lock:
        pooled = [worker for workers in runtime._workers.values() for worker in workers]
    return [
        {"pid": process.pid, "function": worker.func_name, "busy": worker.in_use}
        for worker in pooled
        if (process := worker._proc) is not None and process.poll() is None
    ]


async def _answer(send: Any, content: dict[str, Any]) -> None:
    headers = [(b"content-type", b"application/json")]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": json.dumps(content).encode()})


if __name__ == "__main__":
    main()
