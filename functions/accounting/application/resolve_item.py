"""Resolve an item of a reconciliation by hand: booked at once, or when a second person agrees."""

from __future__ import annotations

from accounting.application.book import announced
from accounting.application.ports import Journal, Records
from accounting.domain.resolution import Resolved, resolve_item
from accounting.domain.settlement_record import SEPARATOR, Resolution
from shared.contracts.envelope import Cause
from shared.errors.taxonomy import NotFound
from shared.persistence.until_fresh import until_fresh


def resolve(
    public_id: str, resolution: Resolution, *, journal: Journal, records: Records, cause: Cause
) -> Resolved:
    """Explain an item, named as the world names it.

    Raises NotFound, ItemNotOpen, SelfApproval, UnknownAccount, EntryMalformed, AccountClosed.
    """
    record_id, _, item_id = public_id.partition(SEPARATOR)

    def attempt() -> Resolved:
        record = records.find(record_id)
        if record is None or all(each.item_id != item_id for each in record.standing):
            raise NotFound("no such item")
        standing = next(each for each in record.standing if each.item_id == item_id)
        said = [each for each in map(journal.find, standing.entry_ids) if each is not None]
        again = next((each for each in said if each.cause_id == cause.id), None)
        if again is not None:
            return Resolved(record=record, entry=again)
        if standing.resolution == resolution and not standing.residual:
            return Resolved(record=record, entry=None)
        periods = journal.periods()
        done = resolve_item(
            record,
            item_id,
            resolution,
            cause_id=cause.id,
            now=cause.now,
            effective_at=periods.effective(cause.now),
        )
        entries = [] if done.entry is None else [done.entry]
        periods.require_open(entries)
        if done.record != record:
            records.keep(done.record, [(each, announced(each)) for each in entries], cause=cause)
        return done

    return until_fresh(attempt)
