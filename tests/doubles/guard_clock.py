"""The clock by which Powertools' records of commands run out: as patches of its four modules."""

from collections.abc import Callable
from datetime import datetime, timedelta
from types import SimpleNamespace
from typing import Any

from aws_lambda_powertools.utilities.idempotency import base as guard
from aws_lambda_powertools.utilities.idempotency.persistence import base as records
from aws_lambda_powertools.utilities.idempotency.persistence import datarecord, dynamodb


def patches(clock: Callable[[], datetime]) -> list[tuple[Any, str, Any]]:
    """The place, the name in it and what stands there instead."""
    calendar = SimpleNamespace(
        datetime=SimpleNamespace(now=clock, fromtimestamp=datetime.fromtimestamp),
        timedelta=timedelta,
    )
    return [(module, "dt", calendar) for module in (guard, records, datarecord, dynamodb)]
