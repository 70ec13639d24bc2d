"""Orders, kept in the orders table."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Final

from orders.domain.order import Order
from orders.infrastructure.order_rows import from_row, to_row
from shared.contracts.envelope import Cause, Message
from shared.moments import timestamp
from shared.persistence.aggregate import Aggregates, Snapshot
from shared.persistence.outbox import SHARDS
from shared.persistence.rows import Row
from shared.persistence.table import Index, Table

KIND: Final = "ORDER"
DUE: Final = Index("due", partition="Due", sort="DueAt")
"""The orders that somebody has to look at though nothing was heard of them."""
DUE_PER_SHARD_MAX: Final = 25


class DynamoDbOrders:
    def __init__(self, table: Table) -> None:
        self._table = table
        self._aggregates = Aggregates(table, service="orders", kind=KIND)

    def find(self, order_id: str) -> Order | None:
        row = self._aggregates.find(order_id)
        return None if row is None else from_row(row)

    def commit(self, order: Order, messages: Sequence[Message], cause: Cause) -> Order:
        return self._commit(order, messages, cause, handled=True)

    def keep(self, order: Order, messages: Sequence[Message], cause: Cause) -> Order:
        return self._commit(order, messages, cause, handled=False)

    def due(self, now: datetime) -> Iterator[str]:
        for shard in SHARDS:
            for key in self._table.due(
                DUE, value=shard, before=timestamp(now), rows_max=DUE_PER_SHARD_MAX
            ):
                yield key.pk.removeprefix(f"{KIND}#")

    def acknowledge(self, cause: Cause) -> None:
        self._table.commit((), cause_id=cause.id, now=cause.now)

    def messages(self, order_id: str) -> Iterator[Row]:
        return self._aggregates.messages(order_id)

    def told(self, order_id: str, cause: Cause) -> set[str]:
        return self._aggregates.told(order_id, cause)

    def _commit(
        self, order: Order, messages: Sequence[Message], cause: Cause, *, handled: bool
    ) -> Order:
        snapshot = Snapshot(
            aggregate_id=order.order_id,
            row=to_row(order),
            version=order.version,
            sequence=order.sequence,
            correlation_id=order.correlation_id,
        )
        self._aggregates.commit(snapshot, messages, cause, handled=handled)
        return replace(order, version=order.version + 1, sequence=order.sequence + len(messages))
