"""What a merchant decides of its orders: what fits their state, and what does not."""

from random import Random
from typing import Final

from orders.domain.decisions import Change, cancel, confirm, pay_anew, refund
from orders.domain.order import Order
from orders.domain.states import OrderStatus
from shared.money import Money

DECISIONS: Final = {
    OrderStatus.PENDING: ("confirm",) * 99 + ("cancel",),
    OrderStatus.AUTHORIZED: ("confirm",) * 5 + ("cancel",),
    OrderStatus.CAPTURING: ("refund",) * 99 + ("cancel",),
    OrderStatus.PAYMENT_FAILED: ("pay_anew", "cancel"),
    OrderStatus.PAID: ("refund",),
    OrderStatus.PARTIALLY_REFUNDED: ("refund",),
    OrderStatus.DISPUTED: ("refund",),
}


def decision(order: Order, rng: Random, name: str) -> Change:
    """One of the things to do with an order; raises what the order refuses with."""
    amount = Money(rng.randint(1, order.amount.minor), "EUR")
    match rng.choice(DECISIONS.get(order.status, ("cancel",))):
        case "confirm":
            return confirm(order, rng.choice((order.amount, amount)))
        case "pay_anew":
            return pay_anew(order, "tok_other")
        case "refund":
            return refund(order, amount, refund_id=f"ref-{name}", reason="returned")
        case _:
            return cancel(order, request_id=name)
