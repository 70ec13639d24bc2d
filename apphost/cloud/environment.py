"""One Lambda execution environment: a process that imports a handler once and serves it."""

import json
import os
import queue
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Any

from apphost.cloud import bootstrap, code_store, stock

INIT_LIMIT_SECONDS = 60
LOG_LIMIT_SECONDS = 0.25
KILL_LIMIT_SECONDS = 5
INHERITED = ("PATH", "TMPDIR", "LD_LIBRARY_PATH", "SSL_CERT_FILE")

type Lines = queue.Queue[str | None]
type Result = dict[str, Any]


class InvocationFailed(Exception):
    """The invocation failed; `payload` is what AWS would answer."""

    def __init__(self, error_type: str, message: str, *, stack: list[str] | None = None) -> None:
        super().__init__(message)
        self.payload = {"errorMessage": message, "errorType": error_type, "stackTrace": stack or []}


class Environment:
    """A worker as ministack's pool knows one: `in_use`, `last_used`, `config`, `_proc`, `_lock`."""

    def __init__(self, func_name: str, config: dict[str, Any], code_zip: bytes) -> None:
        self.func_name = func_name
        self.config = config
        self.code_zip = code_zip
        self.in_use = False
        self.last_used = time.time()
        self._lock = threading.Lock()
        self._proc: subprocess.Popen[str] | None = None
        self._replies: Lines = queue.Queue()
        self._log: Lines = queue.Queue()

    def invoke(self, event: Any, *, request_id: str, trace_id: str | None) -> Result:
        """Run the handler: its `body` and `log`, and `error` when it failed."""
        with self._lock:
            try:
                body = self._call(self._running(request_id), event, request_id, trace_id)
            except InvocationFailed as failed:
                body = {**failed.payload, "requestId": request_id}
                log = self._logged()
                return {"body": body, "error": True, "function_error": "Unhandled", "log": log}
            return {"body": body, "log": self._logged()}

    def _spawn(self) -> None:
        """Start ahead of the first invocation, as the pool asks for."""
        self._running("init")

    def _discard_tmpdir(self) -> None:
        """Nothing to clean when the pool drops a worker: unpacked code is shared."""

    def _running(self, request_id: str) -> subprocess.Popen[str]:
        process = self._proc
        if process is None or process.poll() is not None:
            process = self._start(request_id)
        return process

    def _start(self, request_id: str) -> subprocess.Popen[str]:
        code = code_store.unpacked(self.code_zip)
        self._replies, self._log = queue.Queue(), queue.Queue()
        process = self._proc = subprocess.Popen(  # noqa: S603
            [sys.executable, "-P", bootstrap.__file__, self.func_name],
            cwd=code,
            env=self._variables(code),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            encoding="utf-8",
            errors="replace",
        )
        for stream, lines in ((process.stdout, self._replies), (process.stderr, self._log)):
            threading.Thread(target=_pump, args=(stream, lines), daemon=True).start()
        start = {"handler": self.config["Handler"], "paths": [str(code), *self._layer_paths()]}
        try:
            self._exchange(process, start, request_id, INIT_LIMIT_SECONDS)
        except InvocationFailed:
            self._kill(process)
            raise
        self._logged()
        return process

    def _call(
        self, process: subprocess.Popen[str], event: Any, request_id: str, trace_id: str | None
    ) -> Any:
        config = self.config
        limit_seconds = float(config.get("Timeout", 3))
        context = {
            "function_name": config["FunctionName"],
            "function_version": config.get("Version", "$LATEST"),
            "invoked_function_arn": config["FunctionArn"],
            "memory_limit_in_mb": str(config.get("MemorySize", 128)),
            "aws_request_id": request_id,
            "log_group_name": f"/aws/lambda/{config['FunctionName']}",
            "log_stream_name": str(process.pid),
            "deadline_ms": int((time.time() + limit_seconds) * 1000),
        }
        message = {"event": event, "trace_id": trace_id, "context": context}
        return self._exchange(process, message, request_id, limit_seconds)

    def _exchange(
        self, process: subprocess.Popen[str], message: Any, request_id: str, limit_seconds: float
    ) -> Any:
        assert process.stdin is not None
        try:
            process.stdin.write(json.dumps(message) + "\n")
            process.stdin.flush()
            line = self._replies.get(timeout=limit_seconds)
        except BrokenPipeError:
            line = None
        except queue.Empty:
            self._kill(process)
            late = (
                f"RequestId: {request_id} Error: Task timed out after {limit_seconds:.2f} seconds"
            )
            raise InvocationFailed("Sandbox.Timedout", late) from None
        if line is None:
            raise InvocationFailed("Runtime.ExitError", self._exit(process, request_id))
        reply = json.loads(line)
        if "error" in reply:
            error = reply["error"]
            raise InvocationFailed(
                error["errorType"], error["errorMessage"], stack=error["stackTrace"]
            )
        return reply["result"]

    def _exit(self, process: subprocess.Popen[str], request_id: str) -> str:
        self._kill(process)
        code = process.returncode
        how = f"exit status {code}" if code >= 0 else f"signal: {signal.strsignal(-code)}".lower()
        return f"RequestId: {request_id} Error: Runtime exited with error: {how}"

    def _kill(self, process: subprocess.Popen[str]) -> None:
        process.kill()
        process.wait(KILL_LIMIT_SECONDS)
        if self._proc is process:
            self._proc = None

    def _logged(self) -> str:
        """What was printed up to the mark that ends an invocation's log."""
        return "\n".join(_until_mark(self._log))

    def _layer_paths(self) -> list[str]:
        """Where the layers' packages are; as on AWS the code comes first and later layers win."""
        site_packages = f"python/lib/{self.config['Runtime']}/site-packages"
        paths = []
        for layer in reversed(self.config.get("Layers") or []):
            archive = stock.lambda_svc._resolve_layer_zip(layer)
            if archive is None:
                raise InvocationFailed("Runtime.LayerError", f"There is no layer {layer}")
            folder = code_store.unpacked(archive)
            paths += [str(folder / site_packages), str(folder / "python")]
        return paths

    def _variables(self, code: Path) -> dict[str, str]:
        """Only what AWS sets and what the function is configured with, so that nothing leaks in."""
        config, runtime = self.config, stock.lambda_runtime
        _, region = runtime._account_region_from_function_config(config)
        gateway = f"http://127.0.0.1:{os.environ['GATEWAY_PORT']}"
        configured: dict[str, str] = config.get("Environment", {}).get("Variables", {})
        return {
            **{name: os.environ[name] for name in INHERITED if name in os.environ},
            "AWS_ENDPOINT_URL": os.environ.get("AWS_ENDPOINT_URL", gateway),
            **{k: v for k, v in configured.items() if k not in runtime._RESERVED_RUNTIME_ENV_VARS},
            **runtime.execution_credentials(config),
            runtime.HOST_PREFIX_ENV: "true",
            "AWS_REGION": region,
            "AWS_DEFAULT_REGION": region,
            "AWS_EXECUTION_ENV": f"AWS_Lambda_{config['Runtime']}",
            "AWS_LAMBDA_FUNCTION_NAME": config["FunctionName"],
            "AWS_LAMBDA_FUNCTION_MEMORY_SIZE": str(config.get("MemorySize", 128)),
            "AWS_LAMBDA_FUNCTION_VERSION": config.get("Version", "$LATEST"),
            "AWS_LAMBDA_INITIALIZATION_TYPE": "on-demand",
            "_HANDLER": config["Handler"],
            "LAMBDA_TASK_ROOT": str(code),
            "HOME": tempfile.gettempdir(),
            "LANG": "en_US.UTF-8",
            "TZ": "UTC",
        }


def _pump(stream: IO[str], lines: Lines) -> None:
    for line in stream:
        lines.put(line.rstrip("\n"))
    lines.put(None)


def _until_mark(lines: Lines) -> Iterator[str]:
    deadline = time.monotonic() + LOG_LIMIT_SECONDS
    while (left := deadline - time.monotonic()) > 0:
        try:
            line = lines.get(timeout=left)
        except queue.Empty:
            return
        if line is None:
            return
        text, mark, _ = line.partition(bootstrap.LOG_END)
        if text or not mark:
            yield text
        if mark:
            return
