"""The one place where operations meet the tables, queues and bus of the service they run in."""

import os
import time
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

import boto3

from shared import clock
from shared.messaging.failures import FailureNotes
from shared.messaging.guard import CommandGuard
from shared.messaging.relay import Relay
from shared.operations.letters import DeadLetters
from shared.operations.queues import Inboxes, Source, read
from shared.operations.replay import Replayer
from shared.operations.replays import Replays
from shared.persistence.table import Table
from shared.settings import from_env

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    powertools_service_name: str
    table_name: str
    commands_table_name: str
    bus_name: str
    dead_letter_queues: str


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
def letters() -> DeadLetters:
    return DeadLetters(table())


@cache
def replays() -> Replays:
    return Replays(table())


@cache
def replayer() -> Replayer:
    relay = Relay(
        service=settings().powertools_service_name,
        table=table(),
        bus=boto3.client("events"),
        bus_name=settings().bus_name,
    )
    return Replayer(
        replays=replays(), table=table(), relay=relay, clock=clock.now, pause=time.sleep
    )


@cache
def failures() -> FailureNotes:
    return FailureNotes(table())


def sources() -> dict[str, Source]:
    """The service's dead-letter queues by their ARN."""
    return {source.arn: source for source in read(settings().dead_letter_queues)}


@cache
def inboxes() -> Inboxes:
    return Inboxes(sources=sources().values(), client=boto3.client("sqs"))
