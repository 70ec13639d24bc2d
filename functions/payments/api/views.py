"""A payment as the API shows it."""

from typing import TypedDict

from payments.domain.attempt import Attempt, AttemptStatus
from payments.domain.payment import Payment, PaymentStatus
from shared.contracts.codec import timestamp
from shared.contracts.payments import Operation
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
    key: str
    started_at: Timestamp


class PaymentView(TypedDict):
    """A payment; all amounts are whole minor units of `currency`."""

    payment_id: str
    order_id: str
    status: PaymentStatus
    currency: str
    amount: int
    authorized: int
    captured: int
    refunded: int
    disputed: int
    capturable: int
    refundable: int
    provider: str
    provider_payment: str | None
    capture_before: Timestamp | None
    attempts: list[AttemptView]
    refunds: list[str]
    disputes: list[str]
    correlation_id: str
    version: int


def payment_view(payment: Payment) -> PaymentView:
    capture_before = payment.capture_before
    return {
        "payment_id": payment.payment_id,
        "order_id": payment.order_id,
        "status": payment.status,
        "currency": payment.amount.currency,
        "amount": payment.amount.minor,
        "authorized": payment.authorized.minor,
        "captured": payment.captured.minor,
        "refunded": 0,
        "disputed": 0,
        "capturable": payment.capturable.minor,
        "refundable": payment.captured.minor,
        "provider": payment.provider,
        "provider_payment": payment.provider_payment,
        "capture_before": None if capture_before is None else timestamp(capture_before),
        "attempts": [_attempt_view(attempt) for attempt in payment.attempts],
        "refunds": [],
        "disputes": [],
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
        "key": attempt.key,
        "started_at": timestamp(attempt.started_at),
    }
