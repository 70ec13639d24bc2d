"""Whether more is to come by itself, or an order or payment waits for somebody."""

from client.answers import Order, Payment

MOVING_ORDERS = frozenset({"pending", "capturing", "cancelling"})
MOVING_PAYMENTS = frozenset({"requires_authorization", "authorizing", "capturing", "voiding"})
UNDECIDED_ATTEMPTS = frozenset({"started", "pending", "unknown"})


def order_moves(order: Order) -> bool:
    """A refund moves without the status. An order that is captured automatically does not rest
    when it is authorized.
    """
    if order["refunding"] > 0:
        return True
    if order["status"] == "authorized":
        return order["capture"] == "automatic"
    return order["status"] in MOVING_ORDERS


def payment_moves(payment: Payment) -> bool:
    undecided = any(attempt["status"] in UNDECIDED_ATTEMPTS for attempt in payment["attempts"])
    return undecided or payment["status"] in MOVING_PAYMENTS
