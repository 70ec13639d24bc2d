"""What payments says of a dispute that is fought."""

from dataclasses import dataclass

from shared.contracts.envelope import Event


@dataclass(frozen=True, slots=True, kw_only=True)
class EvidenceSubmitted(Event):
    """The provider has what speaks for us in a dispute; the evidence itself is not told."""

    payment_id: str
    order_id: str
    dispute_id: str
    evidence_id: str
