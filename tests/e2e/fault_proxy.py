"""A proxy between the Lambdas and the cloud that throttles, conflicts, resets and loses answers."""

import json
import random
import socket
import struct
import sys
import threading
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from enum import StrEnum
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, override

import urllib3

TIMEOUT_SECONDS = 30.0
CLOSE_SECONDS = 10.0
AMZ_JSON = "application/x-amz-json-1.0"
HOP_BY_HOP = frozenset({"connection", "content-length", "keep-alive", "transfer-encoding"})


class Fault(StrEnum):
    THROTTLED = "throttled"
    CONFLICT = "conflict"
    LOST = "answer lost after the effect"
    RESET = "reset before the effect"
    ENTRY_FAILED = "one entry of a batch failed"


CHANCES: Mapping[str, Mapping[Fault, float]] = {
    "GetItem": {Fault.THROTTLED: 0.05, Fault.RESET: 0.05},
    "UpdateItem": {Fault.THROTTLED: 0.08, Fault.RESET: 0.05},
    "PutItem": {Fault.THROTTLED: 0.08, Fault.LOST: 0.08, Fault.RESET: 0.05},
    "TransactWriteItems": {Fault.CONFLICT: 0.10, Fault.LOST: 0.08, Fault.RESET: 0.05},
    "PutEvents": {Fault.ENTRY_FAILED: 0.10, Fault.RESET: 0.05},
}
"""What may happen to a call of an operation of DynamoDB or EventBridge, and how often."""


class FaultProxy:
    """Forwards to `cloud_url()`, which is asked when the first request comes.

    Faults happen only within `faults_on`, `scale` times as often as CHANCES says. `done` counts
    them by operation and fault.
    """

    def __init__(self, cloud_url: Callable[[], str], *, seed: int, scale: float = 1.0) -> None:
        self.done: Counter[tuple[str, Fault]] = Counter()
        self._cloud_url = cloud_url
        self._chances = {name: random.Random(f"{seed} {name}") for name in CHANCES}
        self._scale = scale
        self._lock = threading.Lock()
        self._on = False
        self._pool = urllib3.PoolManager(maxsize=32, retries=False)
        self._server = _Server(self)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._server.server_address[1]}"

    @contextmanager
    def serving(self) -> Iterator["FaultProxy"]:
        thread = threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True)
        thread.start()
        try:
            yield self
        finally:
            self._server.shutdown()
            self._server.server_close()
            thread.join(CLOSE_SECONDS)

    @contextmanager
    def faults_on(self) -> Iterator[None]:
        self._on = True
        try:
            yield
        finally:
            self._on = False

    def times(self, fault: Fault) -> int:
        return sum(count for (_, each), count in self.done.items() if each == fault)

    def choose(self, operation: str) -> Fault | None:
        """The fault of this call, counted."""
        with self._lock:
            if not self._on or operation not in CHANCES:
                return None
            drawn = self._chances[operation].random() / self._scale
            for fault, chance in CHANCES[operation].items():
                if drawn < chance:
                    self.done[operation, fault] += 1
                    return fault
                drawn -= chance
            return None

    def pick(self, count: int) -> int:
        with self._lock:
            return self._chances["PutEvents"].randrange(count)

    def forward(
        self, method: str, path: str, headers: Mapping[str, str], body: bytes
    ) -> urllib3.BaseHTTPResponse:
        return self._pool.request(
            method,
            self._cloud_url() + path,
            headers={
                name: text for name, text in headers.items() if name.lower() not in HOP_BY_HOP
            },
            body=body,
            redirect=False,
            decode_content=False,
            timeout=TIMEOUT_SECONDS,
        )


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False
    request_queue_size = 128

    def __init__(self, proxy: FaultProxy) -> None:
        super().__init__(("127.0.0.1", 0), _Exchange)
        self.proxy = proxy

    @override
    def handle_error(self, request: object, client_address: object) -> None:
        """A caller that was killed takes no answer; anything else is told as ever."""
        if not isinstance(sys.exception(), ConnectionError):
            super().handle_error(request, client_address)  # type: ignore[arg-type]


class _Exchange(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    server: _Server

    def handle_any(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length", "0")))
        operation = self.headers.get("X-Amz-Target", "").rpartition(".")[2]
        match self.server.proxy.choose(operation):
            case None:
                self._pass_on(body)
            case Fault.THROTTLED:
                self._refuse("ProvisionedThroughputExceededException", {})
            case Fault.CONFLICT:
                self._refuse("TransactionCanceledException", _conflict(body))
            case Fault.LOST:
                self._forward(body)
                self._hang_up()
            case Fault.RESET:
                self._hang_up()
            case Fault.ENTRY_FAILED:
                self._fail_one_entry(body)

    do_GET = do_POST = do_PUT = do_DELETE = do_HEAD = do_PATCH = handle_any  # noqa: N815

    def _forward(self, body: bytes) -> urllib3.BaseHTTPResponse:
        headers = dict(self.headers.items())
        return self.server.proxy.forward(self.command, self.path, headers, body)

    def _pass_on(self, body: bytes) -> None:
        found = self._forward(body)
        self._answer(found.status, dict(found.headers), found.data)

    def _fail_one_entry(self, body: bytes) -> None:
        """One entry never reaches the bus; the answer holds every entry in its order."""
        asked = json.loads(body)
        failed = self.server.proxy.pick(len(asked["Entries"]))
        asked["Entries"].pop(failed)
        told: dict[str, Any] = {"FailedEntryCount": 0, "Entries": []}
        if asked["Entries"]:
            told = json.loads(self._forward(json.dumps(asked).encode()).data)
        told["Entries"].insert(failed, {"ErrorCode": "InternalFailure", "ErrorMessage": "injected"})
        told["FailedEntryCount"] += 1
        self._answer(200, {"Content-Type": AMZ_JSON}, json.dumps(told).encode())

    def _refuse(self, code: str, fields: Mapping[str, object]) -> None:
        problem = {"__type": f"com.amazonaws.dynamodb.v20120810#{code}", "message": code, **fields}
        self._answer(400, {"Content-Type": AMZ_JSON}, json.dumps(problem).encode())

    def _answer(self, status: int, headers: Mapping[str, str], body: bytes) -> None:
        self.send_response_only(status)
        for name, text in headers.items():
            if name.lower() not in HOP_BY_HOP:
                self.send_header(name, text)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def _hang_up(self) -> None:
        """End the connection with a reset instead of an answer."""
        linger = struct.pack("ii", 1, 0)
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
        self.connection.shutdown(socket.SHUT_RDWR)
        self.close_connection = True

    @override
    def log_message(self, format: str, *args: object) -> None:
        """Nothing: the counts say what was done."""


def _conflict(body: bytes) -> dict[str, object]:
    """As DynamoDB says it: one reason an item, in the order of the items."""
    count = len(json.loads(body)["TransactItems"])
    codes = ["TransactionConflict", *["None"] * (count - 1)]
    return {"CancellationReasons": [{"Code": code} for code in codes]}
