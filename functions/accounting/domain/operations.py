"""The operations that reconciliation looks for, as the journal tells them."""

from __future__ import annotations

from datetime import UTC
from typing import Final

from accounting.domain.chart_of_accounts import PROVIDER_CLEARING
from accounting.domain.journal import JournalEntry
from accounting.domain.posting_rules import UNAPPLIED_CAPTURE
from accounting.domain.reconciliation import Operation
from shared.contracts.payments import (
    CaptureFailed,
    DisputeOpened,
    DisputeWon,
    PaymentCaptured,
    PaymentRefunded,
    RefundFailed,
)
from shared.contracts.settlement import LineKind
from shared.money import Money

_KINDS: Final = {
    PaymentCaptured.__name__: LineKind.CAPTURE,
    UNAPPLIED_CAPTURE: LineKind.CAPTURE,
    CaptureFailed.__name__: LineKind.CAPTURE_REVERSED,
    PaymentRefunded.__name__: LineKind.REFUND,
    RefundFailed.__name__: LineKind.REFUND_REVERSED,
    DisputeOpened.__name__: LineKind.DISPUTE,
    DisputeWon.__name__: LineKind.DISPUTE_REVERSED,
}
_TAKES: Final = frozenset({LineKind.CAPTURE_REVERSED, LineKind.REFUND, LineKind.DISPUTE})
"""What leaves us; the others come to us."""


def operation_of(entry: JournalEntry) -> Operation | None:
    """The operation that an entry books, or None: what moved no money at the provider is none.

    A refund that failed before it was paid never left the provider.
    """
    kind = _KINDS.get(entry.fact)
    if kind is None:
        return None
    on_clearing = any(posting.account == PROVIDER_CLEARING for posting in entry.postings)
    if kind is LineKind.REFUND_REVERSED and not on_clearing:
        return None
    amount = entry.amount
    return Operation(
        operation_id=entry.reference,
        kind=kind,
        payment_id=entry.payment_id,
        amount=Money(-amount.minor, amount.currency) if kind in _TAKES else amount,
        happened_on=entry.effective_at.astimezone(UTC).date(),
        entry_id=entry.entry_id,
    )
