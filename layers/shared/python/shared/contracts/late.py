"""What payments publishes of money that came after nobody waited for it any more."""

from dataclasses import dataclass

from shared.contracts.envelope import Event
from shared.money import Money


@dataclass(frozen=True, slots=True, kw_only=True)
class CaptureUnapplied(Event):
    """`amount` was captured after its payment was given up: it is owed back to the customer."""

    payment_id: str
    order_id: str
    capture_id: str
    amount: Money
