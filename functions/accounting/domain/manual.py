"""Entries made by hand: who may book what, holds and their end, periods that are closed."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from typing import Final

from accounting.domain.errors import AccountClosed, HoldRefused, PeriodClosed, SelfApproval
from accounting.domain.journal import Authorship, JournalEntry, Person, Posting, side_sums
from accounting.domain.posting_rules import entry_id_for
from shared.money import exponent

APPROVED_ABOVE_UNITS: Final = 1_000
"""Above this sum of a request, in whole units of its currency, a second person approves."""
HOLD_MAX: Final = timedelta(days=90)


class Ending(StrEnum):
    """How a hold ends; what was held and is not posted is free again."""

    POSTED = "HoldPosted"
    VOIDED = "HoldVoided"
    EXPIRED = "HoldExpired"


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """An entry that somebody wants in the books; `hold_until` makes it a hold.

    Without `effective_at` it counts from when it is booked.
    """

    description: str
    postings: tuple[Posting, ...]
    effective_at: datetime | None = None
    payment_id: str = ""
    payout_id: str | None = None
    hold_until: datetime | None = None
    reverses: str | None = None


def entries_of(
    drafts: Iterable[Draft], *, request_id: str, by: Authorship, now: datetime
) -> list[JournalEntry]:
    """The entries of a request; several are linked, so that all are booked or none."""
    listed = list(drafts)
    return [
        JournalEntry(
            entry_id=entry_id_for(request_id, str(number)),
            cause_id=request_id,
            fact="ManualEntry" if draft.hold_until is None else "HoldPlaced",
            description=draft.description,
            payment_id=draft.payment_id,
            payout_id=draft.payout_id,
            postings=draft.postings if draft.hold_until is None else (),
            held=() if draft.hold_until is None else draft.postings,
            hold_until=draft.hold_until,
            booked_at=now,
            effective_at=draft.effective_at or now,
            linked=request_id if len(listed) > 1 else None,
            by=by,
        )
        for number, draft in enumerate(listed)
    ]


def needs_approval(entries: Iterable[JournalEntry]) -> bool:
    """Whether one request books more, on a side in a currency, than one person may alone."""
    postings = [each for entry in entries for each in (*entry.postings, *entry.held)]
    return any(
        max(sums) > APPROVED_ABOVE_UNITS * 10 ** exponent(currency)
        for currency, sums in side_sums(postings).items()
    )


def approved(by: Authorship, *, approver: Person) -> Authorship:
    """The same authorship with its checker; raises SelfApproval for the maker under any name."""
    if approver.may_be(by.actor):
        raise SelfApproval
    return Authorship(actor=by.actor, reason=by.reason, approver=approver)


def resolution_id(hold_id: str) -> str:
    """A hold has one end: the id leaves no room for a second."""
    return entry_id_for(hold_id, "resolution")


def resolved(
    hold: JournalEntry,
    ending: Ending,
    *,
    postings: tuple[Posting, ...],
    cause_id: str,
    now: datetime,
    by: Authorship | None,
) -> JournalEntry:
    """The end of a hold: `postings` are posted (a part of what is held, or all), the rest is free.

    Raises HoldRefused for an entry that holds nothing, for more than is held, or after its end.
    """
    if not hold.held or hold.hold_until is None:
        raise HoldRefused("this entry holds nothing")
    if (ending is Ending.EXPIRED) != (now >= hold.hold_until):
        raise HoldRefused("expired" if now >= hold.hold_until else "not expired yet")
    if bool(postings) != (ending is Ending.POSTED):
        raise HoldRefused("what is posted has postings, and nothing else has")
    left = _by_place(hold, hold.held)
    for place, minor in _by_place(hold, postings).items():
        if minor > left.get(place, 0):
            raise HoldRefused(f"{minor} of {left.get(place, 0)} held on {place[0]}")
    return JournalEntry(
        entry_id=resolution_id(hold.entry_id),
        cause_id=cause_id,
        fact=ending.value,
        description=hold.description,
        payment_id=hold.payment_id,
        payout_id=hold.payout_id,
        postings=postings,
        released=hold.held,
        resolves=hold.entry_id,
        booked_at=max(now, hold.booked_at),
        effective_at=max(now, hold.effective_at),
        by=by,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Periods:
    """The books are closed for everything effective on that day (UTC) or before."""

    closed_through: date | None = None

    def opens_at(self) -> datetime | None:
        """The first moment that is still open."""
        if self.closed_through is None:
            return None
        return datetime.combine(self.closed_through + timedelta(days=1), time(), tzinfo=UTC)

    def effective(self, happened_at: datetime) -> datetime:
        """When a fact counts: as it happened, or as early as the books are open."""
        opens = self.opens_at()
        return happened_at if opens is None else max(happened_at, opens)

    @staticmethod
    def explain(effective_at: datetime, happened_at: datetime) -> bool:
        """Whether some closing of periods makes what happened then count at `effective_at`."""
        opening = effective_at.astimezone(UTC).time() == time()
        return effective_at == happened_at or (opening and effective_at > happened_at)

    def require_open(self, entries: Iterable[JournalEntry]) -> None:
        """Raise PeriodClosed for an entry of a closed period, AccountClosed for its account."""
        opens = self.opens_at()
        for entry in entries:
            if opens is not None and entry.effective_at < opens:
                raise PeriodClosed(f"the books are open from {opens.date()} on")
            require_open_accounts(entry)


def require_open_accounts(entry: JournalEntry) -> None:
    """Raise AccountClosed for an entry on an account that is closed."""
    for posting in (*entry.postings, *entry.held):
        if posting.account.closed:
            raise AccountClosed(f"{posting.account.code} {posting.account.name}")


def _by_place(
    hold: JournalEntry, postings: Iterable[Posting]
) -> dict[tuple[str, str, str, str], int]:
    places: dict[tuple[str, str, str, str], int] = {}
    for each in postings:
        place = (each.account.code, each.side.value, each.amount.currency, hold.item_of(each))
        places[place] = places.get(place, 0) + each.amount.minor
    return places
