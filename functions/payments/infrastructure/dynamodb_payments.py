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

    def keep_intent(self, payment: Payment, cause: Cause) -> Payment:
        return self._commit(payment, (), cause, handled=False)

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


def to_row(payment: Payment) -> Row:
    return {
        "payment_id": payment.payment_id,
        "order_id": payment.order_id,
        "status": payment.status.value,
        "currency": payment.amount.currency,
        "amount": payment.amount.minor,
        "authorized": payment.authorized.minor,
        "capturing": payment.capturing.minor,
        "captured": payment.captured.minor,
        "payment_method_token": payment.payment_method_token,
        "provider": payment.provider,
        "provider_payment": payment.provider_payment,
        "capture_before": _moment(payment.capture_before),
        "attempts": [_attempt_to_map(attempt) for attempt in payment.attempts],
    }


def from_row(row: Row) -> Payment:
    read: dict[str, Any] = dict(row)
    currency = read["currency"]
    return Payment(
        payment_id=read["payment_id"],
        order_id=read["order_id"],
        status=PaymentStatus(read["status"]),
        amount=Money(read["amount"], currency),
        authorized=Money(read["authorized"], currency),
        capturing=Money(read["capturing"], currency),
        captured=Money(read["captured"], currency),
        payment_method_token=read["payment_method_token"],
        provider=read["provider"],
        provider_payment=read.get("provider_payment"),
        capture_before=_read_moment(read.get("capture_before")),
        attempts=tuple(_attempt_from_map(item, currency) for item in read["attempts"]),
        correlation_id=read["correlation_id"],
        version=read["version"],
        sequence=read["sequence"],
    )


def _attempt_to_map(attempt: Attempt) -> dict[str, Value]:
    return {
        "attempt_id": attempt.attempt_id,
        "operation": attempt.operation.value,
        "provider": attempt.provider,
        "key": attempt.key,
        "amount": attempt.amount.minor,
        "status": attempt.status.value,
        "cause_id": attempt.cause_id,
        "started_at": timestamp(attempt.started_at),
        "provider_reference": attempt.provider_reference,
        "decline_code": attempt.decline_code,
    }


def _attempt_from_map(read: dict[str, Any], currency: str) -> Attempt:
    return Attempt(
        attempt_id=read["attempt_id"],
        operation=Operation(read["operation"]),
        provider=read["provider"],
        key=read["key"],
        amount=Money(read["amount"], currency),
        status=AttemptStatus(read["status"]),
        cause_id=read["cause_id"],
        started_at=datetime.fromisoformat(read["started_at"]),
        provider_reference=read["provider_reference"],
        decline_code=read["decline_code"],
    )


def _moment(moment: datetime | None) -> str | None:
    return None if moment is None else timestamp(moment)


def _read_moment(text: str | None) -> datetime | None:
    return None if text is None else datetime.fromisoformat(text)
