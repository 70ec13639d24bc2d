"""Lambda execution environments as processes of this machine: LAMBDA_RUNTIME_EXECUTOR=subprocess.

LocalStack's own executor needs a Docker engine. This one is found by the entry point that
LocalStack publishes for it, `localstack.lambda.runtime_executor`.
"""

import shutil
import tempfile
import time
from pathlib import Path
from typing import Any

from apphost.localstack.plugin import stock, workers
from apphost.localstack.plugin.function_process import FunctionFailed, FunctionProcess
from apphost.localstack.plugin.runtime_api import Invocation

LOOPBACK = "127.0.0.1"


class SubprocessExecutor(stock.runtime_executor.RuntimeExecutor):  # type: ignore[misc]
    """One environment: a process, and another in its place when it ended, as on AWS."""

    def __init__(self, id: str, function_version: Any) -> None:  # noqa: A002  LocalStack's name
        super().__init__(id, function_version)
        self._config = function_version.config
        self._variables: dict[str, str] = {}
        self._process: FunctionProcess | None = None
        self._scratch = tempfile.mkdtemp(prefix="lambda-")
        self.function_name = function_version.id.function_name
        self.busy = False

    @property
    def pid(self) -> int | None:
        """The process that runs now, if any."""
        return self._process.pid if self._process and self._process.alive else None

    def start(self, env_vars: dict[str, Any]) -> None:
        workers.watch(self)
        own = {"HOME": self._scratch, "TMPDIR": self._scratch}
        self._variables = own | {name: str(value) for name, value in env_vars.items()}
        try:
            self._running()
        except FunctionFailed as failed:
            raise stock.lambda_errors.StatusErrorException(
                str(failed), payload=failed.payload
            ) from failed

    def stop(self) -> None:
        workers.forget(self)
        if self._process is not None:
            self._process.kill()
        shutil.rmtree(self._scratch, ignore_errors=True)

    def invoke(self, payload: dict[str, str]) -> Any:
        begun = time.time()
        timeout_seconds = self._config.timeout
        invocation = Invocation(
            request_id=payload["invoke-id"],
            function_arn=payload["invoked-function-arn"],
            trace_id=payload["trace-id"],
            payload=payload["payload"].encode(),
            deadline_ms=int((begun + timeout_seconds) * 1000),
        )
        self.busy = True
        try:
            answer = self._running().invoke(invocation, timeout_seconds=timeout_seconds)
            body, failed = answer.payload, answer.failed
        except FunctionFailed as failure:
            body, failed = failure.payload, True
        finally:
            self.busy = False
        log = self._log(invocation.request_id, took_seconds=time.time() - begun)
        return stock.lambda_models.InvocationResult(
            invocation.request_id, body, is_error=failed, logs=log
        )

    def get_address(self) -> str:
        return LOOPBACK

    def get_endpoint_from_executor(self) -> str:
        return LOOPBACK

    def get_runtime_endpoint(self) -> str:
        """Where LocalStack's own runtime would report; AWS's does not ask for it."""
        return (
            f"http://{LOOPBACK}:{stock.config.GATEWAY_LISTEN[0].port}/_localstack_lambda/{self.id}"
        )

    def get_logs(self) -> str:
        return self._process.output.take() if self._process else ""

    @classmethod
    def prepare_version(cls, function_version: Any) -> None:
        function_version.config.code.prepare_for_execution()

    @classmethod
    def cleanup_version(cls, function_version: Any) -> None:
        """Nothing: LocalStack itself removes the unpacked code of a function that is deleted."""

    def _running(self) -> FunctionProcess:
        """The process, started where there is none; raises FunctionFailed."""
        if self._process is None or not self._process.alive:
            code = Path(self._config.code.get_unzipped_code_location())
            self._process = FunctionProcess(
                self._config.handler, code=code, variables=self._variables
            )
            self._process.await_ready(
                timeout_seconds=stock.config.LAMBDA_RUNTIME_ENVIRONMENT_TIMEOUT
            )
        return self._process

    def _log(self, request_id: str, *, took_seconds: float) -> str:
        """As CloudWatch Logs has it."""
        version, memory = self.function_version.id.qualifier, self._config.memory_size
        took_ms = took_seconds * 1000
        return (
            f"START RequestId: {request_id} Version: {version}\n"
            f"{self.get_logs()}"
            f"END RequestId: {request_id}\n"
            f"REPORT RequestId: {request_id}\tDuration: {took_ms:.2f} ms\t"
            f"Billed Duration: {int(took_ms) + 1} ms\tMemory Size: {memory} MB\t"
            f"Max Memory Used: {memory} MB\t"
        )


class SubprocessExecutorPlugin(stock.lambda_plugins.RuntimeExecutorPlugin):  # type: ignore[misc]
    """What the entry point names."""

    name = "subprocess"

    def load(self, *_: Any, **__: Any) -> type[SubprocessExecutor]:
        return SubprocessExecutor
