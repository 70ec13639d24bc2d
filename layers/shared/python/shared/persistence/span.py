"""A span of the outbox: the messages of a time, of certain types, about one thing."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from shared.moments import timestamp


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """From a moment on and before another; of all types where none is named.

    `about` is the id of an aggregate: it stands in the key of its partition.
    """

    begins_at: datetime
    ends_at: datetime
    types: tuple[str, ...] = ()
    about: str | None = None

    def expression(self) -> dict[str, Any]:
        """As a filter of DynamoDB."""
        conditions = [
            "attribute_exists(Payload)",
            "OccurredOn >= :begins",
            "OccurredOn < :ends",
        ]
        values = {
            ":begins": {"S": timestamp(self.begins_at)},
            ":ends": {"S": timestamp(self.ends_at)},
        }
        names = {}
        if self.types:
            named = {f":type{number}": {"S": text} for number, text in enumerate(self.types)}
            conditions.append(f"#type IN ({', '.join(named)})")
            values |= named
            names["#type"] = "Type"
        if self.about is not None:
            conditions.append("contains(pk, :about)")
            values[":about"] = {"S": self.about}
        return {
            "FilterExpression": " AND ".join(conditions),
            "ExpressionAttributeValues": values,
            **({"ExpressionAttributeNames": names} if names else {}),
        }
