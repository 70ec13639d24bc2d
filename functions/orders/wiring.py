"""The one place where the adapters of orders meet its use cases."""

import os
from datetime import datetime, timedelta
from functools import cache
from typing import TYPE_CHECKING

import boto3

from orders.domain.compensation import Terms
from orders.infrastructure.dynamodb_cases import DynamoDbCases
from orders.infrastructure.dynamodb_orders import DynamoDbOrders
from orders.infrastructure.step_functions import StepFunctions
from orders.settings import Settings
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
def orders() -> DynamoDbOrders:
    return DynamoDbOrders(table())


@cache
def cases() -> DynamoDbCases:
    return DynamoDbCases(table())


@cache
def executions() -> StepFunctions:
    return StepFunctions(
        machine=settings().compensation_machine, client=boto3.client("stepfunctions")
    )


def terms(now: datetime) -> Terms:
    return Terms(
        now=now,
        confirmation=_seconds(settings().confirmation_seconds),
        watch=_seconds(settings().compensation_watch_seconds),
        patience=_seconds(settings().compensation_patience_seconds),
    )


def _seconds(text: str) -> timedelta:
    return timedelta(seconds=int(text))


@cache
def guard() -> CommandGuard:
    return CommandGuard(
        table_name=settings().commands_table_name, client=_dynamodb(), clock=clock.now
    )


@cache
def relay() -> Relay:
    return Relay(
        service="orders",
        table=table(),
        bus=boto3.client("events"),
        bus_name=settings().bus_name,
    )
