"""A state that waits for a callback waits for the wrong things.

Stock 1.5.33 passes over an error of the Lambda that was to be told the token, so that the state
waits until its timeout and retries nothing; knows no HeartbeatSeconds; and lets a second callback
overwrite the first. The mend fails the task with the Lambda's error, ends a wait without
heartbeat, and refuses every callback but the first.
"""

import json
import threading
import time
from typing import Any

from apphost.cloud import stock

REQUIRES = (
    "services.stepfunctions:_invoke_with_callback",
    "services.stepfunctions:_send_task_success",
    "services.stepfunctions:_send_task_failure",
    "services.stepfunctions:_task_tokens",
    "services.stepfunctions:_extract_lambda_ref",
    "services.stepfunctions:_resolve_lambda_function_ref",
    "services.stepfunctions:_call_lambda",
    "services.stepfunctions:_ExecutionError",
    "services.stepfunctions:error_response_json",
)
UNLIMITED_SECONDS = 99_999


def apply() -> None:
    service = stock.stepfunctions
    stock_invoke = service._invoke_with_callback

    def invoke(resource: str, given: Any, token: str, state: dict[str, Any]) -> Any:
        function = _function(resource, given)
        if not function:
            return stock_invoke(resource, given, token, state)
        waiting = {"event": threading.Event(), "result": None, "error": None, "heartbeat": None}
        service._task_tokens[token] = waiting
        try:
            service._call_lambda(function, given.get("Payload", given))
            _wait(waiting, state)
        finally:
            service._task_tokens.pop(token, None)
        if waiting["error"]:
            failed: Any = waiting["error"]
            raise service._ExecutionError(failed["Error"], failed["Cause"])
        return json.loads(str(waiting["result"]))

    service._invoke_with_callback = invoke
    service._send_task_success = _first_only(service._send_task_success)
    service._send_task_failure = _first_only(service._send_task_failure)


def _function(resource: str, given: Any) -> str:
    service = stock.stepfunctions
    clean = resource.replace(".waitForTaskToken", "")
    found: str = service._extract_lambda_ref(clean)
    if not found and "states:::lambda:invoke" in clean:
        found = service._resolve_lambda_function_ref(given["FunctionName"], optimized=True)
    return found


def _wait(waiting: dict[str, Any], state: dict[str, Any]) -> None:
    """Until the callback; raises what a silence of that length is called."""
    timeout = state.get("TimeoutSeconds", UNLIMITED_SECONDS)
    heartbeat = state.get("HeartbeatSeconds", UNLIMITED_SECONDS)
    ends = time.monotonic() + timeout
    beat = waiting["heartbeat"]
    while not waiting["event"].wait(min(heartbeat, max(ends - time.monotonic(), 0))):
        error = stock.stepfunctions._ExecutionError
        if time.monotonic() >= ends:
            raise error("States.Timeout", f"no callback within {timeout} seconds")
        if waiting["heartbeat"] == beat:
            raise error("States.HeartbeatTimeout", f"no heartbeat within {heartbeat} seconds")
        beat = waiting["heartbeat"]


def _first_only(stock_send: Any) -> Any:
    service = stock.stepfunctions

    def send(data: dict[str, Any]) -> Any:
        waiting = service._task_tokens.get(data.get("taskToken"))
        if waiting and waiting["event"].is_set():
            return service.error_response_json("TaskTimedOut", "the task was closed before", 400)
        return stock_send(data)

    return send
