"""How each kind of settled line is written in the books: by the line alone, nothing is looked up.

What differs from our own operations is found, and moved to suspense, by reconciliation. Over a
payout the clearing account therefore moves by the sum of the lines' nets less what was sent.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from typing import Final

from accounting.domain.chart_of_accounts import (
    CUSTOMER_RECEIVABLE,
    DISPUTE_FEES,
    FX_POSITION,
    PROCESSING_FEES,
    PROVIDER_CLEARING,
    SUSPENSE,
    WRITE_OFFS,
    Account,
)
from accounting.domain.journal import Rate
from accounting.domain.settlement_rules import (
    UNKNOWN_ITEM,
    Postings,
    fee_charged,
    found_at_provider,
    payout_arrived,
    payout_failed,
    payout_sent,
    reserve_held,
    reserve_released,
    signed_postings,
)
from shared.contracts.bank import BankLineBooked
from shared.contracts.settlement import ROUNDING, LineKind, PaymentSettled
from shared.money import Money, total

DESCRIPTIONS: Final = {
    LineKind.CAPTURE: "Capture settled",
    LineKind.CAPTURE_REVERSED: "Settled capture taken back",
    LineKind.REFUND: "Fee of a refund",
    LineKind.REFUND_REVERSED: "Fee of a refund that came back",
    LineKind.DISPUTE: "Fee of a dispute",
    LineKind.DISPUTE_REVERSED: "Fee of a dispute that was won",
    LineKind.FEE: "Provider's fee",
    LineKind.PAYOUT: "Payout",
    LineKind.PAYOUT_REVERSED: "Payout returned",
    LineKind.RESERVE_HELD: "Reserve held",
    LineKind.RESERVE_RELEASED: "Reserve released",
    LineKind.ADJUSTMENT: "Provider's adjustment",
    LineKind.UNKNOWN: "Line of an unknown type",
}
_CAPTURES: Final = frozenset({LineKind.CAPTURE, LineKind.CAPTURE_REVERSED})
_BOOKED_BEFORE: Final = {
    LineKind.REFUND: PROCESSING_FEES,
    LineKind.REFUND_REVERSED: PROCESSING_FEES,
    LineKind.DISPUTE: DISPUTE_FEES,
    LineKind.DISPUTE_REVERSED: DISPUTE_FEES,
}
"""Their money is in the books by our own events; the line adds its fee, on this account."""

_OF_NET: Final[dict[LineKind, Callable[[Money], Postings]]] = {
    LineKind.FEE: lambda net: fee_charged(-net),
    LineKind.RESERVE_HELD: lambda net: reserve_held(-net),
    LineKind.RESERVE_RELEASED: reserve_released,
    LineKind.ADJUSTMENT: found_at_provider,
    LineKind.UNKNOWN: found_at_provider,
}


def line_postings(line: PaymentSettled) -> Postings:
    """What a line moves; nothing where it only says what our own events have booked."""
    fee = total([each.amount for each in line.fees], line.net.currency)
    if line.kind in _CAPTURES:
        return _capture(line, fee)
    if line.kind in _BOOKED_BEFORE:
        return _fee_of(line, fee, _BOOKED_BEFORE[line.kind])
    if line.kind is LineKind.PAYOUT:
        return _payout(line, fee)
    if line.kind is LineKind.PAYOUT_REVERSED:
        return payout_failed(line.net, payout_item(line))
    return _OF_NET[line.kind](line.net)


def line_rate(line: PaymentSettled) -> Rate | None:
    """The rate of a line in two currencies."""
    if line.rate is None or line.gross.currency == line.net.currency:
        return None
    return Rate(
        source=line.gross.currency,
        target=line.net.currency,
        rate=line.rate,
        told_by=line.provider,
        told_at=line.settled_on.isoformat(),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Written:
    """What the entry of a line says; it moves nothing where it has no postings."""

    description: str
    reference: str
    postings: Postings
    day: date
    payment_id: str = ""
    order_id: str = ""
    payout_id: str = ""
    rate: Rate | None = None


def written_of(line: PaymentSettled | BankLineBooked) -> Written:
    """How a line is written in the books, a provider's or a bank's.

    T3b: the bank has it, whosever it is; the reconciliation finds whose.
    """
    if isinstance(line, BankLineBooked):
        return Written(
            description="Bank entry",
            reference=line.reference,
            postings=payout_arrived(line.amount, UNKNOWN_ITEM),
            day=line.booked_on,
        )
    return Written(
        description=DESCRIPTIONS[line.kind],
        reference=line.reference or line.provider_reference,
        postings=line_postings(line),
        day=line.settled_on,
        payment_id=line.payment_id,
        order_id=line.order_id,
        payout_id=line.payout_id,
        rate=line_rate(line),
    )


def happened_on(day: date, told_at: datetime) -> datetime:
    """The end of the day it was settled or booked on, and no later than it was told."""
    return min(datetime.combine(day, time.max, UTC), told_at)


def _capture(line: PaymentSettled, fee: Money) -> Postings:
    """T2, T2n, T12a: the line clears the receivable by its gross, whatever we know of it.

    T10 where the payout is in another currency: the gross is sold for what the line pays.
    """
    item = "" if line.payment_id else UNKNOWN_ITEM  # the entry's payment is its own item
    if line.gross.currency == line.net.currency:
        return signed_postings(
            (PROVIDER_CLEARING, line.net),
            *_charged(line, fee, PROCESSING_FEES),
            (CUSTOMER_RECEIVABLE, -line.gross),
            item=item,
        )
    return signed_postings(
        (FX_POSITION, line.gross),
        (CUSTOMER_RECEIVABLE, -line.gross),
        (PROVIDER_CLEARING, line.net),
        (PROCESSING_FEES, fee),
        (FX_POSITION, -(line.net + fee)),
        item=item,
    )


def _fee_of(line: PaymentSettled, fee: Money, account: Account) -> Postings:
    """T5n, T6: the fee. In another currency the money is moved on, from clearing to clearing."""
    if line.gross.currency == line.net.currency:
        moved = (PROVIDER_CLEARING, line.net - line.gross)
        return signed_postings(*_charged(line, fee, account), moved)
    return signed_postings(
        (PROVIDER_CLEARING, -line.gross),
        (FX_POSITION, line.gross),
        (PROVIDER_CLEARING, line.net),
        (account, fee),
        (FX_POSITION, -(line.net + fee)),
    )


def _charged(
    line: PaymentSettled, fee: Money, account: Account
) -> tuple[tuple[Account, Money], ...]:
    """The fee, its rounding as a line of its own, and in suspense what does not add up."""
    parts = [each.amount for each in line.fees if each.part == ROUNDING]
    rounding = total(parts, line.net.currency)
    short = line.gross - fee - line.net
    return (account, fee - rounding), (WRITE_OFFS, rounding), (SUSPENSE, short)


def _payout(line: PaymentSettled, fee: Money) -> Postings:
    """T3, T3neg: what leaves for the bank, or is collected there, and what sending it costs."""
    return (*payout_sent(-(line.net + fee), payout_item(line)), *fee_charged(fee))


def payout_item(line: PaymentSettled) -> str:
    """The item of a payout in transit: its name, or where it has none its line's."""
    return line.payout_id or line.line_id
