"""A small webhook receiver that keeps what arrives and answers as the test says."""

import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from json import loads
from typing import Any

SECRET = "whsec_AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8="


@dataclass(frozen=True)
class Webhook:
    headers: Mapping[str, str]
    raw: bytes
    arrived_at_seconds: float

    @property
    def id(self) -> str:
        return self.headers["webhook-id"]

    @property
    def event(self) -> Any:
        return loads(self.raw)

    @property
    def story(self) -> tuple[str, str, str | None]:
        """(type, operation, decline code): what the event says happened."""
        data = self.event["data"]
        return self.event["type"], data["operation"], data["decline_code"]


@dataclass
class Receiver:
    """Answers each delivery with the next of `statuses`, or with 204 when there is none."""

    statuses: list[int] = field(default_factory=list)
    during: Callable[[], None] = lambda: None
    arrived: list[Webhook] = field(default_factory=list)
    changed: threading.Condition = field(default_factory=threading.Condition)
    url: str = ""

    def __enter__(self) -> "Receiver":
        receiver = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                raw = self.rfile.read(int(self.headers["Content-Length"]))
                headers = {name.lower(): value for name, value in self.headers.items()}
                self.send_response(receiver.take(Webhook(headers, raw, time.monotonic())))
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, *_: object) -> None:
                """Stay silent."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}/webhooks/sandbox"
        threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()

    def take(self, webhook: Webhook) -> int:
        self.during()
        with self.changed:
            self.arrived.append(webhook)
            self.changed.notify_all()
            return self.statuses.pop(0) if self.statuses else 204

    def wait_for(self, count: int, *, timeout_seconds: float = 5) -> list[Webhook]:
        """The first `count` deliveries; fails when they do not come in time."""
        with self.changed:
            came = self.changed.wait_for(lambda: len(self.arrived) >= count, timeout_seconds)
            assert came, f"{len(self.arrived)} of {count} webhooks came"
            return self.arrived[:count]
