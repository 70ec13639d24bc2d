"""Answers of the API as it gives them, for the tests of those who read them."""

from typing import Any

ORDER: dict[str, Any] = {
    "order_id": "ord_1",
    "status": "authorized",
    "customer_id": "ada",
    "amount": 3998,
    "currency": "EUR",
    "captured": 0,
    "refunding": 0,
    "refunded": 0,
    "disputed": 0,
    "refundable": 0,
    "refunds": [],
    "lines": [{"sku": "mug", "quantity": 2, "unit_amount": 1999}],
    "payment_id": "pay_1",
    "capture": "on_confirmation",
    "failure_code": None,
    "metadata": {},
    "correlation_id": "cor_1",
    "created_at": "2026-11-24T10:00:00.000000Z",
    "version": 2,
}
REFUND: dict[str, Any] = {
    "refund_id": "ref_1",
    "order_id": "ord_1",
    "status": "pending",
    "amount": 1000,
    "currency": "EUR",
    "reason": "one mug [broken]",
}
PAYMENT: dict[str, Any] = {
    "payment_id": "pay_1",
    "order_id": "ord_1",
    "status": "captured",
    "currency": "EUR",
    "authorized": 3998,
    "capturing": 0,
    "captured": 3998,
    "settled": 0,
    "released": 0,
    "expired": 0,
    "refunding": 0,
    "refunded": 0,
    "disputed": 0,
    "charged_back": 0,
    "capturable": 0,
    "refundable": 3998,
    "provider": "sandbox",
    "capture_before": "2026-12-01T10:00:00.000000Z",
    "attempts": [
        {
            "attempt_id": "att_1",
            "operation": "authorize",
            "provider": "sandbox",
            "status": "succeeded",
            "amount": 3998,
            "provider_reference": "sbx_op_1",
            "decline_code": None,
            "decline_class": None,
            "withdrawn": False,
            "started_at": "2026-11-24T10:00:00.500000Z",
        }
    ],
    "disputes": [],
    "version": 4,
}
ENTRY: dict[str, Any] = {
    "entry_id": "ent_1",
    "fact": "PaymentCaptured",
    "payment_id": "pay_1",
    "order_id": "ord_1",
    "cause": "payments/pay_1/4/0",
    "description": "Captured",
    "postings": [
        {
            "account": "1100",
            "account_name": "Customer receivable",
            "side": "debit",
            "amount": 3998,
            "currency": "EUR",
        },
        {
            "account": "4000",
            "account_name": "Revenue",
            "side": "credit",
            "amount": 3998,
            "currency": "EUR",
        },
    ],
    "booked_at": "2026-11-24T10:00:02.000000Z",
    "effective_at": "2026-11-24T10:00:01.500000Z",
    "correlation_id": "cor_1",
    "causation_id": "payments/pay_1/4/0",
    "event_id": "accounting/ent_1/1/0",
}
BALANCE: dict[str, Any] = {
    "currency": "EUR",
    "at": "2026-11-24T10:00:03.000000Z",
    "accounts": [
        {
            "account": "1100",
            "name": "Customer receivable",
            "debit": 3998,
            "credit": 0,
            "balance": 3998,
            "normal_side": "debit",
        },
        {
            "account": "4000",
            "name": "Revenue",
            "debit": 0,
            "credit": 3998,
            "balance": 3998,
            "normal_side": "credit",
        },
    ],
    "total_debit": 3998,
    "total_credit": 3998,
}
PROBLEM: dict[str, Any] = {
    "type": "https://quittance.dev/problems/invalid_request",
    "title": "The request is not valid",
    "status": 422,
    "detail": "2 places are wrong",
    "code": "invalid_request",
    "retryable": False,
    "correlation_id": "cor_9",
    "errors": [{"pointer": "/lines/0/quantity", "detail": "must be positive"}],
}


def event(**changes: Any) -> dict[str, Any]:
    return {
        "id": "orders/ord_1/1/0",
        "time": "2026-11-24T10:00:00.000000Z",
        "service": "orders",
        "type": "OrderPlaced",
        "sequence": 1,
        "correlation_id": "cor_1",
        "causation_id": "req_1",
        "data": {},
        "processed_at": None,
    } | changes
