"""Outgoing HTTP with a deadline: what was not sent is told apart from what was not answered."""

import http.client
import io
import json
import socket
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

import urllib3
from urllib3.exceptions import ConnectTimeoutError, HTTPError, NewConnectionError

from shared.contracts.codec import reject_constant

CONNECT_SECONDS: Final = 2.0
BODY_BYTES_MAX: Final = 1_000_000


class NotSent(Exception):
    """No connection was made: the other side has not heard of this call."""


class NotAnswered(Exception):
    """The call may have arrived; what it did is unknown."""


@dataclass(frozen=True, slots=True)
class HttpAnswer:
    status: int
    body: Any
    """The JSON document, or None when the body was not JSON."""


class _Timed(io.RawIOBase):
    """Reads a socket until the time is up that was set on it: for all reads, not for each."""

    def __init__(self, raw: io.RawIOBase, sock: socket.socket) -> None:
        timeout_seconds = sock.gettimeout()
        assert timeout_seconds is not None, "every call has a deadline"
        self._raw = raw
        self._sock = sock
        self._ends_at = time.monotonic() + timeout_seconds

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int | None:
        left_seconds = self._ends_at - time.monotonic()
        if left_seconds <= 0:
            raise TimeoutError
        self._sock.settimeout(left_seconds)
        return self._raw.readinto(buffer)

    def close(self) -> None:
        self._raw.close()
        super().close()


class _TimedResponse(http.client.HTTPResponse):
    """A server that sends a little now and then does not outlast the deadline."""

    def __init__(self, sock: socket.socket, *arguments: Any, **more: Any) -> None:
        super().__init__(sock, *arguments, **more)
        self.fp = io.BufferedReader(_Timed(self.fp.detach(), sock))


class HttpClient:
    """Calls one server. Bodies are never logged."""

    def __init__(self, base_url: str, *, headers: Mapping[str, str], total_seconds: float) -> None:
        self._path = (urllib3.util.parse_url(base_url).path or "").rstrip("/")
        self._headers = dict(headers)
        self._pool = urllib3.connection_from_url(
            base_url,
            timeout=urllib3.Timeout(connect=CONNECT_SECONDS, total=total_seconds),
            retries=False,
        )
        self._pool.ConnectionCls = type(
            "TimedConnection", (self._pool.ConnectionCls,), {"response_class": _TimedResponse}
        )

    def call(
        self,
        method: str,
        path: str,
        *,
        body: Mapping[str, Any] | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> HttpAnswer:
        """The answer, whatever its status; raises NotSent or NotAnswered."""
        try:
            answer = self._pool.request(
                method,
                self._path + path,
                body=None if body is None else json.dumps(body).encode(),
                headers={**self._headers, "Content-Type": "application/json", **(headers or {})},
                redirect=False,
                preload_content=False,
            )
            content = answer.read(BODY_BYTES_MAX)
            answer.drain_conn()
        except (NewConnectionError, ConnectTimeoutError) as error:
            raise NotSent(method) from error
        except HTTPError as error:
            raise NotAnswered(method) from error
        return HttpAnswer(answer.status, _json(content))


def _json(content: bytes) -> Any:
    try:
        return json.loads(content, parse_constant=reject_constant)
    except (ValueError, RecursionError):
        return None
