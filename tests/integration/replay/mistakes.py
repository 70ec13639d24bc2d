"""Writes that DynamoDB refuses for what they are, whatever the table holds."""

from collections.abc import Callable
from typing import Any, Final

from shared.persistence.table import Key, Put

_PARTITION: Final = "ORDER#ord_1"


def _row_with(**fields: Any) -> Callable[[Put], tuple[Put, ...]]:
    return lambda put: (Put(key=put.key, row={**put.row, **fields}, seen=put.seen),)


def _row(number: int, **fields: Any) -> Put:
    return Put(key=Key(_PARTITION, f"NEW#{number}"), row=fields)


def _deep(levels: int) -> Any:
    value: Any = "x"
    for _ in range(levels):
        value = [value]
    return value


MISTAKES: Final[tuple[Callable[[Put], tuple[Put, ...]], ...]] = (
    _row_with(amount=39.98),
    _row_with(payment_id=""),
    _row_with(payment_id=1),
    _row_with(OccurredOn=""),
    _row_with(Unprocessed=True),
    _row_with(amount=10**38 + 1),
    _row_with(amount=-(10**40) - 1),
    _row_with(note="x" * 410_000),
    _row_with(note=_deep(33)),
    lambda put: (put, put),
    lambda put: (Put(key=Key("", "STATE"), row=put.row),),
    lambda put: (Put(key=Key("ORDER#ord_1", ""), row=put.row),),
    lambda put: (Put(key=Key("p" * 2049, "STATE"), row=put.row),),
    lambda put: (Put(key=Key("ORDER#ord_1", "s" * 1025), row=put.row),),
    lambda put: (put, *(_row(number, note="x" * 390_000) for number in range(12))),
    lambda put: (put, *(_row(number) for number in range(100))),
)
"""What DynamoDB does not take: of the wrong kind, too large, too many, or one row twice."""
