"""A payment as the API shows it."""

from typing import TypedDict

from payments.domain.attempt import Attempt, AttemptStatus
from payments.domain.payment import Dispute, DisputeStatus, EvidenceStatus, Payment
from payments.domain.states import PaymentStatus
from shared.contracts.provider_notice import DeclineClass, Operation
from shared.moments import timestamp
from shared.rest.events import Timestamp


class AttemptView(TypedDict):
    """One try of one operation at the provider; `key` is the provider's idempotency key."""

    attempt_id: str
    operation: Operation
    provider: str
    status: AttemptStatus
    amount: int
    provider_reference: str | None
    decline_code: str | None
    decline_class: DeclineClass | None
    withdrawn: bool
    key: str
    started_at: Timestamp


class RefundView(TypedDict):
    """A refund; it stands as its attempt does, unless that was withdrawn."""

    refund_id: str
    attempt_id: str
    status: AttemptStatus
    amount: int
    withdrawn: bool


class EvidenceView(TypedDict):
    """What speaks for us; its text is not shown again."""

    evidence_id: str
    document: str
    status: EvidenceStatus


class DisputeView(TypedDict):
    """One stage of a dispute, under the provider's name for it."""

    dispute_id: str
    status: DisputeStatus
    amount: int
    reason: str
    evidence_due: Timestamp | None
    evidence: list[EvidenceView]


class PaymentView(TypedDict):
    """A payment; all amounts are whole minor units of `currency`."""

    payment_id: str
    order_id: str
    status: PaymentStatus
    currency: str
    amount: int
    authorized: int
    capturing: int
    captured: int
    settled: int
    released: int
    expired: int
    refunding: int
    refunded: int
    disputed: int
    charged_back: int
    capturable: int
    refundable: int
    provider: str
    provider_payment: str | None
    capture_before: Timestamp | None
    attempts: list[AttemptView]
    refunds: list[RefundView]
    disputes: list[DisputeView]
    correlation_id: str
    version: int


class PaymentsView(TypedDict):
    """A page of payments; `next_cursor` is null on the last one."""

    data: list[PaymentView]
    next_cursor: str | None


def payments_view(page: list[Payment], cursor: str | None) -> PaymentsView:
    return {"data": [payment_view(payment) for payment in page], "next_cursor": cursor}


def payment_view(payment: Payment) -> PaymentView:
    capture_before = payment.capture_before
    return {
        "payment_id": payment.payment_id,
        "order_id": payment.order_id,
        "status": payment.status,
        "currency": payment.amount.currency,
        "amount": payment.amount.minor,
        "authorized": payment.authorized.minor,
        "capturing": payment.capturing.minor,
        "captured": payment.captured.minor,
        "settled": payment.settled.minor,
        "released": payment.released.minor,
        "expired": payment.expired.minor,
        "refunding": payment.refunding.minor,
        "refunded": payment.refunded.minor,
        "disputed": payment.disputed.minor,
        "charged_back": payment.charged_back.minor,
        "capturable": payment.held.minor,
        "refundable": payment.refundable.minor,
        "provider": payment.provider,
        "provider_payment": payment.provider_payment,
        "capture_before": None if capture_before is None else timestamp(capture_before),
        "attempts": [_attempt_view(attempt) for attempt in payment.attempts],
        "refunds": [
            _refund_view(each) for each in payment.attempts if each.operation is Operation.REFUND
        ],
        "disputes": [_dispute_view(dispute) for dispute in payment.disputes],
        "correlation_id": payment.correlation_id,
        "version": payment.version,
    }


def _attempt_view(attempt: Attempt) -> AttemptView:
    return {
        "attempt_id": attempt.attempt_id,
        "operation": attempt.operation,
        "provider": attempt.provider,
        "status": attempt.status,
        "amount": attempt.amount.minor,
        "provider_reference": attempt.provider_reference,
        "decline_code": attempt.decline_code,
        "decline_class": attempt.decline_class,
        "withdrawn": attempt.withdrawn,
        "key": attempt.key,
        "started_at": timestamp(attempt.started_at),
    }


def _refund_view(attempt: Attempt) -> RefundView:
    return {
        "refund_id": str(attempt.refund_id),
        "attempt_id": attempt.attempt_id,
        "status": attempt.status,
        "amount": attempt.amount.minor,
        "withdrawn": attempt.withdrawn,
    }


def _dispute_view(dispute: Dispute) -> DisputeView:
    due = dispute.evidence_due
    return {
        "dispute_id": dispute.dispute_id,
        "status": dispute.status,
        "amount": dispute.amount.minor,
        "reason": dispute.reason,
        "evidence_due": None if due is None else timestamp(due),
        "evidence": [
            {
                "evidence_id": each.evidence_id,
                "document": each.document,
                "status": each.status,
            }
            for each in dispute.evidence
        ],
    }
