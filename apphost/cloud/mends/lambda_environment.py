"""Lambda functions fail, start and answer otherwise than on AWS.

Stock 1.5.33 names every error `Runtime.HandlerError`, so nothing can catch or retry it by its
class; ends the process after every error of the handler, and calls one that was killed the same;
puts layers before the function's own code on the import path; hands its own environment on to the
function; unpacks the package anew for every process; waits up to 50 ms for log lines after every
invocation; and answers 200 for a function whose code is missing.
The mend runs Python functions in processes of our own (`environment.py`, `bootstrap.py`).
"""

from typing import Any

from apphost.cloud import stock
from apphost.cloud.environment import Environment

REQUIRES = (
    "core.lambda_runtime:_worker_class_for",
    "core.lambda_runtime:_RESERVED_RUNTIME_ENV_VARS",
    "core.lambda_runtime:HOST_PREFIX_ENV",
    "core.lambda_runtime:execution_credentials",
    "core.lambda_runtime:_account_region_from_function_config",
    "services.lambda_svc:_execute_function_warm",
    "services.lambda_svc:_resolve_layer_zip",
    "services.lambda_svc:_ensure_reaper_thread",
    "services.lambda_svc:_xray_trace_id_for_invocation",
    "services.lambda_svc:acquire_worker",
    "services.lambda_svc:release_worker",
    "services.lambda_svc:_throttle_response",
)


def apply() -> None:
    runtime, service = stock.lambda_runtime, stock.lambda_svc
    stock_class, stock_execute = runtime._worker_class_for, service._execute_function_warm

    def worker_class(config: dict[str, Any]) -> Any:
        return Environment if _is_python(config) else stock_class(config)

    def execute(function: dict[str, Any], event: Any, request_id: str) -> Any:
        config = function.get("config") or function
        if not _is_python(config):
            return stock_execute(function, event, request_id)
        return _execute(function, config, event, request_id)

    runtime._worker_class_for = worker_class
    service._execute_function_warm = execute


def _is_python(config: dict[str, Any]) -> bool:
    return str(config.get("Runtime", "")).startswith("python")


def _execute(
    function: dict[str, Any], config: dict[str, Any], event: Any, request_id: str
) -> dict[str, Any]:
    service = stock.lambda_svc
    name, code = config["FunctionName"], function.get("code_zip")
    if not code:
        missing = {"errorType": "Runtime.CodeMissing", "errorMessage": f"{name} has no code"}
        return {"body": missing, "error": True, "function_error": "Unhandled", "log": ""}
    service._ensure_reaper_thread()
    version = config.get("Version", "$LATEST")
    environment, _ = service.acquire_worker(name, config, code, qualifier=version)
    if environment is None:
        full = f"Rate Exceeded: {name} has all its execution environments busy"
        throttled: dict[str, Any] = service._throttle_response(
            "ConcurrentInvocationLimitExceeded", full
        )
        return throttled
    try:
        trace_id = service._xray_trace_id_for_invocation(config)
        result: dict[str, Any] = environment.invoke(event, request_id=request_id, trace_id=trace_id)
        return result
    finally:
        service.release_worker(environment)
