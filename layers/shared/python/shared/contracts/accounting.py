"""What the accounting service publishes."""

from dataclasses import dataclass
from datetime import date

from shared.contracts.envelope import Event
from shared.money import Money


@dataclass(frozen=True, slots=True, kw_only=True)
class LedgerEntryCreated(Event):
    """A fact is in the books. `fact` is the type of the event that was booked, `amount` its sum.

    `reference` is the operation that the entry is about, and empty where that is none.
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
class LedgerEntrySuspended(LedgerEntryCreated):
    """A fact is in the books, in part on the suspense account: `code` says why the ledger refused
    the account it belongs on. A person must resolve it."""

    code: str


@dataclass(frozen=True, slots=True, kw_only=True)
class LedgerBreached(Event):
    """The nightly self-proof has found something that must never be; a person must look at it.

    `entry_id` names the first entry that shows it, and is empty where no single one does.
    """

    proof_id: str
    check: str
    detail: str
    entry_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ReconciliationRequested(Event):
    """A provider's books are to be reconciled through `day`; read by accounting alone.

    A long run is done in parts, each asked for by the one before.
    """

    reconciliation_id: str
    provider: str
    day: date
    part: int


@dataclass(frozen=True, slots=True, kw_only=True)
class DiscrepancyFound(Event):
    """An operation and its settled lines disagree; `residual` stands in suspense, by currency.

    `kind` is the item's class. Above zero is missing at the provider, below zero unknown to us. It
    is told again when the class or the residual of the same item changes.
    """

    reconciliation_id: str
    item_id: str
    provider: str
    payment_id: str
    kind: str
    residual: tuple[Money, ...]
    since: date


@dataclass(frozen=True, slots=True, kw_only=True)
class DiscrepancyExplained(Event):
    """What was a discrepancy is none any more: a later line or operation explains it."""

    reconciliation_id: str
    item_id: str
    provider: str
    payment_id: str
    kind: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PayoutArrived(Event):
    """An entry of a bank's statement is a provider's payout: it is in transit no more.

    Below zero the bank paid it: the provider collected, or a payout went back.
    """

    payout_id: str
    provider: str
    line_id: str
    amount: Money
    booked_on: date


@dataclass(frozen=True, slots=True, kw_only=True)
class ReconciliationCompleted(Event):
    """A run is through: every operation and line that it looked at is in one class."""

    reconciliation_id: str
    provider: str
    day: date
    operations: int
    lines: int
    discrepancies: int
    payouts: int
    payouts_unexplained: int


type Published = (
    LedgerEntryCreated
    | LedgerEntrySuspended
    | LedgerBreached
    | ReconciliationRequested
    | DiscrepancyFound
    | DiscrepancyExplained
    | PayoutArrived
    | ReconciliationCompleted
)
