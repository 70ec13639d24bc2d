"""A process that runs one handler by AWS's own runtime client, one invocation at a time."""

import json
import os
import queue
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Mapping
from pathlib import Path

from apphost.localstack.plugin import lambda_runtime
from apphost.localstack.plugin.function_output import FunctionOutput
from apphost.localstack.plugin.runtime_api import (
    Answer,
    Ended,
    Invocation,
    NotStarted,
    Ready,
    Report,
    RuntimeApi,
)

KILL_LIMIT_SECONDS = 5
INHERITED = ("PATH", "LD_LIBRARY_PATH", "SSL_CERT_FILE")


class FunctionFailed(Exception):
    """There is no answer; `payload` is what AWS says instead."""

    def __init__(self, payload: bytes) -> None:
        super().__init__(payload.decode(errors="replace"))
        self.payload = payload


class FunctionProcess:
    """Started at once; `await_ready` comes first, then any number of `invoke`."""

    def __init__(self, handler: str, *, code: Path, variables: Mapping[str, str]) -> None:
        self._api = RuntimeApi()
        self._process = subprocess.Popen(  # noqa: S603
            # -P -S: the function's code and the runtime's packages, no folder of ours.
            [sys.executable, "-P", "-S", "-m", "awslambdaric", handler],
            cwd=code,
            env=self._environment(code, variables),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
        )
        assert self._process.stdout is not None
        self.output = FunctionOutput(self._process.stdout)
        threading.Thread(target=self._watch, daemon=True).start()

    @property
    def pid(self) -> int:
        return self._process.pid

    @property
    def alive(self) -> bool:
        return self._process.poll() is None

    def await_ready(self, *, timeout_seconds: float) -> None:
        """Raises FunctionFailed when the handler cannot be imported, or not in time."""
        report = self._hear(time.monotonic() + timeout_seconds)
        if isinstance(report, Ready):
            return
        self.kill()
        match report:
            case NotStarted(payload):
                raise FunctionFailed(payload)
            case Ended(code):
                raise FunctionFailed(_failure("Runtime.ExitError", _ending(code)))
            case _:
                late = f"Init timed out after {timeout_seconds:.2f} seconds"
                raise FunctionFailed(_failure("Sandbox.Timedout", late))

    def invoke(self, invocation: Invocation, *, timeout_seconds: float) -> Answer:
        """What the handler answered; raises FunctionFailed, and then the process is gone."""
        self._api.hand_over(invocation)
        deadline = time.monotonic() + timeout_seconds
        while True:
            report = self._hear(deadline)
            match report:
                case Answer(request_id=request_id) if request_id == invocation.request_id:
                    return report
                case Ended(code):
                    raise FunctionFailed(_failure("Runtime.ExitError", _ending(code), invocation))
                case None:
                    self.kill()
                    late = f"Task timed out after {timeout_seconds:.2f} seconds"
                    raise FunctionFailed(_failure("Sandbox.Timedout", late, invocation))
                case _:
                    continue

    def kill(self) -> None:
        self._process.kill()
        self._process.wait(KILL_LIMIT_SECONDS)

    def _watch(self) -> None:
        code = self._process.wait()
        self._api.reports.put(Ended(code))
        self._api.close()

    def _hear(self, deadline: float) -> Report | None:
        """Nothing when the time is up."""
        try:
            return self._api.reports.get(timeout=max(0, deadline - time.monotonic()))
        except queue.Empty:
            return None

    def _environment(self, code: Path, variables: Mapping[str, str]) -> dict[str, str]:
        """Only what AWS sets and what the function is configured with, so that nothing leaks in."""
        paths = [str(code), variables.get("PYTHONPATH"), str(lambda_runtime.folder())]
        return {
            **{name: os.environ[name] for name in INHERITED if name in os.environ},
            "LANG": "en_US.UTF-8",
            **variables,
            "TZ": "UTC",
            "LAMBDA_TASK_ROOT": str(code),
            "AWS_LAMBDA_RUNTIME_API": self._api.address,
            "PYTHONPATH": os.pathsep.join(filter(None, paths)),
        }


def _ending(code: int) -> str:
    how = f"exit status {code}" if code >= 0 else f"signal: {signal.strsignal(-code)}".lower()
    return f"Runtime exited with error: {how}"


def _failure(kind: str, message: str, invocation: Invocation | None = None) -> bytes:
    told = f"RequestId: {invocation.request_id} Error: {message}" if invocation else message
    return json.dumps({"errorType": kind, "errorMessage": told}).encode()
