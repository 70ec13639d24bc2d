"""One key, one execution: claim it, execute, keep the answer and replay it for a day."""

import hashlib
import json
import threading
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from sandbox.answers import Answer
from sandbox.payment import Refused

KEY_LIFETIME = timedelta(hours=24)


def fingerprint_of(method: str, path: str, body: Mapping[str, object]) -> str:
    """The same request, however its JSON was spaced or ordered, has the same fingerprint."""
    canonical = json.dumps([method, path, body], sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(canonical.encode()).hexdigest()


@dataclass(frozen=True)
class _Entry:
    fingerprint: str
    claimed_at: datetime
    answer: Answer | None = None  # None while the request is in flight

    def outlived(self, now: datetime) -> bool:
        return self.answer is not None and now - self.claimed_at >= KEY_LIFETIME


class IdempotencyKeys:
    """Keys in the order they were claimed; a key in flight never expires."""

    def __init__(self) -> None:
        self._entries: dict[str, _Entry] = {}
        self._lock = threading.Lock()

    def claim(self, key: str, fingerprint: str, now: datetime) -> Answer | None:
        """The stored answer, or None when the caller is the one to execute.

        Raises Refused `idempotency_mismatch` when the key belongs to another request and
        `idempotency_in_flight` while the first request with it is still running.
        """
        with self._lock:
            self._forget_outlived(now)
            entry = self._entries.get(key)
            if entry is None or entry.outlived(now):
                self._entries.pop(key, None)
                self._entries[key] = _Entry(fingerprint, now)
                return None
            if entry.fingerprint != fingerprint:
                raise Refused("idempotency_mismatch", "This key was used with another request.")
            if entry.answer is None:
                raise Refused(
                    "idempotency_in_flight", "The first request with this key is still running."
                )
            return entry.answer

    def complete(self, key: str, answer: Answer) -> None:
        with self._lock:
            self._entries[key] = replace(self._entries[key], answer=answer)

    def release(self, key: str) -> None:
        """Give up a claim under which nothing was executed; a completed key stays."""
        with self._lock:
            entry = self._entries.get(key)
            if entry is not None and entry.answer is None:
                del self._entries[key]

    def _forget_outlived(self, now: datetime) -> None:
        while self._entries:
            oldest = next(iter(self._entries))
            if not self._entries[oldest].outlived(now):
                return
            del self._entries[oldest]
