"""Rows to DynamoDB's attribute values and back: text, whole numbers, truth, lists and maps.

There is no way to store a float: money would stop being exact.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

type Value = str | int | bool | list[Value] | dict[str, Value] | None
type Row = dict[str, Value]


def dump(value: Value) -> dict[str, Any]:
    """One attribute value; raises TypeError for anything that is not on the list above."""
    if isinstance(value, str):
        return {"S": value}
    if isinstance(value, dict):
        return {"M": {name: dump(item) for name, item in value.items()}}
    if isinstance(value, bool):
        return {"BOOL": value}
    if isinstance(value, int):
        return {"N": str(value)}
    if isinstance(value, list):
        return {"L": [dump(item) for item in value]}
    if value is None:
        return {"NULL": True}
    raise TypeError(f"a row cannot hold {type(value).__name__}")


def load(value: Mapping[str, Any]) -> Value:
    """The value of one attribute; raises ValueError for a number that is not whole."""
    ((kind, content),) = value.items()
    match kind:
        case "S":
            return content  # type: ignore[no-any-return]
        case "M":
            return load_row(content)
        case "L":
            return [load(item) for item in content]
        case "N":
            return int(content)
        case "NULL":
            return None
        case "BOOL":
            return content  # type: ignore[no-any-return]
    raise ValueError(f"a row cannot hold the attribute type {kind}")


def load_or_name(value: Mapping[str, Any]) -> Value:
    """As `load`; for what no row can hold, a text that nothing else is loaded as."""
    try:
        return load(value)
    except (TypeError, ValueError):
        return f"unreadable: {value!r}"


def dump_row(row: Mapping[str, Value]) -> dict[str, dict[str, Any]]:
    """A whole item. Empty values are left out: an index key must not be null."""
    return {
        name: {"S": value} if type(value) is str else dump(value)  # most of what is stored
        for name, value in row.items()
        if value is not None
    }


def load_row(item: Mapping[str, Mapping[str, Any]]) -> Row:
    return {
        name: value["S"] if "S" in value else load(value)  # most of what is stored
        for name, value in item.items()
    }


def load_row_by_name(item: Mapping[str, Mapping[str, Any]]) -> Row:
    """As `load_row`; what no row can hold is named, not refused."""
    return {name: load_or_name(value) for name, value in item.items()}
