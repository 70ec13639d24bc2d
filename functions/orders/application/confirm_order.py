"""Confirm an order: it will be delivered, so its money is to be captured."""

from orders.application.ports import Orders
from orders.domain.order import Order
from shared.contracts.envelope import Cause
from shared.errors.taxonomy import AlreadyHandled, InvalidRequest, NotFound
from shared.money import Money
from shared.persistence.until_fresh import until_fresh


def confirm_order(
    order_id: str, *, minor: int | None, currency: str | None, orders: Orders, cause: Cause
) -> Order:
    """Ask for the capture of `minor` units of the order's currency, or of all of it.

    Raises NotFound, InvalidTransition, AmountExceedsAuthorized, and InvalidRequest for a currency
    that is not the order's.
    """

    def confirm() -> Order:
        order = _get(order_id, orders)
        if currency is not None and currency != order.amount.currency:
            raise InvalidRequest(f"the order is in {order.amount.currency}")
        amount = order.amount if minor is None else Money(minor, order.amount.currency)
        confirmed, messages = order.confirm(amount)
        return orders.commit(confirmed, messages, cause)

    try:
        return until_fresh(confirm)
    except AlreadyHandled:
        return _get(order_id, orders)


def _get(order_id: str, orders: Orders) -> Order:
    order = orders.find(order_id)
    if order is None:
        raise NotFound("no such order")
    return order
