"""The journal in the accounting table: one item an entry, written once and never changed."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any, Final

from accounting.application.ports import Proposal, ToldLine
from accounting.domain import notation
from accounting.domain.chart_of_accounts import Account
from accounting.domain.errors import LedgerBroken
from accounting.domain.journal import Authorship, JournalEntry, Person
from accounting.domain.limits import Room
from accounting.domain.manual import Draft, Periods
from accounting.infrastructure.dynamodb_providers import DynamoDbProviders
from accounting.infrastructure.dynamodb_settlement import line_rows
from accounting.infrastructure.entry_rows import (
    ENTRY,
    from_row,
    key_of,
    read_by,
    to_row,
    written_by,
)
from shared.contracts.accounting import LedgerEntryCreated
from shared.contracts.envelope import Cause
from shared.errors.taxonomy import StaleRow
from shared.moments import timestamp
from shared.persistence.rows import Row
from shared.persistence.table import Key, Put, Table

BY_PAYMENT: Final = "by_payment"
BY_ORDER: Final = "by_order"
BY_PAYOUT: Final = "by_payout"
_PERIODS: Final = Key("PERIODS", "PERIODS")
ID_LETTERS_MAX: Final = 256
"""No id of ours is longer, and the store takes no key that is much longer."""
_AGENDA_KEPT: Final = timedelta(days=90)
_AGENDA: Final = Key("HOLDS", "DONE")


@dataclass(frozen=True, slots=True, kw_only=True)
class Booked:
    """An entry with the message that announces it, as the row that both are."""

    entry: JournalEntry
    message: Row


class DynamoDbJournal:
    def __init__(self, table: Table) -> None:
        self._table = table
        self._providers = DynamoDbProviders(table)

    def find(self, entry_id: str) -> JournalEntry | None:
        booked = self.booked(entry_id)
        return None if booked is None else booked.entry

    def booked(self, entry_id: str) -> Booked | None:
        row = self.stored(entry_id)
        return None if row is None else Booked(entry=from_row(row), message=row)

    def append(
        self,
        entries: Sequence[tuple[JournalEntry, LedgerEntryCreated]],
        cause: Cause,
        *,
        rooms: Sequence[Room] = (),
        settles: Proposal | None = None,
        line: ToldLine | None = None,
    ) -> None:
        puts = [
            Put(key=key_of(entry.entry_id), row=to_row(entry, created, cause))
            for entry, created in entries
        ]
        puts += [_room_put(room) for room in rooms]
        puts += [_agenda_put(entry) for entry, _ in entries if entry.hold_until is not None]
        if settles is not None:
            puts.append(_proposal_put(settles))
        if line is not None:
            puts += line_rows(line, entries[0][0].entry_id if entries else "")
        told_by = "" if line is None else line.line.provider
        self._providers.meet([told_by, *(entry.provider for entry, _ in entries)], now=cause.now)
        self._table.commit(puts, cause_id=None, now=cause.now)

    def stored(self, entry_id: str) -> Row | None:
        """An entry as it is stored."""
        return self._table.get(key_of(entry_id)) if len(entry_id) <= ID_LETTERS_MAX else None

    def restore(self, row: Mapping[str, Any], *, now: datetime) -> None:
        """Put a stored entry back, as published: its announcement was made when it was booked."""
        kept: Row = {**row, "Retries": 0, "ProcessedOn": timestamp(now)}
        key = Key(str(kept.pop("pk")), str(kept.pop("sk")))
        self._providers.meet([str(row.get("provider") or "")], now=now)
        with suppress(StaleRow):
            self._table.commit([Put(key=key, row=kept)], cause_id=None, now=now)

    def restore_limits(
        self, rooms: Sequence[Room], holds: Sequence[JournalEntry], *, now: datetime
    ) -> None:
        for room in rooms:
            there = self.room(room.account, room.currency)
            if not there.version:
                self._table.commit([_room_put(room)], cause_id=None, now=now)
            elif replace(there, version=0) != room:
                raise LedgerBroken(f"{room.account.code} is booked on: rebuild in an empty table")
        for hold in holds:
            with suppress(StaleRow):
                self._table.commit([_agenda_put(hold)], cause_id=None, now=now)

    def restore_periods(self, closed_through: date, *, now: datetime) -> None:
        if self.periods().closed_through is None:
            by = Authorship(actor=Person("rebuild", "rebuild"), reason="as it was sealed")
            self.close(closed_through, by, now=now)

    def rows(self) -> Iterator[Row]:
        """Every entry as it is stored, consistently, in no order."""
        return self._table.scan(sk=ENTRY)

    def stored_entries(self, entry_ids: Sequence[str]) -> dict[str, Mapping[str, Any]]:
        rows = self._table.get_many([key_of(entry_id) for entry_id in entry_ids])
        return {str(row["pk"]).removeprefix(f"{ENTRY}#"): row for row in rows}

    def read(self, row: Mapping[str, Any]) -> JournalEntry:
        return from_row(dict(row))

    def entries(self) -> Iterator[JournalEntry]:
        return map(from_row, self.rows())

    def of_payment(self, payment_id: str) -> list[Booked]:
        """A payment's entries in the order they were booked; the index may lag a moment."""
        return self._indexed(BY_PAYMENT, attribute="payment_id", value=payment_id)

    def entries_of(self, payment_id: str) -> list[JournalEntry]:
        return [each.entry for each in self.of_payment(payment_id)]

    def of_order(self, order_id: str) -> list[Booked]:
        opening = self._indexed(BY_ORDER, attribute="order_id", value=order_id)
        payments = {each.entry.payment_id for each in opening}
        return [each for payment_id in sorted(payments) for each in self.of_payment(payment_id)]

    def of_payout(self, payout_id: str) -> list[Booked]:
        return self._indexed(BY_PAYOUT, attribute="payout_id", value=payout_id)

    def _indexed(self, index: str, *, attribute: str, value: str) -> list[Booked]:
        """The index tells the keys; the entries themselves are read from the table."""
        if len(value) > ID_LETTERS_MAX:
            return []
        found = [
            self.booked(str(row["pk"]).removeprefix(f"{ENTRY}#"))
            for row in self._table.index(index, attribute=attribute, value=value)
        ]
        return [each for each in found if each is not None]

    def periods(self) -> Periods:
        row = self._table.get(_PERIODS)
        if row is None:
            return Periods()
        return Periods(closed_through=date.fromisoformat(str(row["closed_through"])))

    def close(self, through: date, by: Authorship, *, now: datetime) -> None:
        row = self._table.get(_PERIODS)
        version = 0 if row is None else int(str(row["version"]))
        closed: Row = {
            "closed_through": through.isoformat(),
            "by": written_by(by),
            "closed_at": timestamp(now),
            "version": version + 1,
        }
        history = Put(key=Key("PERIODS", f"CLOSED#{version + 1:06d}"), row=closed)
        current = Put(key=_PERIODS, row=closed, seen=version)
        self._table.commit([current, history], cause_id=None, now=now)

    def room(self, account: Account, currency: str) -> Room:
        row: dict[str, Any] = dict(self._table.get(_room_key(account, currency)) or {})
        return Room(
            account=account,
            currency=currency,
            balance=row.get("balance", 0),
            raising=row.get("raising", 0),
            lowering=row.get("lowering", 0),
            version=row.get("version", 0),
        )

    def holds_ended(self, now: datetime) -> Iterator[str]:
        """The holds whose end has come since `holds_done` was last told, resolved or not."""
        row = self._table.get(_AGENDA)
        done = timestamp(now - _AGENDA_KEPT) if row is None else str(row["through"])
        day = datetime.fromisoformat(done).date()
        while day <= now.date():
            for hold in self._table.partition(f"HOLDS#{day.isoformat()}"):
                if done < str(hold["hold_until"]) <= timestamp(now):
                    yield str(hold["entry_id"])
            day += timedelta(days=1)

    def holds_done(self, through: datetime, *, now: datetime) -> None:
        """Nothing that ended until `through` is still to be freed."""
        row = self._table.get(_AGENDA)
        version = 0 if row is None else int(str(row["version"]))
        done: Row = {"through": timestamp(through), "version": version + 1}
        with suppress(StaleRow):
            self._table.commit([Put(key=_AGENDA, row=done, seen=version)], cause_id=None, now=now)

    def proposal(self, proposal_id: str) -> Proposal | None:
        row = self._table.get(_proposal_key(proposal_id))
        return None if row is None else _proposal(dict(row))

    def propose(self, proposal: Proposal, *, now: datetime) -> None:
        self._table.commit([_proposal_put(proposal)], cause_id=None, now=now)


def _room_key(account: Account, currency: str) -> Key:
    return Key(f"LIMIT#{account.code}", currency)


def _room_put(room: Room) -> Put:
    row: Row = {
        "balance": room.balance,
        "raising": room.raising,
        "lowering": room.lowering,
        "version": room.version + 1,
    }
    return Put(key=_room_key(room.account, room.currency), row=row, seen=room.version)


def _agenda_put(entry: JournalEntry) -> Put:
    assert entry.hold_until is not None
    until = timestamp(entry.hold_until)
    row: Row = {
        "entry_id": entry.entry_id,
        "hold_until": until,
        "expires_at": int((entry.hold_until + _AGENDA_KEPT).timestamp()),
    }
    return Put(key=Key(f"HOLDS#{until[:10]}", f"{until}#{entry.entry_id}"), row=row)


def _proposal_key(proposal_id: str) -> Key:
    return Key(f"PROPOSAL#{proposal_id}", "PROPOSAL")


def _proposal_put(proposal: Proposal) -> Put:
    row: Row = {
        "request_id": proposal.request_id,
        "drafts": json.dumps([_draft_document(draft) for draft in proposal.drafts]),
        "by": written_by(proposal.by),
        "entry_ids": list(proposal.entry_ids),
        "version": proposal.version + 1,
    }
    return Put(key=_proposal_key(proposal.proposal_id), row=row, seen=proposal.version)


def _proposal(row: dict[str, Any]) -> Proposal:
    return Proposal(
        proposal_id=row["pk"].removeprefix("PROPOSAL#"),
        request_id=row["request_id"],
        drafts=tuple(_draft(document) for document in json.loads(row["drafts"])),
        by=read_by(row["by"]),
        entry_ids=tuple(row["entry_ids"]),
        version=row["version"],
    )


def _draft_document(draft: Draft) -> dict[str, Any]:
    return {
        "description": draft.description,
        "postings": notation.written(draft.postings),
        "effective_at": None if draft.effective_at is None else timestamp(draft.effective_at),
        "payment_id": draft.payment_id,
        "payout_id": draft.payout_id,
        "hold_until": None if draft.hold_until is None else timestamp(draft.hold_until),
        "reverses": draft.reverses,
    }


def _draft(document: dict[str, Any]) -> Draft:
    moments = {
        name: None if document[name] is None else datetime.fromisoformat(document[name])
        for name in ("effective_at", "hold_until")
    }
    return Draft(**{**document, **moments, "postings": notation.read(document["postings"])})
