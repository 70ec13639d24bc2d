"""A whole ledger in memory, with a hand on its clock and on what its stream delivers."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from accounting.application.balance import current
from accounting.application.fold import fold
from accounting.application.prove import Proof, prove
from accounting.application.reactions import react
from accounting.application.seal import seal_days
from accounting.infrastructure.dynamodb_attested import DynamoDbAttested
from accounting.infrastructure.dynamodb_folds import DynamoDbFolds
from accounting.infrastructure.dynamodb_journal import DynamoDbJournal
from shared.contracts.envelope import Cause, Envelope, Event
from shared.contracts.payments import (
    AuthorizationExpired,
    CaptureFailed,
    DisputeLost,
    DisputeOpened,
    DisputeWon,
    PaymentAuthorized,
    PaymentCaptured,
    PaymentRefunded,
    PaymentVoided,
    RefundFailed,
    RefundRequested,
    Undoes,
)
from shared.contracts.settlement import ROUNDING, Fee, LineKind, PaymentSettled
from shared.errors.taxonomy import AlreadyHandled
from shared.moments import timestamp
from shared.money import Money
from shared.persistence.rows import Row
from tests.doubles.memory_table import MemoryTable
from tests.doubles.memory_vault import MemoryVault

START = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)


@dataclass
class Ledger:
    """`stream` holds the rows that were inserted and not folded yet."""

    now: datetime = START
    table: MemoryTable = field(default_factory=MemoryTable)
    vault: MemoryVault = field(default_factory=MemoryVault)
    stream: list[Row] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.journal = DynamoDbJournal(self.table)
        self.folds = DynamoDbFolds(self.table)
        self.attested = DynamoDbAttested(self.table)

    def hear(self, event: Event, message_id: str, *, at: datetime | None = None) -> None:
        """Deliver an event as the queue does; a duplicate is acknowledged."""
        envelope: Envelope[Any] = Envelope(
            id=message_id,
            source="quittance.payments",
            subject="pay_1",
            time=at or self.now,
            sequence=1,
            correlation_id="cor_0123456789abcdefghjkmnpqrs",
            causation_id="payments/webhook/1",
            traceparent="00-000cbe9ed81b71bc63a27d6167d147b3-587862398c3b3480-01",
            data=event,
        )
        with suppress(AlreadyHandled):
            react(envelope, self.cause(message_id), journal=self.journal, attested=self.attested)
        self.drain()

    def cause(self, id_: str) -> Cause:
        return Cause(
            id=id_,
            correlation_id="cor_0123456789abcdefghjkmnpqrs",
            traceparent="00-000cbe9ed81b71bc63a27d6167d147b3-587862398c3b3480-01",
            now=self.now,
        )

    def drain(self) -> None:
        self.stream += [row for row in self.table.drain_inserts() if row["sk"] == "ENTRY"]

    def fold(self) -> int:
        """Fold everything that the stream has brought."""
        self.drain()
        rows, self.stream = self.stream, []
        return fold(rows, folds=self.folds, now=self.now)

    def tick(self, **delta: int) -> None:
        self.now += timedelta(**delta)

    def seal(self) -> list[str]:
        return seal_days(
            journal=self.journal,
            folds=self.folds,
            seals=self.vault,
            now=self.now,
            timestamp=timestamp(self.now),
        )

    def prove(self) -> Proof:
        return prove(
            journal=self.journal,
            folds=self.folds,
            seals=self.vault,
            attested=self.attested,
            now=self.now,
        )

    def balance(self, code: str, currency: str = "EUR") -> int:
        """Of the entries themselves."""
        return current(journal=self.journal).sums.balance(code, currency).balance.minor


def eur(minor: int) -> Money:
    return Money(minor, "EUR")


def authorized(minor: int = 3998, payment: str = "pay_1") -> PaymentAuthorized:
    return PaymentAuthorized(
        payment_id=payment,
        order_id=f"ord_{payment}",
        amount=eur(minor),
        provider="sandbox",
        provider_reference="sbx_op_1",
    )


def captured(
    minor: int = 3998, payment: str = "pay_1", number: int = 1, *, unapplied: bool = False
) -> PaymentCaptured:
    return PaymentCaptured(
        payment_id=payment,
        order_id=f"ord_{payment}",
        capture_id=f"{payment}-capture-{number}",
        amount=eur(minor),
        captured=eur(minor),
        provider="sandbox",
        provider_reference="sbx_op_2",
        unapplied=unapplied,
    )


def capture_failed(
    minor: int = 3998, payment: str = "pay_1", number: int = 1, *, undoes: bool = True
) -> CaptureFailed:
    return CaptureFailed(
        payment_id=payment,
        order_id=f"ord_{payment}",
        capture_id=f"{payment}-capture-{number}",
        amount=eur(minor),
        code="capture_failed",
        undoes_capture=undoes,
    )


def voided(minor: int = 3998, payment: str = "pay_1") -> PaymentVoided:
    return PaymentVoided(payment_id=payment, order_id=f"ord_{payment}", amount=eur(minor))


def expired(minor: int = 3998, payment: str = "pay_1") -> AuthorizationExpired:
    return AuthorizationExpired(payment_id=payment, order_id=f"ord_{payment}", amount=eur(minor))


def refund_requested(
    minor: int,
    payment: str = "pay_1",
    refund: str = "re_1",
    *,
    unapplied: bool = False,
    owed: int = 0,
) -> RefundRequested:
    return RefundRequested(
        payment_id=payment,
        order_id=f"ord_{payment}",
        refund_id=refund,
        amount=eur(minor),
        reason="returned",
        unapplied=unapplied,
        already_owed=eur(owed) if owed else None,
    )


def refunded(minor: int, payment: str = "pay_1", refund: str = "re_1") -> PaymentRefunded:
    return PaymentRefunded(
        payment_id=payment,
        order_id=f"ord_{payment}",
        refund_id=refund,
        amount=eur(minor),
        refunded=eur(minor),
        provider="sandbox",
        provider_reference="sbx_op_3",
    )


def refund_failed(
    minor: int,
    undoes: Undoes,
    payment: str = "pay_1",
    refund: str = "re_1",
    *,
    unapplied: bool = False,
    owed: int = 0,
) -> RefundFailed:
    return RefundFailed(
        payment_id=payment,
        order_id=f"ord_{payment}",
        refund_id=refund,
        amount=eur(minor),
        code="account_closed",
        undoes=undoes,
        unapplied=unapplied,
        already_owed=eur(owed) if owed else None,
    )


def settled(
    kind: LineKind,
    gross: Money,
    net: Money,
    *fees: Money,
    payment: str = "pay_1",
    line: str = "line_1",
    rounding: Money | None = None,
    **changed: Any,
) -> PaymentSettled:
    told: dict[str, Any] = {
        "line_id": line,
        "provider": "sandbox",
        "account": "sandbox",
        "payout_id": "po_1",
        "kind": kind,
        "word": kind.value,
        "reference": f"{payment}-capture-1" if payment else "",
        "payment_id": payment,
        "order_id": f"ord_{payment}" if payment else "",
        "provider_payment": "sbx_pay_1",
        "provider_reference": "sbx_op_2",
        "gross": gross,
        "fees": (
            *(Fee(part="processing", amount=fee) for fee in fees),
            *([] if rounding is None else [Fee(part=ROUNDING, amount=rounding)]),
        ),
        "net": net,
        "rate": None,
        "occurred_at": START,
        "settled_on": START.date(),
        "report_id": "rep_1",
        "row": 1,
    }
    return PaymentSettled(**{**told, **changed})


def dispute(
    kind: type, minor: int, payment: str = "pay_1", number: int = 1
) -> DisputeOpened | DisputeWon | DisputeLost:
    names = {"payment_id": payment, "order_id": f"ord_{payment}", "amount": eur(minor)}
    more = {"reason": "fraudulent"} if kind is DisputeOpened else {}
    event: DisputeOpened | DisputeWon | DisputeLost = kind(
        **names, **more, dispute_id=f"dp_{number}"
    )
    return event
