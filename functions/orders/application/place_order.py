"""Place an order: the first step of every payment."""

from collections.abc import Sequence

from orders.application.ports import Orders
from orders.domain.order import Order
from shared.contracts.envelope import Cause, Message
from shared.errors.taxonomy import AlreadyHandled, IdempotencyKeyReused, StaleRow


def place_order(
    order: Order, messages: Sequence[Message], *, orders: Orders, cause: Cause
) -> Order:
    """Keep a new order; the same request again gives the order as it stands now.

    Raises IdempotencyKeyReused when the order of this key was made by another request.
    """
    try:
        return orders.commit(order, messages, cause)
    except (AlreadyHandled, StaleRow):
        existing = orders.find(order.order_id)
        if existing is None or existing.purchase != order.purchase:
            raise IdempotencyKeyReused from None
        return existing
