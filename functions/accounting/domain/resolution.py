"""A person explains what stands in suspense; above a limit a second one has to agree."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

from accounting.domain.adjustments import moved_to
from accounting.domain.chart_of_accounts import SUSPENSE, Account, SubLedger, account_of
from accounting.domain.errors import EntryMalformed, ItemNotOpen, SelfApproval
from accounting.domain.journal import Authorship, JournalEntry, Posting
from accounting.domain.manual import needs_approval
from accounting.domain.posting_rules import entry_id_for
from accounting.domain.reconciliation import DISCREPANCIES
from accounting.domain.settlement_record import Resolution, SettlementRecord, Standing
from accounting.domain.settlement_rules import UNKNOWN_ITEM
from shared.money import Money

FACT = "DiscrepancyResolved"


@dataclass(frozen=True, slots=True, kw_only=True)
class Resolved:
    """The record's next state, and its entry; none while a second person `is_awaited`, and none
    where no money is in the wrong place.
    """

    record: SettlementRecord
    entry: JournalEntry | None
    is_awaited: bool = False


def resolve_item(
    record: SettlementRecord,
    item_id: str,
    resolution: Resolution,
    *,
    cause_id: str,
    now: datetime,
    effective_at: datetime,
) -> Resolved:
    """Explain an item's residual by an account, or agree to what another person has proposed.

    Raises ItemNotOpen, SelfApproval, UnknownAccount, EntryMalformed for an account that the item
    has no place on.
    """
    standing = next((each for each in record.standing if each.item_id == item_id), None)
    if standing is None or not standing.is_open or standing.kind not in DISCREPANCIES:
        raise ItemNotOpen(item_id)
    account = _explaining(resolution.account)
    if not standing.residual:
        done = replace(standing, resolution=resolution)
        return Resolved(record=_with(record, done), entry=None)
    proposal = standing.proposal
    if proposal == resolution:
        return Resolved(record=record, entry=None, is_awaited=True)  # said again
    agreed = proposal is not None and proposal.account == resolution.account
    by = _agreed(proposal.by, resolution.by) if proposal is not None and agreed else resolution.by
    entry = JournalEntry(
        entry_id=entry_id_for("resolution", record.record_id, item_id, str(standing.change)),
        cause_id=cause_id,
        fact=FACT,
        description=f"Explained by {resolution.account}",
        payment_id=record.payment_id,
        reference=item_id,
        postings=_postings(standing, account, record.payment_id),
        booked_at=now,
        effective_at=effective_at,
        by=by,
    )
    if needs_approval([entry]) and not agreed:
        proposed = _with(record, replace(standing, proposal=resolution))
        return Resolved(record=proposed, entry=None, is_awaited=True)
    done = replace(
        standing,
        entry_ids=(*standing.entry_ids, entry.entry_id),
        proposal=None,
        resolution=Resolution(account=resolution.account, by=by),
    )
    return Resolved(record=_with(record, done), entry=entry)


def _agreed(maker: Authorship, checker: Authorship) -> Authorship:
    if maker.actor.may_be(checker.actor):
        raise SelfApproval
    return Authorship(actor=maker.actor, reason=maker.reason, approver=checker.actor)


def _explaining(code: str) -> Account:
    """The account, if it can explain anything; raises UnknownAccount, EntryMalformed."""
    account = account_of(code)
    if account == SUSPENSE or account.sub_ledger is SubLedger.PAYOUT:
        raise EntryMalformed(f"{code} explains nothing")
    return account


def _postings(standing: Standing, account: Account, payment_id: str) -> tuple[Posting, ...]:
    """T11 and its kin: suspense is cleared against the account."""
    return tuple(
        posting
        for currency, minor in sorted(standing.residual.items())
        for posting in moved_to(
            account, SUSPENSE, Money(minor, currency), payment_id or UNKNOWN_ITEM
        )
    )


def _with(record: SettlementRecord, changed: Standing) -> SettlementRecord:
    standing = tuple(
        changed if each.item_id == changed.item_id else each for each in record.standing
    )
    return replace(record, standing=standing)
