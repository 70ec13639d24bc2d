"""Every operation that payments attests has its entry, and the reverse: no entry is an orphan."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import UTC
from typing import Final

from accounting.application.ports import Attested
from accounting.domain.journal import JournalEntry
from accounting.domain.posting_rules import UNAPPLIED_CAPTURE
from accounting.domain.proof import Breach
from accounting.domain.seals import day_after
from shared.contracts.attestation import DayAttested
from shared.contracts.payments import CaptureFailed
from shared.tally import Tally

FACTS: Final = frozenset(
    {
        "PaymentAuthorized",
        "AuthorizationExpired",
        "PaymentVoided",
        "PaymentCaptured",
        "RefundRequested",
        "PaymentRefunded",
        "RefundFailed",
        "DisputeOpened",
        "DisputeWon",
        "DisputeLost",
        CaptureFailed.__name__,
        UNAPPLIED_CAPTURE,
    }
)
"""Of the entries whose cause is a message that payments attests."""


class Tallies:
    """The causes of entries, day by day: a number a day, however many entries there are."""

    def __init__(self) -> None:
        self.by_day: dict[str, Tally] = {}

    def add(self, entry: JournalEntry) -> None:
        if is_attestable(entry):
            self.by_day.setdefault(day_told(entry), Tally()).add(entry.cause_id)


def is_attestable(entry: JournalEntry) -> bool:
    return entry.fact in FACTS and entry.by is None


def day_told(entry: JournalEntry) -> str:
    """The day of the message that is booked."""
    at = entry.happened_at or entry.effective_at
    return at.astimezone(UTC).date().isoformat()


def attested_breaches(
    tallies: Tallies, again: Iterable[JournalEntry], *, attested: Attested, due: str
) -> Iterator[Breach]:
    """What was attested and not booked, booked and not attested, and days that nobody attested.

    From the first attested day on every day to `due` must be. `again` gives all entries once more;
    it is asked only where a day does not agree.
    """
    expected = ""
    odd = set[str]()
    for day in attested.days():
        while expected and expected < day.day:
            yield Breach(check="attestation", detail=f"payments has not attested {expected}")
            expected = day_after(expected)
        if not _agree(day, tallies):
            odd.add(day.day)
        expected = day_after(day.day)
    while expected and expected <= due:
        yield Breach(check="attestation", detail=f"payments has not attested {expected}")
        expected = day_after(expected)
    if odd:
        yield from _named(odd, list(_of_days(odd, again)), attested)


def _agree(day: DayAttested, tallies: Tallies) -> bool:
    mine = tallies.by_day.get(day.day, Tally())
    return (mine.count, mine.digest) == (day.operations, day.digest)


def _of_days(odd: set[str], again: Iterable[JournalEntry]) -> Iterator[JournalEntry]:
    """The entries of odd days, and what people have reversed, which excuses a missing one."""
    for entry in again:
        by_hand = entry.reverses is not None and entry.by is not None
        if by_hand or (is_attestable(entry) and day_told(entry) in odd):
            yield entry


def _named(odd: set[str], entries: list[JournalEntry], attested: Attested) -> Iterator[Breach]:
    booked = {entry.cause_id: entry for entry in entries if is_attestable(entry)}
    reversed_of = {entry.payment_id for entry in entries if entry.reverses and entry.by}
    told: set[str] = set()
    for day in sorted(odd):
        for each in attested.operations(day):
            told.add(each.message_id)
            entry = booked.get(each.message_id)
            about = f"{each.fact} of {each.payment_id}, {each.amount}, told by {each.message_id}"
            if entry is None:
                if each.fact == CaptureFailed.__name__ and each.payment_id in reversed_of:
                    continue
                yield Breach(check="not_booked", detail=about)
            elif (entry.payment_id, entry.amount) != (each.payment_id, each.amount):
                yield Breach(check="booked_otherwise", detail=about, entry_id=entry.entry_id)
    for cause_id, entry in booked.items():
        if cause_id not in told:
            detail = f"{entry.fact} of {entry.payment_id}: payments has not attested {cause_id}"
            yield Breach(check="orphan", detail=detail, entry_id=entry.entry_id)
