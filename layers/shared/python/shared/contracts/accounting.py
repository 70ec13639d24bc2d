"""What the accounting service publishes."""

from dataclasses import dataclass

from shared.contracts.envelope import Event
from shared.money import Money


@dataclass(frozen=True, slots=True, kw_only=True)
class LedgerEntryCreated(Event):
    """A fact is in the books. `fact` is the type of the event that was booked, `amount` its sum."""

    entry_id: str
    fact: str
    payment_id: str
    order_id: str
    amount: Money


type Published = LedgerEntryCreated
