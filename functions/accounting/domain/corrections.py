"""How the books are corrected: by the mirror of an entry, once, linked to it; never by a change."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import Final

from accounting.domain.chart_of_accounts import SUSPENSE
from accounting.domain.errors import ReversalRefused
from accounting.domain.journal import Authorship, JournalEntry
from accounting.domain.posting_rules import UNAPPLIED_CAPTURE, entry_id_for
from shared.contracts.payments import CaptureFailed

CAPTURES: Final = frozenset({"PaymentCaptured", UNAPPLIED_CAPTURE})


def reversal_id(entry_id: str) -> str:
    """An entry has one reversal: the id leaves no room for a second."""
    return entry_id_for(entry_id, "reversal")


def reversal(
    original: JournalEntry,
    *,
    cause_id: str,
    fact: str,
    booked_at: datetime,
    effective_at: datetime,
    by: Authorship | None = None,
) -> JournalEntry:
    """The mirror image of `original`; raises ReversalRefused."""
    if original.reverses is not None:
        raise ReversalRefused("a reversal is not reversed: book a new entry")
    if not original.postings or original.resolves is not None:
        raise ReversalRefused("a hold is resolved, not reversed")
    if effective_at < original.effective_at:
        raise ReversalRefused("effective before the entry that is reversed")
    return JournalEntry(
        entry_id=reversal_id(original.entry_id),
        cause_id=cause_id,
        fact=fact,
        description=f"Reversal: {original.description}",
        payment_id=original.payment_id,
        order_id=original.order_id,
        reference=original.reference,
        postings=tuple(posting.mirrored() for posting in original.postings),
        booked_at=max(booked_at, original.booked_at),
        effective_at=effective_at,
        reverses=original.entry_id,
        payout_id=original.payout_id,
        by=by,
    )


def suspended(entry: JournalEntry) -> JournalEntry:
    """The same fact with what belongs on a closed account in suspense instead."""
    return replace(
        entry,
        description=f"{entry.description}, in suspense",
        postings=tuple(
            replace(each, account=SUSPENSE) if each.account.closed else each
            for each in entry.postings
        ),
    )


def capture_undone(
    event: CaptureFailed, entries: list[JournalEntry], *, cause_id: str
) -> JournalEntry | None:
    """The capture's entry that a failure told by `cause_id` undoes, or None if it is not booked.

    `entries` are the payment's. A repeated message meets its own reversal before any other entry;
    and when there is no other, one that somebody has reversed by hand.
    """
    undone = {entry.reverses: entry for entry in entries if entry.reverses}
    captures = [
        entry
        for entry in sorted(entries, key=lambda each: each.booked_at)
        if entry.fact in CAPTURES and entry.reference == event.capture_id
    ]
    mine, standing, by_hand = [], [], []
    for entry in captures:
        reversing = undone.get(entry.entry_id)
        if reversing is None:
            standing.append(entry)
        elif reversing.cause_id == cause_id:
            mine.append(entry)
        elif reversing.by is not None:
            by_hand.append(entry)
    return next(iter(mine + standing + by_hand), None)
