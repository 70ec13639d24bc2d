"""Payments with their attempts, and the webhooks stored beside them, in the payments table."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

from payments.domain.payment import Payment
from payments.infrastructure.dynamodb_attestations import operation_mark
from payments.infrastructure.payment_rows import from_row, name_at_provider, to_row
from shared.contracts.disputes import PaymentOverdrawn
from shared.contracts.envelope import Cause, Envelope, Message
from shared.contracts.payments import NoticeContradicted, PaymentUnresolved, WebhookReceived
from shared.errors.taxonomy import StaleRow
from shared.moments import timestamp
from shared.observability import metrics
from shared.persistence.aggregate import Aggregates, Snapshot
from shared.persistence.outbox import SHARDS, outbox_attributes
from shared.persistence.rows import Row
from shared.persistence.table import Index, Key, Put, Table

SERVICE: Final = "payments"
KIND: Final = "PAYMENT"
UNRESOLVED: Final = Index("unresolved", partition="Unresolved", sort="CheckAt")
"""The payments of which something is to be asked of the provider."""
BY_PROVIDER: Final = Index("by_provider", partition="ProviderPayment", sort="CreatedAt")
BY_STATUS: Final = Index("by_status", partition="StatusShard", sort="CreatedAt")
CHECKED_PER_SHARD_MAX: Final = 25
FOR_PEOPLE: Final = (NoticeContradicted, PaymentOverdrawn, PaymentUnresolved)
"""What is counted when it is told, so that an alarm wakes somebody."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where a page of a list begins: after this row of its shard."""

    shard: str
    bound: str


FIRST: Final = Place(SHARDS[0], " ")
"""Before every row: each sort key begins with a digit."""


@dataclass(frozen=True, slots=True)
class Listed:
    """A payment, and the place where the list goes on behind it."""

    payment: Payment
    place: Place


WEBHOOK: Final = "WEBHOOK#"


class DynamoDbPayments:
    def __init__(self, table: Table) -> None:
        self._table = table
        self._aggregates = Aggregates(table, service=SERVICE, kind=KIND, mark=operation_mark)

    def find(self, payment_id: str) -> Payment | None:
        row = self._aggregates.find(payment_id)
        return None if row is None else from_row(row)

    def of_provider(self, provider: str, provider_payment: str) -> Payment | None:
        """The index tells the payment, which is read from the table."""
        name = name_at_provider(provider, provider_payment)
        found = self._table.index(BY_PROVIDER.name, attribute=BY_PROVIDER.partition, value=name)
        row = next(found, None)
        return None if row is None else self.find(str(row["pk"]).removeprefix(f"{KIND}#"))

    def keep_intent(
        self, payment: Payment, cause: Cause, *, messages: Sequence[Message] = ()
    ) -> Payment:
        return self._commit(payment, messages, cause, handled=False)

    def to_check(self, now: datetime) -> Iterator[str]:
        """The payments whose provider is to be asked by now, the longest waiting first."""
        for shard in SHARDS:
            for key in self._table.due(
                UNRESOLVED,
                value=shard,
                before=timestamp(now),
                rows_max=CHECKED_PER_SHARD_MAX,
            ):
                yield key.pk.removeprefix(f"{KIND}#")

    def listed(self, index: Index, partition: str, *, after: Place) -> Iterator[Listed]:
        """The payments of an index from a place on: shard by shard, each in its order.

        They are read anew, as they stand now; the index may lag behind them.
        """
        for shard in SHARDS[SHARDS.index(after.shard) :]:
            bound = after.bound if shard == after.shard else FIRST.bound
            value = f"{partition}{shard}"
            for row in self._table.after(index, value=value, bound=bound):
                payment = self.find(str(row["pk"]).removeprefix(f"{KIND}#"))
                if payment is not None:
                    yield Listed(payment, Place(shard, str(row[index.sort])))

    def commit(self, payment: Payment, messages: Sequence[Message], cause: Cause) -> Payment:
        return self._commit(payment, messages, cause, handled=True)

    def acknowledge(self, cause: Cause) -> None:
        self._table.commit((), cause_id=cause.id, now=cause.now)

    def messages(self, payment_id: str) -> Iterator[Row]:
        yield from self._aggregates.messages(payment_id)
        yield from self._table.partition(self._aggregates.partition(payment_id), sk_prefix=WEBHOOK)

    def keep(self, received: WebhookReceived, raw: str, cause: Cause) -> None:
        name = f"{received.provider}/{received.webhook_id}"
        envelope = Envelope(
            id=f"{SERVICE}/webhook/{name}",
            source=f"quittance.{SERVICE}",
            subject=f"webhook/{name}",
            time=cause.now,
            sequence=1,
            correlation_id=cause.correlation_id,
            causation_id=cause.id,
            traceparent=cause.traceparent,
            data=received,
        )
        key = Key(self._aggregates.partition(received.payment_id), f"{WEBHOOK}{name}")
        row: Row = {**outbox_attributes(envelope), "raw": raw}
        try:
            self._table.commit([Put(key=key, row=row)], cause_id=None, now=cause.now)
        except StaleRow:
            return  # stored before: its message is on its way

    def _commit(
        self, payment: Payment, messages: Sequence[Message], cause: Cause, *, handled: bool
    ) -> Payment:
        snapshot = Snapshot(
            aggregate_id=payment.payment_id,
            row=to_row(payment),
            version=payment.version,
            sequence=payment.sequence,
            correlation_id=payment.correlation_id,
        )
        self._aggregates.commit(snapshot, messages, cause, handled=handled)
        for message in messages:
            if isinstance(message, FOR_PEOPLE):
                metrics.count(type(message).__name__)
        return replace(
            payment, version=payment.version + 1, sequence=payment.sequence + len(messages)
        )
