"""What payments says of a dispute that is fought, and of money that was given back twice."""

from dataclasses import dataclass

from shared.contracts.envelope import Event
from shared.money import Money


@dataclass(frozen=True, slots=True, kw_only=True)
class EvidenceSubmitted(Event):
    """The provider has what speaks for us in a dispute; the evidence itself is not told."""

    payment_id: str
    order_id: str
    dispute_id: str
    evidence_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PaymentOverdrawn(Event):
    """By the provider's word more has gone back than was captured: `excess` more, by now.

    A refund and a dispute have taken the same money, or what undid one of them is not heard of
    yet. All of it is told and booked; a person finds out which it is.
    """

    payment_id: str
    order_id: str
    excess: Money
