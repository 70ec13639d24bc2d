"""A ledger in an account of its own in the embedded cloud: table, locked bucket, signing key."""

import pytest

from accounting.infrastructure.dynamodb_folds import DynamoDbFolds
from accounting.infrastructure.dynamodb_journal import DynamoDbJournal
from accounting.infrastructure.vault import Vault
from shared.persistence.table import Table
from tests.cloud import Account, account, cloud_url
from tests.integration.tables import create_main_table

__all__ = ["account", "cloud_url"]

BUCKET = "quittance-test-ledger"
RETENTION_DAYS = 1


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
    s3.create_bucket(Bucket=BUCKET, ObjectLockEnabledForBucket=True)
    s3.put_object_lock_configuration(
        Bucket=BUCKET,
        ObjectLockConfiguration={
            "ObjectLockEnabled": "Enabled",
            "Rule": {"DefaultRetention": {"Mode": "COMPLIANCE", "Days": RETENTION_DAYS}},
        },
    )
    key = kms.create_key(KeySpec="RSA_2048", KeyUsage="SIGN_VERIFY")["KeyMetadata"]["KeyId"]
    kms.create_alias(AliasName="alias/quittance-test-ledger", TargetKeyId=key)
    return Vault(bucket=BUCKET, key_id="alias/quittance-test-ledger", s3=s3, kms=kms)
