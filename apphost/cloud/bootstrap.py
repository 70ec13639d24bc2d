"""The program inside a Lambda process: imports the handler once, then serves a JSON line at a time.

It runs as a script, apart from the cloud, and imports nothing but the standard library.
First line in: how to start. Then one line in, one line out for each invocation; whatever the
handler prints goes to the log, and a line of its own marks the end of an invocation's log.
"""

import importlib
import json
import os
import sys
import time
import traceback
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TextIO

LOG_END = "\x1eend"


@dataclass(frozen=True)
class Context:
    """What AWS passes as the handler's second argument."""

    function_name: str
    function_version: str
    invoked_function_arn: str
    memory_limit_in_mb: str
    aws_request_id: str
    log_group_name: str
    log_stream_name: str
    deadline_ms: int
    identity: None = None
    client_context: None = None

    def get_remaining_time_in_millis(self) -> int:
        return max(0, self.deadline_ms - int(time.time() * 1000))


def main() -> None:
    requests, replies = _protocol_streams()
    start = json.loads(requests.readline())
    sys.path[:0] = start["paths"]
    try:
        handler = _load(start["handler"])
    except Exception as error:
        _reply(replies, _failure(error, kind=_init_error_type(error)))
        return
    _reply(replies, json.dumps({"result": "ready"}))
    for line in requests:
        request = json.loads(line)
        _trace(request["trace_id"])
        _reply(replies, _serve(handler, request["event"], Context(**request["context"])))


def _protocol_streams() -> tuple[TextIO, TextIO]:
    """Keep the two pipes to ourselves: a handler that prints or reads must not disturb them."""
    requests = os.fdopen(os.dup(0), "r", encoding="utf-8")
    replies = os.fdopen(os.dup(1), "w", encoding="utf-8")
    nothing = os.open(os.devnull, os.O_RDONLY)
    os.dup2(nothing, 0)
    os.dup2(2, 1)
    return requests, replies


def _load(path: str) -> Callable[[Any, Context], Any]:
    module, _, name = path.replace("/", ".").rpartition(".")
    loaded = importlib.import_module(module)
    if not hasattr(loaded, name):
        raise LookupError(f"Handler '{name}' missing on module '{module}'")
    handler: Callable[[Any, Context], Any] = getattr(loaded, name)
    return handler


def _init_error_type(error: Exception) -> str:
    if isinstance(error, ImportError):
        return "Runtime.ImportModuleError"
    if isinstance(error, LookupError) and str(error).startswith("Handler '"):
        return "Runtime.HandlerNotFound"
    if isinstance(error, SyntaxError):
        return "Runtime.UserCodeSyntaxError"
    return type(error).__name__


def _serve(handler: Callable[[Any, Context], Any], event: Any, context: Context) -> str:
    try:
        result = handler(event, context)
    except Exception as error:
        return _failure(error, kind=type(error).__name__)
    try:
        return json.dumps({"result": result})
    except (TypeError, ValueError) as error:
        return _failure(error, kind="Runtime.MarshalError")


def _failure(error: Exception, *, kind: str) -> str:
    traceback.print_exception(error)
    failure = {
        "errorMessage": str(error),
        "errorType": kind,
        "stackTrace": traceback.format_tb(error.__traceback__),
    }
    return json.dumps({"error": failure})


def _trace(trace_id: str | None) -> None:
    os.environ.pop("_X_AMZN_TRACE_ID", None)
    if trace_id:
        os.environ["_X_AMZN_TRACE_ID"] = trace_id


def _reply(replies: TextIO, message: str) -> None:
    sys.stdout.flush()
    sys.stderr.write(f"{LOG_END}\n")
    sys.stderr.flush()
    replies.write(f"{message}\n")
    replies.flush()


if __name__ == "__main__":
    main()
