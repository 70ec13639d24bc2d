"""The acquirer over HTTP: reads a request, finds its route, writes the answer or drops the line."""

import contextlib
import hmac
import logging
import re
import socket
import socketserver
import sys
import threading
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

from sandbox import answers, api, control, settling
from sandbox.answers import Answer
from sandbox.api import Request
from sandbox.ids import Ids
from sandbox.payment import Refused
from sandbox.world import World

HOST = "127.0.0.1"
BODY_MAX_BYTES = 64 * 1024
DRAINED_MAX_BYTES = 1024 * 1024
LENGTH_DIGITS_MAX = 12
IDLE_TIMEOUT_SECONDS = 60
STOP_POLL_SECONDS = 0.05

log = logging.getLogger(__name__)

type Found = Callable[["SandboxServer", Request], Answer | None]


class SandboxServer(ThreadingHTTPServer):
    """A thread a connection; the world behind it can be replaced by a reset."""

    daemon_threads = True
    request_queue_size = 128

    def __init__(self, *, port: int, seed: int, api_key: str) -> None:
        super().__init__((HOST, port), Handler)
        self.url = f"http://{HOST}:{self.server_address[1]}"
        self._seed = seed
        self._ids = Ids(seed)
        self.world = World(seed=seed, ids=self._ids)
        self._authorization = f"Bearer {api_key}".encode()

    def start(self) -> None:
        self.world.start()
        serve = threading.Thread(
            target=self.serve_forever, args=(STOP_POLL_SECONDS,), name="http", daemon=True
        )
        serve.start()

    def stop(self) -> None:
        self.shutdown()
        self.server_close()
        self.world.stop()

    def reset(self) -> None:
        """A new world with the same seed and endpoint; no identifier is ever given twice."""
        old = self.world
        self.world = World(
            seed=self._seed,
            ids=self._ids,
            endpoint=old.postman.endpoint,
            reports=old.reports,
        )
        self.world.start()
        old.stop()

    def is_authorized(self, request: Request) -> bool:
        given = request.headers.get("Authorization", "").encode()
        return hmac.compare_digest(given, self._authorization)

    def server_bind(self) -> None:
        """Bind without the parent's look-up of the machine's name, which may ask the network."""
        socketserver.TCPServer.server_bind(self)
        self.server_name, self.server_port = HOST, self.server_address[1]

    def handle_error(self, *_: Any) -> None:
        error = sys.exception()
        if isinstance(error, ConnectionError):
            log.info("the client closed the line")
        else:
            log.error("a request failed", exc_info=error)


def _payments(server: SandboxServer, request: Request) -> Answer | None:
    return api.post_payment(server.world, request)


def _operations(server: SandboxServer, request: Request) -> Answer | None:
    return api.get_operations(server.world, request)


def _disputes(server: SandboxServer, request: Request) -> Answer | None:
    return api.get_disputes(server.world, request)


def _change(server: SandboxServer, request: Request) -> Answer | None:
    _, _, _, payment_id, collection = request.path.split("/")
    return api.post_change(server.world, request, payment_id=payment_id, collection=collection)


def _evidence(server: SandboxServer, request: Request) -> Answer | None:
    return api.post_evidence(server.world, request, request.path.split("/")[3])


def _reports(server: SandboxServer, _: Request) -> Answer | None:
    return settling.get_reports(server.world)


def _report(server: SandboxServer, request: Request) -> Answer | None:
    return settling.get_report(server.world, int(request.path.rpartition("/")[2]))


ROUTES: tuple[tuple[str, frozenset[str], Found], ...] = (
    (r"/v1/payments", frozenset({"POST"}), _payments),
    (r"/v1/payments/[^/]+/(captures|voids|refunds)", frozenset({"POST"}), _change),
    (r"/v1/operations", frozenset({"GET"}), _operations),
    (r"/v1/disputes/[^/]+/evidence", frozenset({"POST"}), _evidence),
    (r"/v1/disputes", frozenset({"GET"}), _disputes),
    (r"/v1/settlement-reports", frozenset({"GET"}), _reports),
    (r"/v1/settlement-reports/[0-9]{1,9}", frozenset({"GET"}), _report),
    (r"/_control/bucket", frozenset({"POST"}), settling.post_bucket),
    (r"/_control/settle", frozenset({"POST"}), settling.post_settle),
    (r"/_control/webhooks", frozenset({"POST"}), control.post_webhooks),
    (r"/_control/faults", frozenset({"POST"}), control.post_faults),
    (r"/_control/clock", frozenset({"POST"}), control.post_clock),
    (r"/_control/late", frozenset({"POST"}), control.post_late),
    (r"/_control/disputes", frozenset({"POST"}), control.post_disputes),
    (r"/_control/charges", frozenset({"GET", "POST"}), control.charges),
    (r"/_control/reset", frozenset({"POST"}), control.post_reset),
)


def respond(server: SandboxServer, request: Request) -> Answer | None:
    """The answer to a request; None means that the line is dropped without one."""
    try:
        if not request.path.startswith("/_control/") and not server.is_authorized(request):
            raise Refused("unauthorized", "Authorization must be Bearer and the API key.")
        for pattern, methods, found in ROUTES:
            if re.fullmatch(pattern, request.path):
                if request.method not in methods:
                    raise Refused("method_not_allowed", f"Use {' or '.join(sorted(methods))}.")
                return found(server, request)
        raise Refused("not_found", "There is no such route.")
    except Refused as refused:
        return answers.refusal(refused)


class Handler(BaseHTTPRequestHandler):
    """One connection, kept alive between requests."""

    protocol_version = "HTTP/1.1"
    server_version = "quittance-sandbox"
    sys_version = ""
    disable_nagle_algorithm = True
    wbufsize = -1
    timeout = IDLE_TIMEOUT_SECONDS
    server: SandboxServer

    def do_GET(self) -> None:
        self._serve()

    do_POST = do_PUT = do_PATCH = do_DELETE = do_GET  # noqa: N815

    def send_error(self, code: int, message: str | None = None, explain: str | None = None) -> None:
        """What http.server itself refuses, such as a broken request line, in our own form."""
        refused = answers.error("invalid_request", message or explain or "Malformed request.")
        self.close_connection = True
        self._write(Answer(code, refused.body))

    def log_message(self, *_: object) -> None:
        """Silence the parent's access log: its lines hold the query."""

    def _serve(self) -> None:
        try:
            request = self._request()
        except Refused as refused:
            self.close_connection = True
            self._write(answers.refusal(refused))
            return
        answer = respond(self.server, request)
        outcome = "dropped" if answer is None else answer.status
        log.info("%s %s %s", request.method, request.path, outcome)
        if answer is None:
            self._drop()
        else:
            self._write(answer)

    def _request(self) -> Request:
        body = self._body()
        try:
            target = urlsplit(self.path)
        except ValueError:
            raise Refused("invalid_request", "The address is malformed.") from None
        return Request(
            method=self.command,
            path=target.path,
            query=parse_qs(target.query, keep_blank_values=True),
            headers={name.title(): value for name, value in self.headers.items()},
            body=body,
        )

    def _body(self) -> bytes:
        if "Transfer-Encoding" in self.headers:
            raise Refused("invalid_request", "Send a body with Content-Length.")
        length = self.headers.get("Content-Length", "0")
        if not length.isascii() or not length.isdecimal() or len(length) > LENGTH_DIGITS_MAX:
            raise Refused("invalid_request", "Content-Length is not a number.")
        length_bytes = int(length)
        if length_bytes > BODY_MAX_BYTES:
            self.rfile.read(min(length_bytes, DRAINED_MAX_BYTES))
            raise Refused("body_too_large", f"A body has at most {BODY_MAX_BYTES} bytes.")
        body = self.rfile.read(length_bytes)
        if len(body) < length_bytes:
            raise ConnectionResetError("the client closed the line in its body")
        return body

    def _write(self, answer: Answer) -> None:
        self.send_response(answer.status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(answer.body)))
        for name, value in answer.headers:
            self.send_header(name, value)
        if self.close_connection:
            self.send_header("Connection", "close")
        self.end_headers()
        self.wfile.write(answer.body)
        self.wfile.flush()

    def _drop(self) -> None:
        self.close_connection = True
        with contextlib.suppress(OSError):  # the client was quicker
            self.connection.shutdown(socket.SHUT_RDWR)
