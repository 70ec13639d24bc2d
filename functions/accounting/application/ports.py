"""What the use cases of accounting need from the outside."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, Protocol

from accounting.domain.arrivals import PayoutSent
from accounting.domain.balances import Sums
from accounting.domain.chain import Block, Head
from accounting.domain.chart_of_accounts import Account
from accounting.domain.journal import Authorship, JournalEntry
from accounting.domain.limits import Room
from accounting.domain.manual import Draft, Periods
from accounting.domain.movements import Movement, Movements
from accounting.domain.payouts import PayoutLine
from accounting.domain.reconciliation import Class, Item, Line
from accounting.domain.reconciliation_run import Run
from accounting.domain.settlement_record import Review, SettlementRecord
from shared.contracts.accounting import LedgerBreached, LedgerEntryCreated
from shared.contracts.attestation import AttestedOperation, DayAttested, OperationsAttested
from shared.contracts.bank import BankLineBooked
from shared.contracts.envelope import Cause, Event
from shared.contracts.settlement import PaymentSettled


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposal:
    """Entries that wait for a second person; once approved, `entry_ids` are in the books."""

    proposal_id: str
    request_id: str
    drafts: tuple[Draft, ...]
    by: Authorship
    entry_ids: tuple[str, ...] = ()
    version: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class ToldLine:
    """A settled line, or a bank's, and the day (UTC) on which it came here, for the next run to
    take up: that is not when it was settled, nor when it was sent.
    """

    line: PaymentSettled | BankLineBooked
    told_on: date


class Journal(Protocol):
    def find(self, entry_id: str) -> JournalEntry | None: ...

    def entries_of(self, payment_id: str) -> list[JournalEntry]:
        """A payment's entries in the order they were booked; the latest may be missing."""

    def append(
        self,
        entries: Sequence[tuple[JournalEntry, LedgerEntryCreated]],
        cause: Cause,
        *,
        rooms: Sequence[Room] = (),
        settles: Proposal | None = None,
        line: ToldLine | None = None,
    ) -> None:
        """Write the entries with their announcements, what their limits become, and the settled
        line that they book, or nothing.

        Raises StaleRow when an entry or line of such an id is there or a room has changed,
        StoreBusy.
        """

    def entries(self) -> Iterable[JournalEntry]:
        """Every entry, consistently, in no order."""

    def rows(self) -> Iterable[Mapping[str, Any]]:
        """The same as they are stored, with a name for what no row can hold."""

    def stored_entries(self, entry_ids: Sequence[str]) -> dict[str, Mapping[str, Any]]:
        """Those entries that are there, as they are stored, by id; as `rows`."""

    def read(self, row: Mapping[str, Any]) -> JournalEntry:
        """A stored entry; raises for what is none."""

    def periods(self) -> Periods: ...

    def close(self, through: date, by: Authorship, *, now: datetime) -> None: ...

    def room(self, account: Account, currency: str) -> Room: ...

    def holds_ended(self, now: datetime) -> Iterable[str]:
        """The holds whose end has come since `holds_done` was last told, resolved or not."""

    def holds_done(self, through: datetime, *, now: datetime) -> None:
        """Nothing that ended until `through` is still to be freed."""

    def proposal(self, proposal_id: str) -> Proposal | None: ...

    def propose(self, proposal: Proposal, *, now: datetime) -> None: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Lane:
    """What was folded of one chain: its head, and the balances of exactly its entries.

    No entry that is folded later has a ledger time of `booked_at` or before.
    """

    lane: int
    head: Head = field(default_factory=Head)
    sums: Sums = field(default_factory=Sums)
    booked_at: str = ""
    folded_at: str = ""
    version: int = 0


class Folds(Protocol):
    """Balances and chains, moved together. Reading raises LedgerBroken for what makes no sense."""

    def lane(self, lane: int) -> Lane: ...

    def lane_until(self, lane: int, booked_at: str) -> Lane:
        """The lane as it was kept at some point not after `booked_at`: a few blocks before."""

    def blocks(self, lane: int, *, since: str = "") -> Iterator[Block]:
        """The blocks of a chain in its order, from the bucket `since` on, consistently."""

    def movements(self, lane: int, *, since: str = "") -> Iterator[tuple[str, Movement]]:
        """What was moved by the day of effect, in their order from the day `since` on."""

    def move(
        self,
        before: Lane,
        after: Lane,
        blocks: Sequence[Block],
        movements: Movements,
        *,
        now: datetime,
    ) -> None:
        """Write the lane's next state, its new blocks, and what they add to each day, as one.

        Raises StaleRow, StoreBusy.
        """

    def close(self, before: Lane, booked_at: str, *, now: datetime) -> None:
        """Move a lane past a moment without an entry; raises StaleRow, StoreBusy."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sealed:
    """A day's seal as it is kept: the document and its signature."""

    document: str
    signature: str


class Seals(Protocol):
    """The vault: written once, never changed, signed. Everything raises VaultUnreachable."""

    def find(self, day: str) -> Sealed | None: ...

    def put_part(self, day: str, number: int, text: str) -> None:
        """Store a part of a day's export, once; raises LedgerBroken where another is there."""

    def seal(self, day: str, document: str) -> Sealed:
        """Sign and store a day's seal, once: its export is there."""

    def holds(self, sealed: Sealed) -> bool:
        """Whether the signature is ours and the document's."""

    def part(self, day: str, number: int) -> str | None:
        """A part of a day's export."""

    def days(self) -> list[str]:
        """The days that are sealed, in order."""

    def public_key(self) -> str:
        """The key to check signatures with, as base 64 of its DER form."""


class Attested(Protocol):
    """What payments has said that it did, kept beside the books and never booked."""

    def keep(self, event: OperationsAttested | DayAttested, *, now: datetime) -> None:
        """Store it once; what is there already stays."""

    def days(self) -> Iterator[DayAttested]:
        """Every attested day in order."""

    def operations(self, day: str) -> Iterator[AttestedOperation]:
        """The operations of a day, page after page."""


class Messages(Protocol):
    """The outbox, for events that are no journal entry."""

    def publish(self, subject: str, events: Sequence[LedgerBreached], cause: Cause) -> None: ...


class Records(Protocol):
    """What reconciliation keeps: a record for each payment, a run, and each run's items."""

    def find(self, record_id: str) -> SettlementRecord | None: ...

    def find_all(self, record_ids: Sequence[str]) -> Mapping[str, SettlementRecord]:
        """Those of them that are there."""

    def looked_at(self, record_id: str, reconciliation_id: str) -> bool:
        """Whether that run has found something in the record."""

    def commit(
        self,
        found: Review,
        entries: Sequence[tuple[JournalEntry, LedgerEntryCreated]],
        messages: Sequence[Event],
        *,
        reconciliation_id: str,
        cause: Cause,
        also: Sequence[Review] = (),
    ) -> None:
        """Write the record's next state, its entries, its messages and the run's items as one;
        and with it the next state of what was looked at `also`.

        Raises StaleRow, StoreBusy.
        """

    def keep(
        self,
        record: SettlementRecord,
        entries: Sequence[tuple[JournalEntry, LedgerEntryCreated]],
        *,
        cause: Cause,
    ) -> None:
        """Write the record's next state with its entries; raises StaleRow, StoreBusy."""

    def run(self, reconciliation_id: str) -> Run | None: ...

    def keep_run(
        self, run: Run, messages: Sequence[Event], cause: Cause, *, handled: bool = False
    ) -> Run:
        """Write the run's next state; returns it as written. Raises StaleRow, StoreBusy."""

    def last_day(self, provider: str) -> date | None:
        """The day that the last completed run of a provider went through."""

    def open_records(self, provider: str, *, after: str) -> Iterable[tuple[str, str]]:
        """Places in the index and ids of the records that wait for something, oldest first."""

    def items_after(
        self, reconciliation_id: str, kind: Class | None, *, after: str
    ) -> Iterable[tuple[str, Item]]:
        """What a run found, of one class or all, behind a place; each with its own."""


class Settlement(Protocol):
    """The settled lines, as they were told."""

    def lines_told_on(self, provider: str, day: date) -> Iterable[Line]:
        """In the order of their payments; those of none come first."""

    def lines_after(self, provider: str, day: date, place: str) -> Iterable[tuple[str, Line]]:
        """The same behind a place, each with its own; the first place is empty."""

    def lines_of(self, provider: str, day: date, record_id: str) -> Iterable[Line]:
        """Those of them that one settlement record is about."""

    def payout_lines(self, provider: str, payout_id: str) -> Iterable[PayoutLine]: ...

    def bank_lines(self, day: date) -> Iterable[Line]:
        """What banks told on that day."""

    def payouts_sent(self, day: date) -> Iterable[PayoutSent]:
        """What providers told on that day to be on its way to a bank, or to have come back."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Books:
    """What a run reads and writes."""

    journal: Journal
    folds: Folds
    records: Records
    settlement: Settlement
