"""A payment as the API shows it."""

from typing import Any

from payments.domain.attempt import Attempt
from payments.domain.payment import Payment
from shared.contracts.codec import timestamp


def payment_view(payment: Payment) -> dict[str, Any]:
    capture_before = payment.capture_before
    return {
        "payment_id": payment.payment_id,
        "order_id": payment.order_id,
        "status": payment.status.value,
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


def _attempt_view(attempt: Attempt) -> dict[str, Any]:
    return {
        "attempt_id": attempt.attempt_id,
        "operation": attempt.operation.value,
        "provider": attempt.provider,
        "status": attempt.status.value,
        "amount": attempt.amount.minor,
        "provider_reference": attempt.provider_reference,
        "decline_code": attempt.decline_code,
        "key": attempt.key,
        "started_at": timestamp(attempt.started_at),
    }
