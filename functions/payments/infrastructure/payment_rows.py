"""A payment with its attempts and disputes as one row, and back."""

from __future__ import annotations

import zlib
from datetime import datetime
from typing import Any

from payments.domain.attempt import Attempt, AttemptStatus
from payments.domain.payment import (
    Dispute,
    DisputeStatus,
    Evidence,
    EvidenceStatus,
    Payment,
)
from payments.domain.states import PaymentStatus
from shared.contracts.provider_notice import DeclineClass, Operation
from shared.moments import timestamp
from shared.money import Money
from shared.persistence.outbox import SHARDS
from shared.persistence.rows import Row, Value

AMOUNTS = ("authorized", "capturing", "captured", "released", "expired", "refunding", "refunded")


def shard_of(payment_id: str) -> str:
    """Which of the index partitions holds a payment."""
    return SHARDS[zlib.crc32(payment_id.encode()) % len(SHARDS)]


def status_shard(status: PaymentStatus, shard: str) -> str:
    """The index partition of one shard of a status."""
    return f"{status}#{shard}"


def name_at_provider(provider: str, provider_payment: str) -> str:
    """The index partition of a provider's name for a payment."""
    return f"{provider}#{provider_payment}"


def to_row(payment: Payment) -> Row:
    """`Unresolved` and `CheckAt` are there while something is to be asked of the provider."""
    check_at = payment.next_check_at
    shard = shard_of(payment.payment_id)
    return {
        "payment_id": payment.payment_id,
        "order_id": payment.order_id,
        "status": payment.status.value,
        "currency": payment.amount.currency,
        "amount": payment.amount.minor,
        **{name: getattr(payment, name).minor for name in AMOUNTS},
        "payment_method_token": payment.payment_method_token,
        "provider": payment.provider,
        "provider_payment": payment.provider_payment,
        "ProviderPayment": payment.provider_payment
        and name_at_provider(payment.provider, payment.provider_payment),
        "capture_before": _moment(payment.capture_before),
        "cancel_requested": payment.cancel_requested,
        "checks": payment.checks,
        "contradictions": list(payment.contradictions),
        "attempts": [_attempt_to_map(attempt) for attempt in payment.attempts],
        "disputes": [_dispute_to_map(dispute) for dispute in payment.disputes],
        "StatusShard": status_shard(payment.status, shard),
        "CreatedAt": f"{timestamp(payment.attempts[0].started_at)}#{payment.payment_id}",
        "Unresolved": None if check_at is None else shard,
        "CheckAt": _moment(check_at),
    }


def from_row(row: Row) -> Payment:
    read: dict[str, Any] = dict(row)
    currency = read["currency"]
    return Payment(
        payment_id=read["payment_id"],
        order_id=read["order_id"],
        status=PaymentStatus(read["status"]),
        amount=Money(read["amount"], currency),
        **{name: Money(read[name], currency) for name in AMOUNTS},
        payment_method_token=read["payment_method_token"],
        provider=read["provider"],
        provider_payment=read.get("provider_payment"),
        capture_before=_read_moment(read.get("capture_before")),
        cancel_requested=read["cancel_requested"],
        checks=read["checks"],
        contradictions=tuple(read.get("contradictions", ())),
        attempts=tuple(_attempt_from_map(item, currency) for item in read["attempts"]),
        disputes=tuple(_dispute_from_map(item, currency) for item in read["disputes"]),
        correlation_id=read["correlation_id"],
        version=read["version"],
        sequence=read["sequence"],
    )


def _attempt_to_map(attempt: Attempt) -> dict[str, Value]:
    decline_class = attempt.decline_class
    settled = attempt.settled
    return {
        "attempt_id": attempt.attempt_id,
        "operation": attempt.operation.value,
        "provider": attempt.provider,
        "key": attempt.key,
        "amount": attempt.amount.minor,
        "status": attempt.status.value,
        "cause_id": attempt.cause_id,
        "started_at": timestamp(attempt.started_at),
        "final": attempt.final,
        "refund_id": attempt.refund_id,
        "unapplied": attempt.unapplied,
        "already_owed": None if attempt.already_owed is None else attempt.already_owed.minor,
        "settled": None if settled is None else settled.minor,
        "withdrawn": attempt.withdrawn,
        "escalated": attempt.escalated,
        "beside": attempt.beside,
        "provider_reference": attempt.provider_reference,
        "decline_code": attempt.decline_code,
        "decline_class": None if decline_class is None else decline_class.value,
    }


def _attempt_from_map(read: dict[str, Any], currency: str) -> Attempt:
    decline_class, owed = read["decline_class"], read["already_owed"]
    settled = read.get("settled")
    return Attempt(
        attempt_id=read["attempt_id"],
        operation=Operation(read["operation"]),
        provider=read["provider"],
        key=read["key"],
        amount=Money(read["amount"], currency),
        status=AttemptStatus(read["status"]),
        cause_id=read["cause_id"],
        started_at=datetime.fromisoformat(read["started_at"]),
        final=read["final"],
        refund_id=read["refund_id"],
        unapplied=read["unapplied"],
        already_owed=None if owed is None else Money(owed, currency),
        settled=None if settled is None else Money(settled, currency),
        withdrawn=read["withdrawn"],
        escalated=read["escalated"],
        beside=read.get("beside"),
        provider_reference=read["provider_reference"],
        decline_code=read["decline_code"],
        decline_class=None if decline_class is None else DeclineClass(decline_class),
    )


def _dispute_to_map(dispute: Dispute) -> dict[str, Value]:
    return {
        "dispute_id": dispute.dispute_id,
        "amount": dispute.amount.minor,
        "status": dispute.status.value,
        "reason": dispute.reason,
        "evidence_due": _moment(dispute.evidence_due),
        "evidence": [
            {
                "evidence_id": each.evidence_id,
                "text": each.text,
                "document": each.document,
                "status": each.status.value,
            }
            for each in dispute.evidence
        ],
    }


def _dispute_from_map(read: dict[str, Any], currency: str) -> Dispute:
    return Dispute(
        dispute_id=read["dispute_id"],
        amount=Money(read["amount"], currency),
        status=DisputeStatus(read["status"]),
        reason=read["reason"],
        evidence_due=_read_moment(read.get("evidence_due")),
        evidence=tuple(
            Evidence(
                evidence_id=each["evidence_id"],
                text=each["text"],
                document=each["document"],
                status=EvidenceStatus(each["status"]),
            )
            for each in read.get("evidence", ())
        ),
    )


def _moment(moment: datetime | None) -> str | None:
    return None if moment is None else timestamp(moment)


def _read_moment(text: str | None) -> datetime | None:
    return None if text is None else datetime.fromisoformat(text)
