"""Moments as text: one way, so that the order of the texts is the order of the moments."""

from datetime import UTC, datetime
from functools import lru_cache
from typing import Final

_WITHOUT_OFFSET: Final = -len("+00:00")


def timestamp(moment: datetime) -> str:
    """RFC 3339 in UTC with microseconds, so that text order is time order."""
    return _written(moment)


@lru_cache(maxsize=64)
def _written(moment: datetime) -> str:
    """A fact is written with one moment in several places."""
    assert moment.tzinfo is not None, "a time without its zone is no moment"
    in_utc = moment.astimezone(UTC)
    return f"{in_utc.isoformat(timespec='microseconds')[:_WITHOUT_OFFSET]}Z"
