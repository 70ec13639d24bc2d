"""The one place where the adapters of payments meet its use cases."""

import json
import os
from functools import cache
from typing import TYPE_CHECKING

import boto3
from botocore.exceptions import BotoCoreError, ClientError

from payments.domain.errors import ProviderNotConfigured
from payments.infrastructure.dynamodb_attestations import DynamoDbAttestations
from payments.infrastructure.dynamodb_payments import DynamoDbPayments
from payments.infrastructure.dynamodb_reports import DynamoDbReports
from payments.infrastructure.providers import PROVIDERS, Provider
from payments.infrastructure.report_bucket import ReportBucket
from payments.infrastructure.splitting import Splitting
from payments.settings import UNSPLIT, Settings
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
def payments() -> DynamoDbPayments:
    return DynamoDbPayments(table())


@cache
def attestations() -> DynamoDbAttestations:
    return DynamoDbAttestations(table())


@cache
def reports() -> DynamoDbReports:
    return DynamoDbReports(table())


@cache
def report_bucket() -> ReportBucket:
    return ReportBucket(name=settings().reports_bucket, s3=boto3.client("s3"))


@cache
def splitting() -> Splitting | None:
    """Nothing where reports are read in one process."""
    machine = settings().splitting_machine
    if machine == UNSPLIT:
        return None
    return Splitting(machine=machine, client=boto3.client("stepfunctions"))


@cache
def guard() -> CommandGuard:
    return CommandGuard(
        table_name=settings().commands_table_name, client=_dynamodb(), clock=clock.now
    )


@cache
def relay() -> Relay:
    return Relay(
        service="payments",
        table=table(),
        bus=boto3.client("events"),
        bus_name=settings().bus_name,
    )


@cache
def provider(name: str) -> Provider:
    """The adapter of a provider that is known here and has its settings in the secret.

    Raises ProviderNotConfigured, which is not remembered: the next call looks again.
    """
    client = boto3.client("secretsmanager")
    try:
        secret = client.get_secret_value(SecretId=settings().providers_secret)["SecretString"]
        return PROVIDERS[name](json.loads(secret)[name])
    except (ClientError, BotoCoreError, KeyError, ValueError) as error:
        raise ProviderNotConfigured from error
