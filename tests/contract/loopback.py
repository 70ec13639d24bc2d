"""A server on the loopback address that keeps what it is asked and answers as it is told."""

import socket
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Self

STOP_POLL_SECONDS = 0.02


@dataclass(frozen=True)
class Request:
    """What was asked; names of headers are in lower case."""

    method: str
    path: str
    headers: Mapping[str, str]
    body: bytes


@dataclass(frozen=True)
class Reply:
    status: int = 204
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""


@dataclass
class Loopback:
    """Serves inside a `with`; where `answer` gives None, the line is dropped without an answer."""

    answer: Callable[[Request], Reply | None]
    requests: list[Request] = field(default_factory=list)
    changed: threading.Condition = field(default_factory=threading.Condition)

    def __enter__(self) -> Self:
        loopback = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
                headers = {name.lower(): value for name, value in self.headers.items()}
                reply = loopback.take(Request(self.command, self.path, headers, body))
                if reply is None:
                    self.close_connection = True
                    self.connection.shutdown(socket.SHUT_RDWR)
                    return
                self.send_response(reply.status)
                for name, value in reply.headers.items():
                    self.send_header(name, value)
                self.send_header("Content-Length", str(len(reply.body)))
                self.end_headers()
                self.wfile.write(reply.body)

            do_GET = do_POST  # noqa: N815  the name that http.server looks for

            def log_message(self, *_: Any) -> None:
                """Stay silent."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        serve = self._server.serve_forever
        threading.Thread(target=serve, args=(STOP_POLL_SECONDS,), daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._server.server_address[1]}"

    def take(self, request: Request) -> Reply | None:
        reply = self.answer(request)
        with self.changed:
            self.requests.append(request)
            self.changed.notify_all()
        return reply

    def wait_for(
        self, wanted: Callable[[Request], bool], *, timeout_seconds: float = 10
    ) -> Request:
        """The first request of that kind; fails when none comes in time."""
        with self.changed:
            came = self.changed.wait_for(lambda: any(map(wanted, self.requests)), timeout_seconds)
            assert came, f"none of {len(self.requests)} requests is the one waited for"
            return next(filter(wanted, self.requests))
