"""Whether the books are what they were: every check, over everything that is stored."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from accounting.domain import notation
from accounting.domain.balances import Sums, sub_ledger_sums
from accounting.domain.chain import (
    Block,
    Head,
    StoredEntry,
    canonical,
    first_finding,
    lane_of,
    unchained,
)
from accounting.domain.chart_of_accounts import CHART
from accounting.domain.corrections import CAPTURES
from accounting.domain.journal import JournalEntry
from accounting.domain.seals import (
    Placed,
    Seal,
    digest,
    imported,
    places_of_day,
    read_seal,
    seal_of,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Breach:
    """Something that must never be. `entry_id` names the first entry that shows it, if one does."""

    check: str
    detail: str
    entry_id: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class LaneProof:
    """A lane as it is stored: its head, its balances and its blocks."""

    lane: int
    head: Head
    sums: Sums
    blocks: Sequence[Block]


@dataclass(frozen=True, slots=True, kw_only=True)
class SealedDay:
    """A seal's document, the day's export, and whether the signature under the document holds."""

    document: str
    export: str
    signed: bool


def chain_breaches(
    lanes: Sequence[LaneProof], stored: Mapping[str, StoredEntry], *, tolerated: frozenset[str]
) -> Iterator[Breach]:
    """What was changed, removed, moved or inserted; `tolerated` entries may be too young to stand
    in a chain."""
    loose = unchained(stored, [block for lane in lanes for block in lane.blocks])
    for lane in lanes:
        found = first_finding(lane.lane, lane.blocks, stored, ends=lane.head)
        if found is not None:
            of_lane = (each for each in loose if lane_of(each) == lane.lane)
            orphan = min(of_lane, key=lambda each: (stored[each]["OccurredOn"], each), default="")
            yield Breach(
                check="chain",
                detail=f"{found.what} at position {found.position} of chain {found.lane}",
                entry_id=found.entry_id or orphan,
            )
    for entry_id in loose:
        if entry_id not in tolerated:
            yield Breach(check="chain", detail="inserted: in no chain", entry_id=entry_id)


def balance_breaches(
    lanes: Sequence[LaneProof], stored: Mapping[str, StoredEntry]
) -> Iterator[Breach]:
    """Stored balances are the fold of the entries that are chained, and add up to zero."""
    for lane in lanes:
        again = Sums()
        for block in lane.blocks:
            for entry_id, _ in block.entries:
                row = stored.get(entry_id, {})
                again.add_written(
                    row.get("postings", ""), row.get("held", ""), row.get("released", "")
                )
        for currency, code in lane.sums.differs_from(again):
            detail = f"account {code} in {currency} differs from its entries in lane {lane.lane}"
            yield Breach(check="balances", detail=detail)
        for currency in lane.sums.unbalanced():
            yield Breach(check="trial_balance", detail=f"debits and credits differ in {currency}")


def entry_breaches(entries: Sequence[JournalEntry]) -> Iterator[Breach]:
    """Sub-ledgers add up to their control accounts; a cause is booked once, so is a capture."""
    yield from _control_breaches(entries)
    reversed_ids = {entry.reverses for entry in entries}
    captures = [
        entry for entry in entries if entry.fact in CAPTURES and entry.entry_id not in reversed_ids
    ]
    counts = (
        ("capture_booked_twice", Counter((e.payment_id, e.reference) for e in captures)),
        ("cause_booked_twice", Counter((e.cause_id, "") for e in entries if not e.linked)),
    )
    for check, counted in counts:
        for key, number in counted.items():
            if number > 1:
                yield Breach(check=check, detail=" ".join(key).strip())


def _control_breaches(entries: Sequence[JournalEntry]) -> Iterator[Breach]:
    totals: dict[tuple[str, str], list[int]] = {}
    for (code, currency, _), (debit, credit) in sub_ledger_sums(entries).items():
        total = totals.setdefault((code, currency), [0, 0])
        totals[code, currency] = [total[0] + debit, total[1] + credit]
    control = Sums()
    for entry in entries:
        control.add_written(notation.written(entry.postings))
    for currency, accounts in control.by_currency.items():
        for code, (debit, credit, _, _) in accounts.items():
            account = CHART[code]
            if account.sub_ledger and totals.get((code, currency)) != [debit, credit]:
                detail = f"{account.name} in {currency} is not the sum of its sub-ledger"
                yield Breach(check="control_account", detail=detail)


def seal_breaches(
    days: Sequence[SealedDay], lanes: Sequence[LaneProof], stored: Mapping[str, StoredEntry]
) -> Iterator[Breach]:
    """Seals follow one another, are signed, and say what the export and the books say."""
    previous = ""
    for sealed in days:
        seal = read_seal(sealed.document)
        if not sealed.signed:
            yield Breach(check="seal", detail=f"the signature of {seal.day} is not ours")
        if seal.previous != previous:
            yield Breach(check="seal", detail=f"{seal.day} does not follow the seal before it")
        previous = digest(sealed.document)
        yield from _export_breaches(seal, imported(sealed.export), lanes, stored)
    for sealed in days:
        seal = read_seal(sealed.document)
        for lane, head in zip(lanes, seal.heads, strict=True):
            if head.height and head not in {block.head for block in lane.blocks}:
                detail = f"chain {lane.lane} is not the one that {seal.day} was sealed with"
                yield Breach(check="seal", detail=detail)


def _export_breaches(
    seal: Seal,
    told: Sequence[tuple[Placed, StoredEntry]],
    lanes: Sequence[LaneProof],
    stored: Mapping[str, StoredEntry],
) -> Iterator[Breach]:
    """The export is what was sealed, and the books still say the same; the first that does not."""
    again = seal_of(
        seal.day,
        [entry for _, entry in told],
        heads=seal.heads,
        previous=seal.previous,
        sealed_at=seal.sealed_at,
    )
    if again != seal:
        yield Breach(check="seal", detail=f"the export of {seal.day} is not what was sealed")
    for place, exported in told:
        now = stored.get(place.entry_id)
        if now is None or canonical(now) != canonical(exported):
            what = "removed" if now is None else "changed"
            detail = f"{what} after {seal.day} was sealed"
            yield Breach(check="seal", detail=detail, entry_id=place.entry_id)
            break
    sealed_ids = {place.entry_id for place, _ in told}
    for place in places_of_day([block for lane in lanes for block in lane.blocks], seal.day):
        if place.entry_id not in sealed_ids:
            detail = f"inserted after {seal.day} was sealed"
            yield Breach(check="seal", detail=detail, entry_id=place.entry_id)
            break
