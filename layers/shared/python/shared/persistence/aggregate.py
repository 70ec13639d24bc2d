"""How an aggregate is kept: its state in one row, its messages behind it in one partition."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final

from shared.contracts.envelope import Cause, Envelope, Message
from shared.ids import message_id
from shared.persistence.outbox import outbox_attributes
from shared.persistence.rows import Row
from shared.persistence.table import Key, Put, Table

STATE: Final = "STATE"
MESSAGE: Final = "MESSAGE#"


@dataclass(frozen=True, slots=True, kw_only=True)
class Snapshot:
    """An aggregate's state as it was read: `version` counts its writes, `sequence` its messages."""

    aggregate_id: str
    row: Row
    version: int
    sequence: int
    correlation_id: str


class Aggregates:
    """The aggregates of one kind in a service's table."""

    def __init__(
        self,
        table: Table,
        *,
        service: str,
        kind: str,
        mark: Callable[[Envelope[Any]], Row] = lambda _: {},
    ) -> None:
        """`mark` gives what a message's row has beside the message."""
        self._table = table
        self._service = service
        self._kind = kind
        self._mark = mark

    def find(self, aggregate_id: str) -> Row | None:
        """The state's row, with `version`, `sequence` and `correlation_id`; None if unknown."""
        return self._table.get(Key(self.partition(aggregate_id), STATE))

    def commit(
        self,
        before: Snapshot,
        messages: Sequence[Message],
        cause: Cause,
        *,
        handled: bool,
        also: Sequence[Put] = (),
    ) -> None:
        """Write the next version of the state and its messages; mark the cause when `handled`.

        The state must still be at `before.version`; rows that belong to the same change are
        written with it, `also`. Raises as Table.commit does.
        """
        version = before.version + 1
        envelopes = [
            Envelope(
                id=message_id(self._service, before.aggregate_id, version, number),
                source=f"quittance.{self._service}",
                subject=before.aggregate_id,
                time=cause.now,
                sequence=before.sequence + number,
                correlation_id=before.correlation_id,
                causation_id=cause.id,
                traceparent=cause.traceparent,
                data=message,
            )
            for number, message in enumerate(messages, start=1)
        ]
        pk = self.partition(before.aggregate_id)
        state: Row = {
            **before.row,
            "version": version,
            "sequence": before.sequence + len(envelopes),
            "correlation_id": before.correlation_id,
        }
        puts = [Put(key=Key(pk, STATE), row=state, seen=before.version)]
        puts += [
            Put(
                key=Key(pk, f"{MESSAGE}{each.sequence:010d}"),
                row={**self._mark(each), **outbox_attributes(each)},
            )
            for each in envelopes
        ]
        self._table.commit([*puts, *also], cause_id=cause.id if handled else None, now=cause.now)

    def messages(self, aggregate_id: str) -> Iterator[Row]:
        """The aggregate's messages in sequence, as outbox rows."""
        return self._table.partition(self.partition(aggregate_id), sk_prefix=MESSAGE)

    def told(self, aggregate_id: str, cause: Cause) -> set[str]:
        """The types of the messages that this cause had the aggregate tell."""
        documents = [json.loads(str(row["Payload"])) for row in self.messages(aggregate_id)]
        return {each["type"] for each in documents if each["causationid"] == cause.id}

    def partition(self, aggregate_id: str) -> str:
        return f"{self._kind}#{aggregate_id}"
