"""The time of day, for entry points: everything inside them is handed its `now`."""

from datetime import UTC, datetime


def now() -> datetime:
    return datetime.now(UTC)
