"""Entries made by people: booked at once, or when a second person agrees to a large one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Final

from accounting.application.book import append_once
from accounting.application.ports import Journal, Proposal
from accounting.domain.corrections import reversal
from accounting.domain.errors import AlreadyResolved, AlreadyReversed, EntryDiffers, PeriodClosed
from accounting.domain.journal import Authorship, JournalEntry, Person, Posting
from accounting.domain.manual import (
    HOLD_MAX,
    Draft,
    Ending,
    approved,
    entries_of,
    needs_approval,
    resolved,
)
from shared.contracts.envelope import Cause
from shared.errors.taxonomy import AlreadyHandled, InputError, InvalidRequest, NotFound, StaleRow
from shared.ids import derived

CLOSES_AFTER: Final = timedelta(minutes=2)
"""By then whoever still books by the old state of the periods has ended."""
HOLDS_LOOKED_BACK_DAYS: Final = 7
"""As long as the agenda of holds is kept."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Submitted:
    """Entries that are booked, or a proposal that waits for its approval."""

    entry_ids: tuple[str, ...]
    proposal_id: str | None = None


def submit(drafts: Sequence[Draft], by: Authorship, *, journal: Journal, cause: Cause) -> Submitted:
    """Book the drafts, or propose them where a second person is needed.

    Raises as JournalEntry and Periods.require_open do, LimitExceeded, AlreadyReversed.
    """
    entries = _entries(drafts, by, journal=journal, request_id=cause.id, now=cause.now)
    if needs_approval(entries):
        proposal = Proposal(
            proposal_id=derived("prop", cause.id),
            request_id=cause.id,
            drafts=tuple(drafts),
            by=by,
        )
        try:
            journal.propose(proposal, now=cause.now)
        except StaleRow:
            if journal.proposal(proposal.proposal_id) is None:
                raise
        return Submitted(entry_ids=(), proposal_id=proposal.proposal_id)
    _append(entries, journal=journal, cause=cause)
    return Submitted(entry_ids=tuple(entry.entry_id for entry in entries))


def approve(proposal_id: str, *, approver: Person, journal: Journal, cause: Cause) -> Submitted:
    """Book what was proposed, in the name of both; raises NotFound, SelfApproval, as `submit`."""
    proposal = journal.proposal(proposal_id)
    if proposal is None:
        raise NotFound("no such proposal")
    by = approved(proposal.by, approver=approver)
    if proposal.entry_ids:
        return Submitted(entry_ids=proposal.entry_ids, proposal_id=proposal_id)
    entries = _entries(
        proposal.drafts, by, journal=journal, request_id=proposal.request_id, now=cause.now
    )
    entry_ids = tuple(entry.entry_id for entry in entries)
    settled = replace(proposal, by=by, entry_ids=entry_ids)
    _append(entries, journal=journal, cause=cause, settles=settled)
    return Submitted(entry_ids=entry_ids, proposal_id=proposal_id)


def reverse(
    entry_id: str,
    by: Authorship,
    *,
    effective_at: datetime | None,
    journal: Journal,
    cause: Cause,
) -> Submitted:
    """Reverse an entry, as early as the books allow where no date is given."""
    original = _found(entry_id, journal)
    draft = Draft(
        description=original.description,
        postings=original.postings,
        effective_at=effective_at or max(cause.now, original.effective_at),
        reverses=entry_id,
    )
    return submit([draft], by, journal=journal, cause=cause)


def resolve(
    hold_id: str,
    by: Authorship,
    *,
    postings: tuple[Posting, ...] | None,
    void: bool,
    journal: Journal,
    cause: Cause,
) -> JournalEntry:
    """Post a hold (all of it, or `postings`) or void it; raises HoldRefused, AlreadyResolved."""
    hold = _found(hold_id, journal)
    posted = () if void else postings or hold.held
    ending = Ending.VOIDED if void else Ending.POSTED
    entry = resolved(hold, ending, postings=posted, cause_id=cause.id, now=cause.now, by=by)
    journal.periods().require_open([entry])
    try:
        append_once([entry], journal=journal, cause=cause)
    except EntryDiffers:
        raise AlreadyResolved(hold_id) from None
    except AlreadyHandled:
        return entry
    return entry


def expire_holds(*, journal: Journal, cause: Cause) -> int:
    """Free what is held beyond its end; returns how many holds were found and freed."""
    expired = 0
    for hold_id in journal.holds_ended(cause.now, days=HOLDS_LOOKED_BACK_DAYS):
        hold = _found(hold_id, journal)
        told = replace(cause, id=f"{hold_id}/expiry")
        entry = resolved(
            hold, Ending.EXPIRED, postings=(), cause_id=told.id, now=cause.now, by=None
        )
        if journal.find(entry.entry_id) is None:
            try:
                append_once([entry], journal=journal, cause=told)
            except (EntryDiffers, AlreadyHandled):
                continue
            expired += 1
    return expired


def close_period(through: date, by: Authorship, *, journal: Journal, cause: Cause) -> datetime:
    """Close the books through that day; returns when that is certain for every writer.

    Raises InvalidRequest for a day that has not ended, PeriodClosed for one closed before.
    """
    if through >= cause.now.date():
        raise InvalidRequest(errors=(InputError("/through", "this day has not ended"),))
    known = journal.periods().closed_through
    if known is not None and through <= known:
        raise PeriodClosed(f"closed through {known} already")
    journal.close(through, by, now=cause.now)
    return cause.now + CLOSES_AFTER


def _entries(
    drafts: Sequence[Draft],
    by: Authorship,
    *,
    journal: Journal,
    request_id: str,
    now: datetime,
) -> list[JournalEntry]:
    entries = entries_of(
        [draft for draft in drafts if draft.reverses is None], request_id=request_id, by=by, now=now
    )
    for draft in drafts:
        if draft.hold_until is not None and not now < draft.hold_until <= now + HOLD_MAX:
            raise InvalidRequest(
                errors=(InputError("/hold_until", f"within {HOLD_MAX.days} days from now"),)
            )
        if draft.reverses is not None:
            original = _found(draft.reverses, journal)
            entries.append(
                reversal(
                    original,
                    cause_id=request_id,
                    fact="Reversal",
                    booked_at=now,
                    effective_at=draft.effective_at,
                    by=by,
                )
            )
    journal.periods().require_open(entries)
    return entries


def _append(
    entries: Sequence[JournalEntry],
    *,
    journal: Journal,
    cause: Cause,
    settles: Proposal | None = None,
) -> None:
    """Book; the same request again is the same answer, and another reversal is refused."""
    try:
        append_once(entries, journal=journal, cause=cause, settles=settles)
    except AlreadyHandled:
        return
    except EntryDiffers:
        existing = journal.find(entries[0].entry_id)
        if existing is None:
            raise
        if existing.cause_id != entries[0].cause_id:
            raise AlreadyReversed(str(existing.reverses)) from None
        if not existing.says_the_same(replace(entries[0], effective_at=existing.effective_at)):
            raise  # the same request, told again later, may differ in its times alone


def _found(entry_id: str, journal: Journal) -> JournalEntry:
    entry = journal.find(entry_id)
    if entry is None:
        raise NotFound("no such journal entry")
    return entry
