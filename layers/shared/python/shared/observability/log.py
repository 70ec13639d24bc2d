"""Structured logs of ids and outcomes. A field that is not on the list is never written."""

from functools import cache
from typing import Any, Final

from aws_lambda_powertools import Logger

LOGGABLE: Final = frozenset(
    {
        "attempt_id",
        "causation_id",
        "chain",
        "chain_hash",
        "code",
        "correlation_id",
        "dead_letter_id",
        "entry_id",
        "error_type",
        "handled",
        "height",
        "message_id",
        "message_type",
        "method",
        "order_id",
        "payment_id",
        "principal",
        "provider",
        "published",
        "queue",
        "refused",
        "replay_id",
        "route",
        "status",
        "traceparent",
        "verdict",
        "webhook_id",
    }
)


@cache
def _logger() -> Logger:
    return Logger()


def bind(**fields: Any) -> None:
    """Put these fields on every line until the next `bind`: one call a request or message."""
    _logger().clear_state()
    _logger().append_keys(**_loggable(fields))


def info(event: str, **fields: Any) -> None:
    """`event` is a few fixed words; everything variable is a field."""
    _logger().info(event, extra=_loggable(fields))


def warning(event: str, **fields: Any) -> None:
    """Something a person should look at when it repeats."""
    _logger().warning(event, extra=_loggable(fields))


def exception(event: str, **fields: Any) -> None:
    """The exception being handled, with its stack."""
    _logger().exception(event, extra=_loggable(fields))


def _loggable(fields: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in fields.items() if name in LOGGABLE}
