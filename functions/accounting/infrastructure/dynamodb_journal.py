"""The journal in the accounting table: one item an entry, written once and never changed."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from accounting.domain.chart_of_accounts import CHART, Side
from accounting.domain.journal import JournalEntry, Posting
from shared.contracts.accounting import LedgerEntryCreated
from shared.contracts.codec import timestamp
from shared.contracts.envelope import Cause, Envelope
from shared.ids import message_id
from shared.money import Money
from shared.persistence.outbox import outbox_attributes
from shared.persistence.rows import Row
from shared.persistence.table import Key, Put, Table

SERVICE: Final = "accounting"
BY_PAYMENT: Final = "by_payment"
_ENTRY: Final = "ENTRY"


@dataclass(frozen=True, slots=True, kw_only=True)
class Booked:
    """An entry with the message that announces it, as an outbox row."""

    entry: JournalEntry
    message: Row


class DynamoDbJournal:
    def __init__(self, table: Table) -> None:
        self._table = table

    def find(self, entry_id: str) -> JournalEntry | None:
        booked = self.booked(entry_id)
        return None if booked is None else booked.entry

    def booked(self, entry_id: str) -> Booked | None:
        row = self._table.get(_key(entry_id))
        return None if row is None else Booked(entry=from_row(row), message=row)

    def append(self, entry: JournalEntry, created: LedgerEntryCreated, cause: Cause) -> None:
        envelope = Envelope(
            id=message_id(SERVICE, entry.entry_id, 1, 1),
            source=f"quittance.{SERVICE}",
            subject=entry.entry_id,
            time=cause.now,
            sequence=1,
            correlation_id=cause.correlation_id,
            causation_id=cause.id,
            traceparent=cause.traceparent,
            data=created,
        )
        row: Row = {**to_row(entry), **outbox_attributes(envelope)}
        put = Put(key=_key(entry.entry_id), row=row)
        self._table.commit([put], cause_id=None, now=cause.now)

    def entries(self) -> Iterator[JournalEntry]:
        return map(from_row, self._table.scan(sk=_ENTRY))

    def of_payment(self, payment_id: str) -> list[Booked]:
        """A payment's entries in the order they were booked; the index may lag a moment."""
        rows = self._table.index(BY_PAYMENT, attribute="payment_id", value=payment_id)
        return [Booked(entry=from_row(row), message=row) for row in rows]


def _key(entry_id: str) -> Key:
    return Key(f"ENTRY#{entry_id}", _ENTRY)


def to_row(entry: JournalEntry) -> Row:
    return {
        "entry_id": entry.entry_id,
        "cause_id": entry.cause_id,
        "fact": entry.fact,
        "description": entry.description,
        "payment_id": entry.payment_id,
        "order_id": entry.order_id,
        "postings": [
            {
                "account": posting.account.code,
                "side": posting.side.value,
                "amount": posting.amount.minor,
                "currency": posting.amount.currency,
            }
            for posting in entry.postings
        ],
        "booked_at": timestamp(entry.booked_at),
        "effective_at": timestamp(entry.effective_at),
    }


def from_row(row: Row) -> JournalEntry:
    read: dict[str, Any] = dict(row)
    return JournalEntry(
        entry_id=read["entry_id"],
        cause_id=read["cause_id"],
        fact=read["fact"],
        description=read["description"],
        payment_id=read["payment_id"],
        order_id=read["order_id"],
        postings=tuple(
            Posting(
                CHART[posting["account"]],
                Side(posting["side"]),
                Money(posting["amount"], posting["currency"]),
            )
            for posting in read["postings"]
        ),
        booked_at=datetime.fromisoformat(read["booked_at"]),
        effective_at=datetime.fromisoformat(read["effective_at"]),
    )
