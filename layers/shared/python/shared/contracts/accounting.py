"""What the accounting service publishes."""

from dataclasses import dataclass

from shared.contracts.envelope import Event
from shared.money import Money


@dataclass(frozen=True, slots=True, kw_only=True)
class LedgerEntryCreated(Event):
    """A fact is in the books. `fact` is the type of the event that was booked, `amount` its sum.

    `reference` is the capture, refund or dispute it is about, and empty where that is none.
    Entries that people made have facts of their own (`ManualEntry`, `Reversal`, `HoldPlaced`, …)
    and may be about no payment: its id and the order's are empty then.
    """

    entry_id: str
    fact: str
    payment_id: str
    order_id: str
    amount: Money
    reference: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class LedgerBreached(Event):
    """The nightly self-proof has found something that must never be; a person must look at it.

    `entry_id` names the first entry that shows it, and is empty where no single one does.
    """

    proof_id: str
    check: str
    detail: str
    entry_id: str


type Published = LedgerEntryCreated | LedgerBreached
