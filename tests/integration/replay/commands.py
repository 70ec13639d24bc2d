"""Random commands to the guard, drawn from a seed: Powertools' records in memory and in a cloud."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import Enum, auto
from random import Random
from typing import Any, Final
from unittest.mock import patch

from shared.errors.taxonomy import IdempotencyKeyReused, StillProcessing
from shared.messaging.guard import Answered, CommandGuard
from tests.doubles import guard_clock
from tests.integration.tables import COMMANDS
from tests.unit.shared.lambda_context import LambdaContext

BEGIN: Final = datetime(2026, 1, 2, 3, 4, 5, 678, tzinfo=UTC)
KEYS: Final = ("req_1", "req_2", "bücher", "🪙")
WAITS: Final = tuple(
    timedelta(seconds=seconds) for seconds in (0, 0, 1, 9, 10, 11, 3600, 24 * 3600, 25 * 3600)
)
"""Most within the ten seconds that a run may take, some beyond the day that is remembered."""


class Refused(Exception):
    """The command is refused: its record goes."""


class Died(BaseException):
    """The process ends: its record stays as it was when it began."""


class Ends(Enum):
    ANSWERS = auto()
    REFUSED = auto()
    DIES = auto()


@dataclass(frozen=True, slots=True, kw_only=True)
class Command:
    """What somebody asks, how the run that may follow ends, and when."""

    key: str
    payload: dict[str, Any]
    ends: Ends
    answer: dict[str, Any]
    now: datetime


def commands(random: Random, count: int) -> Iterator[Command]:
    now = BEGIN
    for number in range(count):
        now += random.choice(WAITS)
        yield Command(
            key=random.choice(KEYS),
            payload={"path": "/orders", "body": {"sku": random.choice(("book", "book", "pen"))}},
            ends=random.choice((Ends.ANSWERS, Ends.ANSWERS, Ends.REFUSED, Ends.DIES)),
            answer={"body": {"order_id": f"ord_{number}", "amount": 9007199254740993}},
            now=now,
        )


class Till:
    """A function that takes commands, over a client of DynamoDB."""

    def __init__(self, client: Any) -> None:
        self._now = BEGIN
        self._guard = CommandGuard(table_name=COMMANDS, client=client, clock=lambda: self._now)

    def run(self, command: Command) -> object:
        """The answer and whether it is an old one, or the name of what came instead."""
        self._now = command.now
        with ExitStack() as patched:
            for place, name, value in guard_clock.patches(lambda: command.now):
                patched.enter_context(patch.object(place, name, value))
            try:
                return self._run(command)
            except (IdempotencyKeyReused, StillProcessing, Refused, Died) as other:
                return type(other).__name__

    def _run(self, command: Command) -> Answered:
        return self._guard.run(
            lambda: _end(command),
            key=command.key,
            payload=command.payload,
            context=LambdaContext(remaining_milliseconds=10_000),
        )


def _end(command: Command) -> dict[str, Any]:
    match command.ends:
        case Ends.REFUSED:
            raise Refused
        case Ends.DIES:
            raise Died
        case Ends.ANSWERS:
            return command.answer
