"""Payments with their attempts, and the webhooks stored beside them, in the payments table."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any, Final

from payments.domain.attempt import Attempt, AttemptStatus
from payments.domain.payment import Payment, PaymentStatus
from shared.contracts.codec import timestamp
from shared.contracts.envelope import Cause, Envelope, Message
from shared.contracts.payments import Operation, WebhookReceived
from shared.errors.taxonomy import StaleRow
from shared.money import Money
from shared.persistence.aggregate import Aggregates, Snapshot
from shared.persistence.outbox import outbox_attributes
from shared.persistence.rows import Row, Value
from shared.persistence.table import Key, Put, Table

SERVICE: Final = "payments"
WEBHOOK: Final = "WEBHOOK#"


class DynamoDbPayments:
    def __init__(self, table: Table) -> None:
        self._table = table
        self._aggregates = Aggregates(table, service=SERVICE, kind="PAYMENT")

    def find(self, payment_id: str) -> Payment | None:
        row = self._aggregates.find(payment_id)
        return None if row is None else from_row(row)

    def keep_intent(
        self, payment: Payment, cause: Cause, *, messages: Sequence[Message] = ()
    ) -> Payment:
        return self._commit(payment, messages, cause, handled=False)

    def to_check(self, now: datetime) -> Iterator[str]:
        """The payments whose provider is to be asked by now, the longest waiting first."""
        for shard in SHARDS:
            yield from self._table.due(
                UNRESOLVED,
                partition=("Unresolved", shard),
                sort=("CheckAt", timestamp(now)),
                attribute="payment_id",
                rows_max=CHECKED_PER_SHARD_MAX,
            )

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
        return replace(
            payment, version=payment.version + 1, sequence=payment.sequence + len(messages)
        )
