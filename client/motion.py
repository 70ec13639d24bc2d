"""Whether more is to come by itself, or an order or payment waits for somebody."""

from client.answers import Order, Payment

MOVING_ORDERS = frozenset({"pending", "capturing", "cancelling"})
MOVING_PAYMENTS = frozenset({"requires_authorization", "authorizing", "capturing", "voiding"})


def order_moves(order: Order) -> bool:
    """An order that is captured automatically does not rest when it is authorized."""
    if order["status"] == "authorized":
        return order["capture"] == "automatic"
    return order["status"] in MOVING_ORDERS


def payment_moves(payment: Payment) -> bool:
    return payment["status"] in MOVING_PAYMENTS
