"""A fresh API key: shown once to its owner; the platform is given only its SHA-256."""

import hashlib
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypedDict

KEY_BYTES = 32
KEY_PREFIX = "qk_"
SCOPES = (
    "orders:write",
    "orders:read",
    "payments:read",
    "payments:operate",
    "ledger:read",
    "ledger:write",
    "recon:read",
    "recon:write",
)


class SecretEntry(TypedDict):
    """One entry of the api-keys secret."""

    name: str
    sha256: str
    scopes: list[str]


@dataclass(frozen=True, slots=True)
class NewKey:
    key: str
    entry: SecretEntry


def new_key(name: str, scopes: Sequence[str]) -> NewKey:
    return with_entry(name, scopes, KEY_PREFIX + secrets.token_urlsafe(KEY_BYTES))


def with_entry(name: str, scopes: Sequence[str], key: str) -> NewKey:
    """The key with what the secret holds of it; raises ValueError for a scope nobody checks."""
    unknown = sorted(set(scopes) - set(SCOPES))
    if unknown or not scopes:
        raise ValueError(f"unknown scopes {unknown}: choose from {', '.join(SCOPES)}")
    digest = hashlib.sha256(key.encode()).hexdigest()
    return NewKey(key, {"name": name, "sha256": digest, "scopes": list(scopes)})
