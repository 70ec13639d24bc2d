"""Outgoing HTTP with a deadline: what was not sent is told apart from what was not answered."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

import urllib3
from urllib3.exceptions import ConnectTimeoutError, HTTPError, NewConnectionError

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


class HttpClient:
    """Calls one server. Bodies are never logged."""

    def __init__(self, base_url: str, *, headers: Mapping[str, str], total_seconds: float) -> None:
        self._base_url = base_url.rstrip("/")
        self._headers = dict(headers)
        self._pool = urllib3.PoolManager(
            timeout=urllib3.Timeout(connect=CONNECT_SECONDS, total=total_seconds), retries=False
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
                self._base_url + path,
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
        return json.loads(content)
    except (ValueError, RecursionError):
        return None
