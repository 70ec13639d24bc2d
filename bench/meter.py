"""What DynamoDB would bill: every call of a client counted, every write in units of a kilobyte."""

from __future__ import annotations

import math
import threading
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

UNIT_BYTES: Final = 1024
TRANSACTIONAL: Final = 2
INDEXES: Final = {
    "unprocessed": ("Unprocessed", "OccurredOn"),
    "by_payment": ("payment_id", "OccurredOn"),
    "by_order": ("order_id", "OccurredOn"),
    "by_payout": ("payout_id", "OccurredOn"),
}


@dataclass
class Meter:
    """Calls and write units of the table; `index_units` of its indexes, by AWS's rules.

    A transaction that is cancelled is billed as well, so it is counted.
    """

    calls: int = 0
    write_units: int = 0
    index_units: int = 0
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def attach(self, client: Any) -> None:
        client.meta.events.register("provide-client-params.dynamodb.*", self._count)

    def _count(self, params: Mapping[str, Any], model: Any, **_: object) -> None:
        units, indexed = 0, 0
        if model.name == "PutItem":
            units, indexed = size_units(params["Item"]), _indexed(params["Item"])
        elif model.name == "TransactWriteItems":
            for item in params["TransactItems"]:
                ((kind, write),) = item.items()
                stored = write["Item"] if kind == "Put" else write["Key"]
                units += TRANSACTIONAL * size_units(stored)
                indexed += _indexed(stored)
        with self._lock:
            self.calls += 1
            self.write_units += units
            self.index_units += indexed


def size_units(item: Mapping[str, Any]) -> int:
    return math.ceil(item_bytes(item) / UNIT_BYTES)


def item_bytes(item: Mapping[str, Any]) -> int:
    """The size of an item by which it is limited and billed."""
    size = 0
    for name, value in item.items():
        size += text_bytes(name) + value_bytes(value)
    return size


def _indexed(item: Mapping[str, Any]) -> int:
    """One unit an index that the item appears in: only keys are projected."""
    return sum(all(key in item for key in keys) for keys in INDEXES.values())


def value_bytes(value: Mapping[str, Any]) -> int:
    """The size of an attribute's value, as the developer guide counts it."""
    ((kind, content),) = value.items()
    match kind:
        case "S":
            return text_bytes(content)
        case "N":
            return (len(content.lstrip("-0.")) + 1) // 2 + 1
        case "L":
            return 3 + len(content) + sum(map(value_bytes, content))
        case "M":
            return 3 + len(content) + item_bytes(content)
        case _:
            return 1


def text_bytes(text: str) -> int:
    return len(text) if text.isascii() else len(text.encode())
