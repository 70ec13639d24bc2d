"""The API keys of a stage are read from its secret, and without it nobody gets in."""

import hashlib
import json
from collections.abc import Iterator
from typing import Any

import boto3
import pytest

from shared.errors.taxonomy import AccessUnavailable, Unauthenticated
from shared.rest import secret_access
from tests.cloud import Account

NAME = "quittance/test/api-keys"


@pytest.fixture
def secrets(account: Account, monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """Secrets Manager, in the environment of a function that is told the secret's name."""
    monkeypatch.setenv("AWS_ENDPOINT_URL", account.url)
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", account.account_id)
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "test")
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
    monkeypatch.setenv("API_KEYS_SECRET", NAME)
    monkeypatch.setattr(boto3, "DEFAULT_SESSION", None)
    secret_access.api_keys.cache_clear()
    yield account.client("secretsmanager")
    secret_access.api_keys.cache_clear()


def test_a_key_in_the_secret_is_known(secrets: Any) -> None:
    entry = {
        "name": "client",
        "sha256": hashlib.sha256(b"qk_client").hexdigest(),
        "scopes": ["orders:write"],
    }
    secrets.create_secret(Name=NAME, SecretString=json.dumps({"keys": [entry]}))
    assert secret_access.api_keys().authenticate("Bearer qk_client").name == "client"
    with pytest.raises(Unauthenticated):
        secret_access.api_keys().authenticate("Bearer other")


def test_as_deployed_the_secret_holds_no_key(secrets: Any) -> None:
    secrets.create_secret(Name=NAME, SecretString='{"keys": []}')
    with pytest.raises(Unauthenticated):
        secret_access.api_keys().authenticate("Bearer qk_client")


@pytest.mark.usefixtures("secrets")
def test_without_a_secret_nobody_gets_in() -> None:
    with pytest.raises(AccessUnavailable):
        secret_access.api_keys().authenticate("Bearer qk_client")


def test_a_secret_that_is_no_text_lets_nobody_in(secrets: Any) -> None:
    secrets.create_secret(Name=NAME, SecretBinary=b'{"keys": []}')
    with pytest.raises(AccessUnavailable):
        secret_access.api_keys().authenticate("Bearer qk_client")
