"""What the API shows of one order in its life; the types of the views check every field."""

import base64
from typing import Any

from orders.api.views import OrderView, RefundView
from orders.domain.order import CaptureMode, RefundStatus
from orders.domain.states import OrderStatus
from payments.api.views import AttemptView, PaymentsView, PaymentView
from payments.domain.attempt import AttemptStatus
from payments.domain.payment import DisputeStatus, EvidenceStatus
from payments.domain.states import PaymentStatus
from shared.contracts.envelope import Message
from shared.contracts.orders import OrderConfirmed, OrderPlaced
from shared.contracts.payments import (
    AuthorizePayment,
    CapturePayment,
    PaymentAuthorized,
    PaymentCaptured,
    WebhookReceived,
)
from shared.contracts.provider_notice import Operation
from shared.persistence.outbox import outbox_attributes
from shared.rest.events import EventsView, listing
from tests.contract.envelopes import (
    AUTHORIZATION,
    CAPTURE,
    CORRELATION,
    ORDER,
    PAYMENT,
    PROVIDER_PAYMENT,
    envelope,
)

ORDER_REQUEST: dict[str, Any] = {
    "customer_id": "customer-17",
    "currency": "EUR",
    "lines": [{"sku": "mug-blue", "quantity": 2, "unit_amount": 1999}],
    "payment_method": {"token": "tok_visa"},
    "capture": "on_confirmation",
    "metadata": {"basket": "8841"},
}
CONFIRMATION_REQUEST: dict[str, Any] = {"amount": 3998, "currency": "EUR"}
PAYMENT_RETRY_REQUEST: dict[str, Any] = {"payment_method": {"token": "tok_visa"}}
REFUND_REQUEST: dict[str, Any] = {
    "amount": 1000,
    "currency": "EUR",
    "reason": "one mug arrived broken",
}
EVIDENCE_REQUEST: dict[str, Any] = {
    "text": "The parcel was handed over on the 4th, and signed for.",
    "document": "deliveries/1001.pdf",
}
REFUND_OF_THE_REST: dict[str, Any] = {"reason": "sent back"}

PLACED: OrderView = {
    "order_id": ORDER,
    "status": OrderStatus.PENDING,
    "customer_id": "customer-17",
    "amount": 3998,
    "currency": "EUR",
    "captured": 0,
    "refunding": 0,
    "refunded": 0,
    "disputed": 0,
    "refundable": 0,
    "refunds": [],
    "lines": [{"sku": "mug-blue", "quantity": 2, "unit_amount": 1999}],
    "payment_id": PAYMENT,
    "capture": CaptureMode.ON_CONFIRMATION,
    "failure_code": None,
    "metadata": {"basket": "8841"},
    "correlation_id": CORRELATION,
    "created_at": "2026-11-03T09:30:00.125000Z",
    "version": 1,
}
DECLINED: OrderView = {
    **PLACED,
    "status": OrderStatus.PAYMENT_FAILED,
    "failure_code": "insufficient_funds",
    "version": 2,
}
PAID_ANEW: OrderView = {**PLACED, "version": 3}
CAPTURING: OrderView = {**PLACED, "status": OrderStatus.CAPTURING, "version": 3}
CANCELLING: OrderView = {**PLACED, "status": OrderStatus.CANCELLING, "version": 3}
PAID: OrderView = {
    **PLACED,
    "status": OrderStatus.PAID,
    "captured": 3998,
    "refundable": 3998,
    "version": 4,
}
REFUND: RefundView = {
    "refund_id": "ref_1",
    "order_id": ORDER,
    "status": RefundStatus.PENDING,
    "amount": 1000,
    "currency": "EUR",
    "reason": "one mug arrived broken",
}
PARTIALLY_REFUNDED: OrderView = {
    **PAID,
    "status": OrderStatus.PARTIALLY_REFUNDED,
    "refunded": 1000,
    "refundable": 2998,
    "refunds": [{**REFUND, "status": RefundStatus.SUCCEEDED}],
    "version": 6,
}

CAPTURED: PaymentView = {
    "payment_id": PAYMENT,
    "order_id": ORDER,
    "status": PaymentStatus.CAPTURED,
    "currency": "EUR",
    "amount": 3998,
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
    "provider_payment": PROVIDER_PAYMENT,
    "capture_before": "2026-11-10T09:30:00.625000Z",
    "attempts": [
        {
            "attempt_id": f"{PAYMENT}-authorize-1",
            "operation": Operation.AUTHORIZE,
            "provider": "sandbox",
            "status": AttemptStatus.SUCCEEDED,
            "amount": 3998,
            "provider_reference": AUTHORIZATION,
            "decline_code": None,
            "decline_class": None,
            "withdrawn": False,
            "key": f"{PAYMENT}:authorize:1",
            "started_at": "2026-11-03T09:30:00.500000Z",
        },
        {
            "attempt_id": f"{PAYMENT}-capture-1",
            "operation": Operation.CAPTURE,
            "provider": "sandbox",
            "status": AttemptStatus.SUCCEEDED,
            "amount": 3998,
            "provider_reference": CAPTURE,
            "decline_code": None,
            "decline_class": None,
            "withdrawn": False,
            "key": f"{PAYMENT}:capture:1",
            "started_at": "2026-11-03T14:05:01.000000Z",
        },
    ],
    "refunds": [],
    "disputes": [],
    "correlation_id": CORRELATION,
    "version": 6,
}
_REFUND_ATTEMPT: AttemptView = {
    "attempt_id": f"{PAYMENT}-refund-1",
    "operation": Operation.REFUND,
    "provider": "sandbox",
    "status": AttemptStatus.SUCCEEDED,
    "amount": 1000,
    "provider_reference": "sbx_op_qz3ok5mltyxzawm7g2pd",
    "decline_code": None,
    "decline_class": None,
    "withdrawn": False,
    "key": f"{PAYMENT}:refund:1",
    "started_at": "2026-11-05T08:00:00.000000Z",
}
REFUNDED_AND_DISPUTED: PaymentView = {
    **CAPTURED,
    "status": PaymentStatus.DISPUTED,
    "refunded": 1000,
    "disputed": 2998,
    "refundable": 0,
    "attempts": [*CAPTURED["attempts"], _REFUND_ATTEMPT],
    "refunds": [
        {
            "refund_id": "ref_1",
            "attempt_id": f"{PAYMENT}-refund-1",
            "status": AttemptStatus.SUCCEEDED,
            "amount": 1000,
            "withdrawn": False,
        }
    ],
    "disputes": [
        {
            "dispute_id": "sbx_dp_2kq3ya7vfw6r5cmjz1xt",
            "status": DisputeStatus.OPENED,
            "amount": 2998,
            "reason": "fraudulent",
            "evidence_due": "2026-11-14T08:00:00.000000Z",
            "evidence": [
                {
                    "evidence_id": "req_6hq3x1k8v0c4m7t2z9w5jbndp",
                    "document": "deliveries/1001.pdf",
                    "status": EvidenceStatus.SUBMITTED,
                }
            ],
        }
    ],
    "version": 9,
}
CURSOR = base64.urlsafe_b64encode(
    f'["3", "2026-11-03T09:30:00.500000Z#{PAYMENT}"]'.encode()
).decode()
PAYMENTS: PaymentsView = {"data": [CAPTURED], "next_cursor": CURSOR}


def _listed(*messages: type[Message]) -> EventsView:
    processed_on = "2026-11-03T14:05:03.000000Z"
    rows = [outbox_attributes(envelope(message)) for message in messages]
    return listing({**row, "ProcessedOn": processed_on} for row in rows)


ORDER_EVENTS: EventsView = _listed(OrderPlaced, AuthorizePayment, OrderConfirmed, CapturePayment)
PAYMENT_EVENTS: EventsView = _listed(WebhookReceived, PaymentAuthorized, PaymentCaptured)
