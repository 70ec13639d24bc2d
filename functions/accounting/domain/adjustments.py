"""What a discrepancy does to the books: its residual goes to suspense until it is explained."""

from __future__ import annotations

from typing import Final

from accounting.domain.chart_of_accounts import (
    CUSTOMER_RECEIVABLE,
    PROVIDER_CLEARING,
    SUSPENSE,
    Account,
    Side,
)
from accounting.domain.journal import Posting
from accounting.domain.reconciliation import DISCREPANCIES, Item
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
    """T12, T12x, T12a: the residual of a discrepancy, moved to suspense; nothing for any other.

    What the provider has and we do not know is a credit in suspense, what is missing there a debit.
    """
    if item.kind not in DISCREPANCIES:
        return ()
    account = _account(item)
    if account is None:
        return ()
    sub_ledger_item = (item.payment_id or UNKNOWN_ITEM) if account.sub_ledger is not None else ""
    postings: list[Posting] = []
    for currency, minor in sorted(item.residual.items()):
        amount = Money(abs(minor), currency)
        missing = minor > 0
        postings += [
            Posting(SUSPENSE, Side.DEBIT if missing else Side.CREDIT, amount),
            Posting(account, Side.CREDIT if missing else Side.DEBIT, amount, sub_ledger_item),
        ]
    return tuple(postings)


def _account(item: Item) -> Account | None:
    """The account that the item's parts stand on; all parts of an item are of one kind."""
    kind = item.operations[0].kind if item.operations else item.lines[0].kind
    return OPEN_ON.get(kind)
