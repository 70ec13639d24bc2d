"""A journal entry as one item, below a kilobyte: what its announcement says is not said again."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any, Final

from accounting.domain import notation
from accounting.domain.chart_of_accounts import UNAPPLIED_FUNDS
from accounting.domain.journal import Authorship, JournalEntry, Person, Rate
from shared.contracts.accounting import LedgerEntryCreated
from shared.contracts.envelope import Cause, Envelope
from shared.ids import message_id
from shared.moments import timestamp
from shared.persistence.outbox import outbox_attributes
from shared.persistence.rows import Row, Value
from shared.persistence.table import Key

SERVICE: Final = "accounting"
ENTRY: Final = "ENTRY"
_TEXTS: Final = ("description", "reverses", "resolves", "linked", "payout_id", "payment_id")
_POSTINGS: Final = ("postings", "held", "released")
_MOMENTS: Final = ("happened_at", "hold_until")
_OPENING: Final = ("order_id", "provider")


def key_of(entry_id: str) -> Key:
    return Key(f"{ENTRY}#{entry_id}", ENTRY)


def to_row(entry: JournalEntry, created: LedgerEntryCreated, cause: Cause) -> Row:
    """The entry, which is its own outbox message, without the empty attributes."""
    envelope = Envelope(
        id=message_id(SERVICE, entry.entry_id, 1, 1),
        source=f"quittance.{SERVICE}",
        subject=entry.entry_id,
        time=entry.booked_at,
        sequence=1,
        correlation_id=cause.correlation_id,
        causation_id=entry.cause_id,
        traceparent=cause.traceparent,
        data=created,
    )
    row = outbox_attributes(envelope)
    row["effective_at"] = timestamp(entry.effective_at)
    for name in _TEXTS:
        if text := getattr(entry, name):
            row[name] = text
    for name in _POSTINGS:
        if postings := getattr(entry, name):
            row[name] = notation.written(postings)
    for name in _MOMENTS:
        if moment := getattr(entry, name):
            row[name] = timestamp(moment)
    return row | _told_by_few(entry)


def _told_by_few(entry: JournalEntry) -> Row:
    """What the entries of some facts alone tell."""
    row: Row = {}
    if _opens(entry):
        row |= {name: text for name in _OPENING if (text := getattr(entry, name))}
    if entry.rate is not None:
        rate = entry.rate
        row["rate"] = [rate.source, rate.target, rate.rate, rate.told_by, rate.told_at]
    if entry.by is not None:
        row["by"] = written_by(entry.by)
    return row


def from_row(row: Row) -> JournalEntry:
    read: dict[str, Any] = dict(row)
    message = json.loads(read["Payload"])
    payment_id = read.get("payment_id", "")
    by, rate = read.get("by"), read.get("rate")
    return JournalEntry(
        entry_id=message["subject"],
        cause_id=message["causationid"],
        fact=message["data"]["fact"],
        description=read["description"],
        payment_id=payment_id,
        order_id=message["data"]["order_id"],
        reference=message["data"]["reference"],
        postings=notation.read(read.get("postings", "")),
        held=notation.read(read.get("held", "")),
        released=notation.read(read.get("released", "")),
        booked_at=datetime.fromisoformat(read["OccurredOn"]),
        effective_at=datetime.fromisoformat(read["effective_at"]),
        hold_until=_moment(read.get("hold_until")),
        happened_at=_moment(read.get("happened_at")),
        reverses=read.get("reverses"),
        resolves=read.get("resolves"),
        linked=read.get("linked"),
        payout_id=read.get("payout_id"),
        provider=read.get("provider", ""),
        rate=None if rate is None else Rate(**dict(zip(_RATE, rate, strict=True))),
        by=None if by is None else read_by(by),
    )


def written_by(by: Authorship) -> list[Value]:
    approver = by.approver
    second: list[Value] = [] if approver is None else [approver.key, approver.name]
    return [by.actor.key, by.actor.name, by.reason, *second]


def read_by(written: list[str]) -> Authorship:
    key, name, reason, *second = written
    return Authorship(
        actor=Person(key, name), reason=reason, approver=Person(*second) if second else None
    )


def _opens(entry: JournalEntry) -> bool:
    """Whether an order is found by this entry: it names the payment, which finds all the others.

    A payment begins with its authorization, or with money that nobody expected any more.
    """
    return entry.fact == "PaymentAuthorized" or any(
        posting.account.code == UNAPPLIED_FUNDS.code for posting in entry.postings
    )


_RATE: Final = ("source", "target", "rate", "told_by", "told_at")


def _moment(text: str | None) -> datetime | None:
    return None if text is None else datetime.fromisoformat(text)
