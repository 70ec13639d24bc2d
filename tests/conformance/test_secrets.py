"""A secret is read as it was last written, by name."""

import pytest

from tests.cloud import Account


def test_a_secret_is_read_as_it_was_last_written(account: Account) -> None:
    secrets = account.client("secretsmanager")
    made = secrets.create_secret(Name="quittance/local/api-keys", SecretString='{"keys": []}')
    secrets.put_secret_value(SecretId="quittance/local/api-keys", SecretString='{"keys": [1]}')
    current = secrets.get_secret_value(SecretId="quittance/local/api-keys")
    previous = secrets.get_secret_value(
        SecretId="quittance/local/api-keys", VersionStage="AWSPREVIOUS"
    )
    assert current["SecretString"] == '{"keys": [1]}'
    assert current["ARN"] == made["ARN"]
    assert previous["SecretString"] == '{"keys": []}'


def test_a_secret_that_is_not_there_is_named_so(account: Account) -> None:
    secrets = account.client("secretsmanager")
    with pytest.raises(secrets.exceptions.ResourceNotFoundException):
        secrets.get_secret_value(SecretId="quittance/local/providers")
