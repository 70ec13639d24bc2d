"""One HTTP exchange: bytes out, bytes in, with a deadline and without retries or redirects."""

from collections.abc import Mapping
from dataclasses import dataclass

import urllib3

CONNECT_SECONDS = 5.0
ANSWER_BYTES_MAX = 16 * 1024 * 1024


class Unreachable(Exception):
    """No answer came. What was asked may or may not have been done."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back; header names are lower case."""

    status: int
    headers: Mapping[str, str]
    body: bytes


class Transport:
    def __init__(self, base_url: str, *, timeout_seconds: float = 30.0) -> None:
        self._base_url = base_url.rstrip("/")
        self._timeout_seconds = timeout_seconds
        self._pool = urllib3.PoolManager(maxsize=16, retries=False)

    def request(
        self,
        method: str,
        path: str,
        *,
        headers: Mapping[str, str],
        body: bytes | None = None,
        timeout_seconds: float | None = None,
    ) -> Answer:
        """Raises Unreachable when no complete answer came in time."""
        seconds = min(timeout_seconds or self._timeout_seconds, self._timeout_seconds)
        try:
            response = self._pool.request(
                method,
                self._base_url + path,
                headers=dict(headers),
                body=body,
                redirect=False,
                preload_content=False,
                timeout=urllib3.Timeout(connect=min(CONNECT_SECONDS, seconds), total=seconds),
            )
            content = response.read(ANSWER_BYTES_MAX)
            response.release_conn()
        except urllib3.exceptions.HTTPError as error:
            raise Unreachable(f"{method} {path}: {type(error).__name__}") from error
        lowered = {name.lower(): value for name, value in response.headers.items()}
        return Answer(response.status, lowered, content)
