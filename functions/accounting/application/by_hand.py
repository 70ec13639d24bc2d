"""Entries made by people: booked at once, or when a second person agrees to a large one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Final

from accounting.application.book import append_once, tell_repeated
from accounting.application.ports import Journal, Proposal
from accounting.domain.corrections import reversal
from accounting.domain.errors import (
    AlreadyApproved,
    AlreadyResolved,
    AlreadyReversed,
    EntryDiffers,
    PeriodClosed,
)
from accounting.domain.journal import Authorship, JournalEntry, Person, Posting
from accounting.domain.manual import (
    HOLD_MAX,
    Draft,
    Ending,
    approved,
    entries_of,
    needs_approval,
    resolution_id,
    resolved,
)
from accounting.domain.posting_rules import entry_id_for
from shared.contracts.envelope import Cause
from shared.errors.taxonomy import AlreadyHandled, InputError, InvalidRequest, NotFound, StaleRow
from shared.ids import derived

CLOSES_AFTER: Final = timedelta(minutes=6)
"""By then whoever still books by the old state of the periods has ended."""
HOLDS_LATE: Final = timedelta(minutes=5)
"""A hold that ends at once is in the agenda by then, whatever the clocks say."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Submitted:
    """Entries that are booked, or a proposal that waits for its approval."""

    entry_ids: tuple[str, ...]
    proposal_id: str | None = None


def submit(drafts: Sequence[Draft], by: Authorship, *, journal: Journal, cause: Cause) -> Submitted:
    """Book the drafts, or propose them where a second person is needed.

    Raises as JournalEntry and Periods.require_open do, EntryDiffers for another content under the
    same request, LimitExceeded, AlreadyReversed.
    """
    entries = _entries(drafts, by, journal=journal, request_id=cause.id, now=cause.now)
    proposal = Proposal(
        proposal_id=derived("prop", cause.id), request_id=cause.id, drafts=tuple(drafts), by=by
    )
    if needs_approval(entries):
        return _propose(proposal, entries, journal=journal, cause=cause)
    _append(entries, proposal, journal=journal, cause=cause)
    return Submitted(entry_ids=tuple(entry.entry_id for entry in entries))


def _propose(
    proposal: Proposal, entries: Sequence[JournalEntry], *, journal: Journal, cause: Cause
) -> Submitted:
    known = journal.proposal(proposal.proposal_id)
    if known is None:
        require_bookable(entries, proposal.drafts, journal=journal, now=cause.now)
        try:
            journal.propose(proposal, now=cause.now)
        except StaleRow:
            known = journal.proposal(proposal.proposal_id)
            if known is None:
                raise
    if known is not None and not _same_proposal(known, proposal):
        raise EntryDiffers(proposal.proposal_id)
    return Submitted(entry_ids=(), proposal_id=proposal.proposal_id)


def _same_proposal(known: Proposal, told: Proposal) -> bool:
    """Whoever has approved one of them is no difference."""
    return known.drafts == told.drafts and replace(known.by, approver=None) == told.by


def approve(proposal_id: str, *, approver: Person, journal: Journal, cause: Cause) -> Submitted:
    """Book what was proposed, in the name of both; raises NotFound, SelfApproval, AlreadyApproved
    by somebody else, and as `submit`."""
    proposal = journal.proposal(proposal_id)
    if proposal is None:
        raise NotFound("no such proposal")
    by = approved(proposal.by, approver=approver)
    if proposal.entry_ids:
        if proposal.by != by:
            raise AlreadyApproved
        return Submitted(entry_ids=proposal.entry_ids, proposal_id=proposal_id)
    entries = _entries(
        proposal.drafts, by, journal=journal, request_id=proposal.request_id, now=cause.now
    )
    entry_ids = tuple(entry.entry_id for entry in entries)
    settled = replace(proposal, by=by, entry_ids=entry_ids)
    _append(entries, settled, journal=journal, cause=cause, settles=True)
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
        effective_at=effective_at,
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
    existing = journal.find(resolution_id(hold_id))
    if existing is not None:
        if (existing.cause_id, existing.fact, existing.postings) == (cause.id, ending, posted):
            return existing
        raise AlreadyResolved(hold_id)
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
    for hold_id in journal.holds_ended(cause.now):
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
    journal.holds_done(cause.now - HOLDS_LATE, now=cause.now)
    return expired


def close_period(through: date, by: Authorship, *, journal: Journal, cause: Cause) -> datetime:
    """Close the books through that day; returns when that is certain for every writer.

    Raises InvalidRequest for a day that has not ended, PeriodClosed where a later one is closed.
    """
    if through >= cause.now.date():
        raise InvalidRequest(errors=(InputError("/through", "this day has not ended"),))
    known = journal.periods().closed_through
    if known is not None and through < known:
        raise PeriodClosed(f"closed through {known} already")
    if through != known:
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
        if draft.reverses is not None:
            original = _found(draft.reverses, journal)
            entries.append(
                reversal(
                    original,
                    cause_id=request_id,
                    fact="Reversal",
                    booked_at=now,
                    effective_at=draft.effective_at or max(now, original.effective_at),
                    by=by,
                )
            )
    return entries


def require_bookable(
    entries: Sequence[JournalEntry], drafts: Sequence[Draft], *, journal: Journal, now: datetime
) -> None:
    """Raise InvalidRequest for a hold's end, PeriodClosed, AccountClosed."""
    for draft in drafts:
        if draft.hold_until is not None and not now < draft.hold_until <= now + HOLD_MAX:
            raise InvalidRequest(
                errors=(InputError("/hold_until", f"within {HOLD_MAX.days} days from now"),)
            )
    journal.periods().require_open(entries)


def _append(
    entries: Sequence[JournalEntry],
    proposal: Proposal,
    *,
    journal: Journal,
    cause: Cause,
    settles: bool = False,
) -> None:
    """Book; the same request again is the same answer, and another reversal is refused.

    Whether it was booked before is asked first: what was allowed then may be closed now.
    """
    undated = {
        entry.entry_id
        for entry, draft in zip(entries, _in_order(proposal.drafts), strict=True)
        if draft.effective_at is None
    }

    def retold(entry: JournalEntry, existing: JournalEntry) -> JournalEntry:
        if entry.entry_id in undated:
            return replace(entry, effective_at=existing.effective_at)
        return entry

    try:
        tell_repeated(entries, journal=journal, cause=cause, retold=retold)
        require_bookable(entries, proposal.drafts, journal=journal, now=cause.now)
        append_once(
            entries,
            journal=journal,
            cause=cause,
            settles=proposal if settles else None,
            retold=retold,
        )
    except AlreadyHandled:
        if journal.find(entry_id_for(proposal.request_id, str(len(entries)))) is not None:
            raise EntryDiffers(entries[0].entry_id) from None  # the same and more
    except EntryDiffers:
        for entry in entries:
            existing = journal.find(entry.entry_id)
            if existing is not None and existing.cause_id != entry.cause_id:
                raise AlreadyReversed(str(existing.reverses)) from None
        raise


def _in_order(drafts: Sequence[Draft]) -> list[Draft]:
    """As `_entries` makes entries of them."""
    return sorted(drafts, key=lambda draft: draft.reverses is not None)


def _found(entry_id: str, journal: Journal) -> JournalEntry:
    entry = journal.find(entry_id)
    if entry is None:
        raise NotFound("no such journal entry")
    return entry
