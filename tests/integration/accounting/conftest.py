"""A ledger in an account of its own in the embedded cloud: table, locked bucket, signing key."""

import pytest

from accounting.infrastructure.dynamodb_folds import DynamoDbFolds
from accounting.infrastructure.dynamodb_journal import DynamoDbJournal
from accounting.infrastructure.vault import Vault
from shared.persistence.table import Table
from tests.cloud import Account, account, cloud_url
from tests.integration.tables import create_main_table

__all__ = ["account", "cloud_url"]

RETENTION_DAYS = 1


def bucket_of(account: Account) -> str:
    """A bucket's name is the only one in the world."""
    return f"quittance-test-ledger-{account.account_id}"


@pytest.fixture
def table(account: Account) -> Table:
    return create_main_table(account.client("dynamodb"))


@pytest.fixture
def journal(table: Table) -> DynamoDbJournal:
    return DynamoDbJournal(table)


@pytest.fixture
def folds(table: Table) -> DynamoDbFolds:
    return DynamoDbFolds(table)


@pytest.fixture
def vault(account: Account) -> Vault:
    s3, kms = account.client("s3"), account.client("kms")
    bucket = bucket_of(account)
    s3.create_bucket(Bucket=bucket, ObjectLockEnabledForBucket=True)
    s3.put_object_lock_configuration(
        Bucket=bucket,
        ObjectLockConfiguration={
            "ObjectLockEnabled": "Enabled",
            "Rule": {"DefaultRetention": {"Mode": "COMPLIANCE", "Days": RETENTION_DAYS}},
        },
    )
    key = kms.create_key(KeySpec="RSA_2048", KeyUsage="SIGN_VERIFY")["KeyMetadata"]["KeyId"]
    kms.create_alias(AliasName="alias/quittance-test-ledger", TargetKeyId=key)
    return Vault(bucket=bucket, key_id="alias/quittance-test-ledger", s3=s3, kms=kms)
