"""An order as the API shows it."""

from typing import TypedDict

from orders.domain.order import CaptureMode, Order, RefundStatus
from orders.domain.states import OrderStatus
from shared.moments import timestamp
from shared.rest.events import Timestamp


class LineView(TypedDict):
    """What is bought, how many of it, and what one costs in minor units of the currency."""

    sku: str
    quantity: int
    unit_amount: int


class RefundView(TypedDict):
    """A refund of an order, in minor units of its currency."""

    refund_id: str
    order_id: str
    status: RefundStatus
    amount: int
    currency: str
    reason: str


class OrderView(TypedDict):
    """An order; all amounts are whole minor units of `currency`."""

    order_id: str
    status: OrderStatus
    customer_id: str
    amount: int
    currency: str
    captured: int
    refunding: int
    refunded: int
    disputed: int
    refundable: int
    refunds: list[RefundView]
    lines: list[LineView]
    payment_id: str
    capture: CaptureMode
    failure_code: str | None
    metadata: dict[str, str]
    correlation_id: str
    created_at: Timestamp
    version: int


def order_view(order: Order) -> OrderView:
    return {
        "order_id": order.order_id,
        "status": order.status,
        "customer_id": order.purchase.customer_id,
        "amount": order.amount.minor,
        "currency": order.amount.currency,
        "captured": order.captured.minor,
        "refunding": order.refunding.minor,
        "refunded": order.refunded.minor,
        "disputed": order.disputed.minor,
        "refundable": order.refundable.minor,
        "refunds": [refund_view(order, refund.refund_id) for refund in order.refunds],
        "lines": [
            {"sku": line.sku, "quantity": line.quantity, "unit_amount": line.unit_amount.minor}
            for line in order.purchase.lines
        ],
        "payment_id": order.payment_id,
        "capture": order.purchase.capture,
        "failure_code": order.failure_code,
        "metadata": dict(order.purchase.metadata),
        "correlation_id": order.correlation_id,
        "created_at": timestamp(order.created_at),
        "version": order.version,
    }


def refund_view(order: Order, refund_id: str) -> RefundView:
    """One of the order's refunds."""
    refund = next(each for each in order.refunds if each.refund_id == refund_id)
    return {
        "refund_id": refund.refund_id,
        "order_id": order.order_id,
        "status": refund.status,
        "amount": refund.amount.minor,
        "currency": refund.amount.currency,
        "reason": refund.reason,
    }
