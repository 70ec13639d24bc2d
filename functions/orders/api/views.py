"""An order as the API shows it."""

from typing import Any

from orders.domain.order import Order
from shared.contracts.codec import timestamp


def order_view(order: Order) -> dict[str, Any]:
    return {
        "order_id": order.order_id,
        "status": order.status.value,
        "customer_id": order.purchase.customer_id,
        "amount": order.amount.minor,
        "currency": order.amount.currency,
        "captured": order.captured.minor,
        "lines": [
            {"sku": line.sku, "quantity": line.quantity, "unit_amount": line.unit_amount.minor}
            for line in order.purchase.lines
        ],
        "payment_id": order.payment_id,
        "capture": order.purchase.capture.value,
        "failure_code": order.failure_code,
        "metadata": dict(order.purchase.metadata),
        "correlation_id": order.correlation_id,
        "created_at": timestamp(order.created_at),
        "version": order.version,
    }
