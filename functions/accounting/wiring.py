"""The one place where the adapters of accounting meet its use cases."""

import os
from functools import cache
from typing import TYPE_CHECKING

import boto3

from accounting.infrastructure.dynamodb_attested import DynamoDbAttested
from accounting.infrastructure.dynamodb_folds import DynamoDbFolds
from accounting.infrastructure.dynamodb_journal import DynamoDbJournal
from accounting.infrastructure.dynamodb_messages import DynamoDbMessages
from accounting.infrastructure.dynamodb_providers import DynamoDbProviders
from accounting.infrastructure.dynamodb_records import DynamoDbRecords
from accounting.infrastructure.dynamodb_settlement import DynamoDbSettlement
from accounting.infrastructure.vault import Vault
from accounting.settings import Settings
from shared import clock
from shared.messaging.guard import CommandGuard
from shared.messaging.relay import Relay
from shared.persistence.table import Table
from shared.settings import from_env

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient


@cache
def settings() -> Settings:
    return from_env(Settings, os.environ)


@cache
def _dynamodb() -> "DynamoDBClient":
    return boto3.client("dynamodb")


@cache
def table() -> Table:
    return Table(name=settings().table_name, client=_dynamodb())


@cache
def guard() -> CommandGuard:
    return CommandGuard(
        table_name=settings().commands_table_name, client=_dynamodb(), clock=clock.now
    )


@cache
def journal() -> DynamoDbJournal:
    return DynamoDbJournal(table())


@cache
def folds() -> DynamoDbFolds:
    return DynamoDbFolds(table())


@cache
def attested() -> DynamoDbAttested:
    return DynamoDbAttested(table())


@cache
def records() -> DynamoDbRecords:
    return DynamoDbRecords(table())


@cache
def providers() -> DynamoDbProviders:
    return DynamoDbProviders(table())


@cache
def settlement() -> DynamoDbSettlement:
    return DynamoDbSettlement(table())


@cache
def messages() -> DynamoDbMessages:
    return DynamoDbMessages(table())


@cache
def vault() -> Vault:
    return Vault(
        bucket=settings().vault_bucket,
        key_id=settings().seal_key,
        s3=boto3.client("s3"),
        kms=boto3.client("kms"),
    )


@cache
def relay() -> Relay:
    return Relay(
        service="accounting",
        table=table(),
        bus=boto3.client("events"),
        bus_name=settings().bus_name,
    )
