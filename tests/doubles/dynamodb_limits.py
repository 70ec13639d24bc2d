"""What DynamoDB refuses whatever a table holds: keys and items of the wrong kind or size."""

import marshal
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

from bench.meter import item_bytes, text_bytes
from shared.persistence.possible_keys import PK_BYTES_MAX, SK_BYTES_MAX

WRITES_MAX: Final = 100
ITEM_BYTES_MAX: Final = 400 * 1024
TRANSACTION_BYTES_MAX: Final = 4 * 1024 * 1024
KEY_BYTES_MAX: Final = {"pk": PK_BYTES_MAX, "sk": SK_BYTES_MAX}
PLAIN: Final = 2
"""The version of marshal that writes all text out, however often it comes."""
DIGITS_MAX: Final = 38
MAGNITUDE_MAX: Final = 126
NESTING_MAX: Final = 32
INDEXED: Final = frozenset(
    {
        "payment_id",
        "order_id",
        "payout_id",
        "OccurredOn",
        "Unprocessed",
        "Unresolved",
        "CheckAt",
        "StatusShard",
        "CreatedAt",
        "OperationDay",
        "Task",
        "TaskAt",
    }
)
"""The keys of every index of the three services."""


def assert_writable(items: Sequence[Mapping[str, Any]]) -> None:
    """The items can be written in one call: fails as a mistake of ours, as AWS would refuse it."""
    assert 0 < len(items) <= WRITES_MAX, f"{len(items)} writes in one transaction"
    keys = {(item["pk"]["S"], item["sk"]["S"]) for item in items}
    assert len(keys) == len(items), "one row twice in a transaction"
    for item in items:
        _assert_storable(item)
    plain: Any = items
    if len(marshal.dumps(plain, PLAIN)) > ITEM_BYTES_MAX:  # longer than what is stored, and quick
        sizes = [item_bytes(item) for item in items]
        assert max(sizes) <= ITEM_BYTES_MAX, "an item over 400 KB"
        assert sum(sizes) <= TRANSACTION_BYTES_MAX, "a transaction over 4 MB"


def _assert_storable(item: Mapping[str, Any]) -> None:
    for name, bytes_max in KEY_BYTES_MAX.items():
        assert 0 < text_bytes(item[name]["S"]) <= bytes_max, f"{name} is empty or too long"
    for name in INDEXED & item.keys():
        assert item[name].get("S"), f"{name} is the key of an index: text, and not empty"
    _assert_values(item.values(), depth=1)


def _assert_values(values: Iterable[Mapping[str, Any]], *, depth: int) -> None:
    for value in values:
        if "S" in value:
            continue  # most of what is stored; its size is the item's
        ((kind, content),) = value.items()
        match kind:
            case "N":
                digits = content.lstrip("-")
                assert len(digits.rstrip("0")) <= DIGITS_MAX, f"a number over {DIGITS_MAX} digits"
                assert len(digits) <= MAGNITUDE_MAX, "a number beyond what DynamoDB holds"
            case "L" | "M":
                assert depth <= NESTING_MAX, f"nested over {NESTING_MAX} levels"
                within = content.values() if kind == "M" else content
                _assert_values(within, depth=depth + 1)
