"""What reconciliation does to the books: no residual stays where it was found.

A discrepancy goes to suspense until it is explained; what a rule tolerates is a rounding
difference, and says so.
"""

from __future__ import annotations

from typing import Final

from accounting.domain.chart_of_accounts import (
    CUSTOMER_RECEIVABLE,
    PAYOUT_IN_TRANSIT,
    PROVIDER_CLEARING,
    SUSPENSE,
    WRITE_OFFS,
    Account,
    SubLedger,
)
from accounting.domain.journal import Posting
from accounting.domain.reconciliation import DISCREPANCIES, Class, Item
from accounting.domain.settlement_rules import UNKNOWN_ITEM, signed_postings
from shared.contracts.settlement import LineKind
from shared.money import Money

OPEN_ON: Final = {
    LineKind.CAPTURE: CUSTOMER_RECEIVABLE,
    LineKind.CAPTURE_REVERSED: CUSTOMER_RECEIVABLE,
    LineKind.REFUND: PROVIDER_CLEARING,
    LineKind.REFUND_REVERSED: PROVIDER_CLEARING,
    LineKind.DISPUTE: PROVIDER_CLEARING,
    LineKind.DISPUTE_REVERSED: PROVIDER_CLEARING,
    LineKind.ARRIVAL: PAYOUT_IN_TRANSIT,
    LineKind.ARRIVAL_REVERSED: PAYOUT_IN_TRANSIT,
}
"""Where an operation stands open in the books until its line has settled it."""


def adjustment(item: Item) -> tuple[Posting, ...]:
    """T12, T12x, T12a: the residual of an item, moved away; nothing where there is none.

    What the provider has and we do not know is a credit in suspense, what is missing there a debit.
    """
    account = _account(item)
    if account is None or item.kind is Class.EXPECTED:
        return ()
    explained_by = SUSPENSE if item.kind in DISCREPANCIES else WRITE_OFFS
    return tuple(
        posting
        for currency, minor in sorted(item.residual.items())
        for posting in moved_to(
            explained_by, account, Money(minor, currency), _sub_ledger_item(item, account)
        )
    )


def payout_adjustment(difference: Money, *, rounded: bool) -> tuple[Posting, ...]:
    """T12r: what a payout was sent above (below zero: under) the sum of its lines."""
    return moved_to(PROVIDER_CLEARING, WRITE_OFFS if rounded else SUSPENSE, difference, "")


def moved_to(account: Account, source: Account, amount: Money, item: str) -> tuple[Posting, ...]:
    """A debit on `account` against `source` (below zero the other way); nothing for nothing."""
    return signed_postings((account, amount), (source, -amount), item=item)


def _sub_ledger_item(item: Item, account: Account) -> str:
    """Whose part of the control account it is: the payment's, or the payout's."""
    if account.sub_ledger is not SubLedger.PAYOUT:
        return item.payment_id or UNKNOWN_ITEM
    payouts = [each.provider_reference for each in item.operations]
    return next(iter([*payouts, *(line.payout_id for line in item.lines)])) or UNKNOWN_ITEM


def _account(item: Item) -> Account | None:
    """The account that the item's parts stand on; all parts of an item are of one kind."""
    kind = item.operations[0].kind if item.operations else item.lines[0].kind
    return OPEN_ON.get(kind)
