"""The Lambda Runtime API, served on a loopback port to one process.

The process asks for its next invocation and is answered when there is one; what it posts back is
put where the other side listens. https://docs.aws.amazon.com/lambda/latest/dg/runtimes-api.html
"""

import queue
import threading
from dataclasses import dataclass
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

ROOT = "/2018-06-01/runtime"
NEXT, INIT_ERROR = f"{ROOT}/invocation/next", f"{ROOT}/init/error"
RESPONSE, ERROR = "response", "error"


@dataclass(frozen=True, kw_only=True)
class Invocation:
    request_id: str
    function_arn: str
    trace_id: str
    payload: bytes
    deadline_ms: int


@dataclass(frozen=True)
class Ready:
    """The handler is imported and waits."""


@dataclass(frozen=True)
class NotStarted:
    """The handler could not be imported; the payload is what AWS answers for it."""

    payload: bytes


@dataclass(frozen=True)
class Answer:
    """What an invocation came to; an error's payload names its class."""

    request_id: str
    payload: bytes
    failed: bool


@dataclass(frozen=True)
class Ended:
    """The process is gone."""

    code: int


type Report = Ready | NotStarted | Answer | Ended


class RuntimeApi:
    """`reports` has what the process said, in order."""

    def __init__(self) -> None:
        self.reports: queue.SimpleQueue[Report] = queue.SimpleQueue()
        self._invocations: queue.SimpleQueue[Invocation | None] = queue.SimpleQueue()
        self._server = _Server(self)
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    @property
    def address(self) -> str:
        """What AWS_LAMBDA_RUNTIME_API takes."""
        return f"127.0.0.1:{self._server.server_port}"

    def hand_over(self, invocation: Invocation) -> None:
        self._invocations.put(invocation)

    def next(self) -> Invocation | None:
        """Wait for an invocation; nothing when there will be none."""
        self.reports.put(Ready())
        return self._invocations.get()

    def close(self) -> None:
        self._invocations.put(None)
        self._server.shutdown()
        self._server.server_close()


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self, api: RuntimeApi) -> None:
        self.api = api
        super().__init__(("127.0.0.1", 0), _Handler)


class _Handler(BaseHTTPRequestHandler):
    server: _Server
    protocol_version = "HTTP/1.1"
    wbufsize = -1  # a response leaves in one piece

    def do_GET(self) -> None:
        if self.path != NEXT:
            self._answer(HTTPStatus.NOT_FOUND)
            return
        invocation = self.server.api.next()
        if invocation is None:
            self.close_connection = True
            self._answer(HTTPStatus.GONE)
            return
        headers = {
            "Lambda-Runtime-Aws-Request-Id": invocation.request_id,
            "Lambda-Runtime-Invoked-Function-Arn": invocation.function_arn,
            "Lambda-Runtime-Trace-Id": invocation.trace_id,
            "Lambda-Runtime-Deadline-Ms": str(invocation.deadline_ms),
        }
        self._answer(HTTPStatus.OK, invocation.payload, headers)

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        request_id, kind = self.path.split("/")[-2:]
        if self.path == INIT_ERROR:
            self.server.api.reports.put(NotStarted(body))
        elif kind in (RESPONSE, ERROR):
            self.server.api.reports.put(Answer(request_id, body, failed=kind == ERROR))
        else:
            self._answer(HTTPStatus.NOT_FOUND)
            return
        self._answer(HTTPStatus.ACCEPTED, b'{"status": "OK"}')

    def log_message(self, *_: object) -> None:
        """Nothing: every invocation would be two lines."""

    def _answer(
        self, status: HTTPStatus, body: bytes = b"", headers: dict[str, str] | None = None
    ) -> None:
        self.send_response(status)
        for name, value in (headers or {}).items():
            self.send_header(name, value)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)
