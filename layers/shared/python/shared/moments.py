"""Moments as text: one way, so that the order of the texts is the order of the moments."""

from datetime import UTC, datetime


def timestamp(moment: datetime) -> str:
    """RFC 3339 in UTC with microseconds, so that text order is time order."""
    assert moment.tzinfo is not None, "a time without its zone is no moment"
    return moment.astimezone(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")
