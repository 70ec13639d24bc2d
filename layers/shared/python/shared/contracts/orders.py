"""What the orders service publishes."""

from dataclasses import dataclass

from shared.contracts import compensation
from shared.contracts.envelope import Event
from shared.money import Money


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderPlaced(Event):
    """A customer wants to buy; authorization of the payment has been asked for."""

    order_id: str
    customer_id: str
    payment_id: str
    amount: Money


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderConfirmed(Event):
    """The order will be delivered; capture of `amount` has been asked for."""

    order_id: str
    payment_id: str
    amount: Money


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderCancelled(Event):
    """The order will not be delivered, and no money of it is held or was taken."""

    order_id: str
    payment_id: str


type Published = OrderPlaced | OrderConfirmed | OrderCancelled | compensation.Published
