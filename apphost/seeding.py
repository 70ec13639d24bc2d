"""What a fresh deployment lacks: keys for its callers, and a provider that knows its webhook."""

import json
import secrets
from base64 import b64encode
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import urllib3

from client.keys import NewKey, new_key, with_entry

if TYPE_CHECKING:
    from mypy_boto3_secretsmanager import SecretsManagerClient

SCOPES = {
    "client": ("orders:write", "orders:read", "payments:read"),
    "operator": (
        "orders:read",
        "payments:read",
        "payments:operate",
        "ledger:read",
        "ledger:write",
        "recon:read",
        "recon:write",
    ),
    "supervisor": ("ledger:read", "ledger:write", "recon:read", "recon:write"),
    "auditor": ("orders:read", "payments:read", "ledger:read", "recon:read"),
}
PROVIDER = "sandbox"
WEBHOOK_SECRET_BYTES = 32
TIMEOUT_SECONDS = 10.0


class SandboxRefused(Exception):
    """The sandbox did not accept what it was told."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Provider:
    """How the platform reaches its acquirer, and how it knows the acquirer's signature."""

    url: str
    api_key: str
    webhook_secret: str


def new_provider_keys() -> tuple[str, str]:
    """An API key for the sandbox and a Standard Webhooks secret."""
    signing = b64encode(secrets.token_bytes(WEBHOOK_SECRET_BYTES)).decode()
    return f"sk_sandbox_{secrets.token_urlsafe(24)}", f"whsec_{signing}"


def seed_api_keys(
    manager: "SecretsManagerClient", secret: str, known: Mapping[str, str]
) -> dict[str, str]:
    """Put a key for each role into the secret; a role's `known` key stays as it is."""
    keys = {role: _key(role, known.get(role)) for role in SCOPES}
    document = {"keys": [made.entry for made in keys.values()]}
    manager.put_secret_value(SecretId=secret, SecretString=json.dumps(document))
    return {role: made.key for role, made in keys.items()}


def seed_provider(manager: "SecretsManagerClient", secret: str, provider: Provider) -> None:
    entry = {
        "url": provider.url,
        "api_key": provider.api_key,
        "webhook_secret": provider.webhook_secret,
    }
    manager.put_secret_value(SecretId=secret, SecretString=json.dumps({PROVIDER: entry}))


def register_webhook(provider: Provider, webhook_url: str) -> None:
    """Tell the sandbox where to send its notifications and how to sign them."""
    url = f"{webhook_url}/webhooks/{PROVIDER}"
    _control(provider, "webhooks", {"url": url, "secret": provider.webhook_secret})


def register_bucket(provider: Provider, name: str) -> None:
    """Tell the sandbox where to put its settlement reports."""
    _control(provider, "bucket", {"name": name})


def _control(provider: Provider, what: str, told: Mapping[str, str]) -> None:
    answer = urllib3.request(
        "POST",
        f"{provider.url}/_control/{what}",
        json=dict(told),
        timeout=TIMEOUT_SECONDS,
        retries=False,
    )
    if answer.status >= 300:  # noqa: PLR2004
        raise SandboxRefused(f"_control/{what}: HTTP {answer.status}")


def _key(role: str, known: str | None) -> NewKey:
    return with_entry(role, SCOPES[role], known) if known else new_key(role, SCOPES[role])
