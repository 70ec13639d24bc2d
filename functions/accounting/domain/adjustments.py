"""What reconciliation does to the books: no residual stays where it was found.

A discrepancy goes to suspense until it is explained; what a rule tolerates is a rounding
difference, and says so.
"""

from __future__ import annotations

from typing import Final

from accounting.domain.chart_of_accounts import (
    CUSTOMER_RECEIVABLE,
    PROVIDER_CLEARING,
    SUSPENSE,
    WRITE_OFFS,
    Account,
    Side,
)
from accounting.domain.journal import Posting
from accounting.domain.reconciliation import DISCREPANCIES, Class, Item
from shared.contracts.settlement import LineKind
from shared.money import Money

OPEN_ON: Final = {
    LineKind.CAPTURE: CUSTOMER_RECEIVABLE,
    LineKind.CAPTURE_REVERSED: CUSTOMER_RECEIVABLE,
    LineKind.REFUND: PROVIDER_CLEARING,
    LineKind.REFUND_REVERSED: PROVIDER_CLEARING,
    LineKind.DISPUTE: PROVIDER_CLEARING,
    LineKind.DISPUTE_REVERSED: PROVIDER_CLEARING,
}
"""Where an operation stands open in the books until its line has settled it."""
UNKNOWN_ITEM: Final = "unknown"
"""The receivable's item for lines that name no payment of ours."""


def adjustment(item: Item) -> tuple[Posting, ...]:
    """T12, T12x, T12a: the residual of an item, moved away; nothing where there is none.

    What the provider has and we do not know is a credit in suspense, what is missing there a debit.
    """
    account = _account(item)
    if account is None or item.kind is Class.EXPECTED:
        return ()
    explained_by = SUSPENSE if item.kind in DISCREPANCIES else WRITE_OFFS
    sub_ledger_item = (item.payment_id or UNKNOWN_ITEM) if account.sub_ledger is not None else ""
    postings: list[Posting] = []
    for currency, minor in sorted(item.residual.items()):
        amount = Money(abs(minor), currency)
        missing = minor > 0
        postings += [
            Posting(explained_by, Side.DEBIT if missing else Side.CREDIT, amount),
            Posting(account, Side.CREDIT if missing else Side.DEBIT, amount, sub_ledger_item),
        ]
    return tuple(postings)


def payout_adjustment(difference: Money, *, rounded: bool) -> tuple[Posting, ...]:
    """T12r: what a payout was sent above (below zero: under) the sum of its lines."""
    if not difference.minor:
        return ()
    amount = Money(abs(difference.minor), difference.currency)
    side = Side.DEBIT if difference.minor > 0 else Side.CREDIT
    return (
        Posting(PROVIDER_CLEARING, side, amount),
        Posting(WRITE_OFFS if rounded else SUSPENSE, side.opposite, amount),
    )


def _account(item: Item) -> Account | None:
    """The account that the item's parts stand on; all parts of an item are of one kind."""
    kind = item.operations[0].kind if item.operations else item.lines[0].kind
    return OPEN_ON.get(kind)
