"""Who calls: API keys with scopes, known by their SHA-256 alone, compared in constant time."""

import hashlib
import hmac
import json
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from shared.errors.taxonomy import AccessUnavailable, Unauthenticated

KEPT_SECONDS: Final = 300
"""A revoked key stops working at the latest after this time."""
RELOADED_SECONDS_MIN: Final = 2
"""An unknown key makes the secret be read again, but not more often than this."""
_SCHEME: Final = "bearer "
_SHA256: Final = re.compile(r"[0-9a-fA-F]{64}")


@dataclass(frozen=True, slots=True)
class Principal:
    """The owner of an API key, and what the key allows."""

    name: str
    scopes: frozenset[str]


@dataclass(frozen=True, slots=True)
class _KnownKey:
    sha256: str
    principal: Principal


class ApiKeys:
    """The keys in the secret. Without a readable secret nobody gets in."""

    def __init__(self, *, load: Callable[[], str], seconds: Callable[[], float]) -> None:
        self._load = load
        self._seconds = seconds
        self._known: tuple[_KnownKey, ...] = ()
        self._loaded_at: float | None = None

    def authenticate(self, authorization: str | None) -> Principal:
        """The principal of an `Authorization: Bearer <key>` header.

        Raises Unauthenticated, or AccessUnavailable when the keys cannot be read.
        """
        header = authorization or ""
        if not header.lower().startswith(_SCHEME):
            raise Unauthenticated
        key = header[len(_SCHEME) :].strip().encode(errors="surrogatepass")
        digest = hashlib.sha256(key).hexdigest()
        if self._older_than(KEPT_SECONDS):
            self._reload()
        found = self._match(digest)
        if found is None and self._older_than(RELOADED_SECONDS_MIN):
            self._reload()
            found = self._match(digest)
        if found is None:
            raise Unauthenticated
        return found

    def _match(self, digest: str) -> Principal | None:
        found = None
        for key in self._known:
            if hmac.compare_digest(key.sha256, digest):
                found = key.principal
        return found

    def _older_than(self, seconds: float) -> bool:
        return self._loaded_at is None or self._seconds() - self._loaded_at >= seconds

    def _reload(self) -> None:
        try:
            entries = json.loads(self._load())["keys"]
            self._known = tuple(
                _known_key(name=entry["name"], sha256=entry["sha256"], scopes=entry["scopes"])
                for entry in entries
            )
        except (KeyError, TypeError, ValueError):
            self._known = ()
            raise AccessUnavailable("the secret of API keys is not readable") from None
        self._loaded_at = self._seconds()


def _known_key(*, name: str, sha256: str, scopes: list[str]) -> _KnownKey:
    """An entry of the secret; raises TypeError or ValueError for anything but text in its place."""
    if not _SHA256.fullmatch(sha256) or not isinstance(scopes, list):
        raise ValueError("not an API key")
    for text in (name, *scopes):
        if not isinstance(text, str):
            raise TypeError("not text")
    return _KnownKey(sha256.lower(), Principal(name, frozenset(scopes)))
