"""How money from the provider to the bank is written in the books: one function a fact.

The facts are what a settlement report, a bank statement and a reconciliation say. Each rule gives
the postings of one entry; lines that would be zero are left out.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from accounting.domain.chart_of_accounts import (
    BANK,
    CHARGEBACK_LOSSES,
    COMMISSION_REVENUE,
    CUSTOMER_RECEIVABLE,
    DEFERRED_REVENUE,
    DISPUTES_RECEIVABLE,
    FX_COMMISSION,
    FX_GAIN_AND_LOSS,
    FX_POSITION,
    PAYOUT_IN_TRANSIT,
    PROCESSING_FEES,
    PROVIDER_CLEARING,
    PROVIDER_RESERVE,
    REVENUE,
    SELLER_PAYABLE,
    SUSPENSE,
    TAX_PAYABLE,
    WRITE_OFFS,
    Account,
    Side,
)
from accounting.domain.journal import Posting, Rate
from shared.money import Money, zero

type Postings = tuple[Posting, ...]

UNKNOWN_ITEM: Final = "unknown"
"""The item for lines that name no payment of ours, and for bank entries that are no payout yet."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ConvertedLine:
    """A line settled in another currency: `gross` sold at `rate` for `converted`.

    `booked` is what `gross` was worth at the rate of the day of its capture.
    """

    payment_id: str
    gross: Money
    converted: Money
    booked: Money
    fee: Money
    commission: Money
    rate: Rate


@dataclass(frozen=True, slots=True, kw_only=True)
class Sale:
    """A capture with what is not revenue in it: tax, deferred delivery, or a seller's part."""

    payment_id: str
    amount: Money
    tax: Money
    seller: Money
    delivered: bool


def fee_charged(fee: Money) -> Postings:
    """T2i, T2a, T5n: a fee without a captured payment. A negative one was given back."""
    return signed_postings((PROCESSING_FEES, fee), (PROVIDER_CLEARING, -fee))


def payout_sent(amount: Money, payout_id: str) -> Postings:
    """T3: on its way to the bank; the clearing of that payout is zero again.

    T3neg: below zero, where refunds and disputes exceeded captures, it is on its way to be taken.
    """
    return signed_postings(
        (PAYOUT_IN_TRANSIT, amount), (PROVIDER_CLEARING, -amount), item=payout_id
    )


def payout_arrived(amount: Money, payout_id: str) -> Postings:
    """T3b: the bank has it, or below zero has paid it."""
    return signed_postings((BANK, amount), (PAYOUT_IN_TRANSIT, -amount), item=payout_id)


def payout_failed(amount: Money, payout_id: str) -> Postings:
    """T3f: the bank sent it back; the provider holds it again."""
    return signed_postings(
        (PROVIDER_CLEARING, amount), (PAYOUT_IN_TRANSIT, -amount), item=payout_id
    )


def arrival_named(amount: Money, payout_id: str) -> Postings:
    """What has come in is known as that payout's: it moves from the unknown to its item."""
    sides = (Side.DEBIT, Side.CREDIT) if amount.minor > 0 else (Side.CREDIT, Side.DEBIT)
    size = Money(abs(amount.minor), amount.currency)
    items = (UNKNOWN_ITEM, payout_id)
    return tuple(
        Posting(PAYOUT_IN_TRANSIT, side, size, item)
        for side, item in zip(sides, items, strict=True)
    )


def reserve_held(amount: Money) -> Postings:
    """T4: kept back by the provider for a time."""
    return signed_postings((PROVIDER_RESERVE, amount), (PROVIDER_CLEARING, -amount))


def reserve_released(amount: Money) -> Postings:
    """The mirror of T4."""
    return signed_postings((PROVIDER_CLEARING, amount), (PROVIDER_RESERVE, -amount))


def settled_in_another_currency(line: ConvertedLine) -> Postings:
    """T10, T10g, T10s: balanced in each currency; what the rate moved is a gain or a loss."""
    moved = line.booked - line.converted
    return signed_postings(
        (FX_POSITION, line.gross),
        (CUSTOMER_RECEIVABLE, -line.gross),
        (PROVIDER_CLEARING, line.converted - line.fee - line.commission),
        (PROCESSING_FEES, line.fee),
        (FX_COMMISSION, line.commission),
        (FX_GAIN_AND_LOSS, moved),
        (FX_POSITION, -line.booked),
        item=line.payment_id,
    )


def sold(sale: Sale) -> Postings:
    """T1 with tax, T1d before delivery, T13 for a seller: revenue is only what is ours."""
    ours = sale.amount - sale.tax - sale.seller
    earned = REVENUE if sale.seller.minor == 0 else COMMISSION_REVENUE
    return signed_postings(
        (CUSTOMER_RECEIVABLE, sale.amount),
        (earned if sale.delivered else DEFERRED_REVENUE, -ours),
        (SELLER_PAYABLE, -sale.seller),
        (TAX_PAYABLE, -sale.tax),
        item=sale.payment_id,
    )


def delivered(amount: Money) -> Postings:
    """What was paid before its delivery is earned now."""
    return signed_postings((DEFERRED_REVENUE, amount), (REVENUE, -amount))


def written_off(amount: Money, payment_id: str) -> Postings:
    """T11: nobody will pay it. Above a limit that takes two people."""
    return signed_postings((WRITE_OFFS, amount), (CUSTOMER_RECEIVABLE, -amount), item=payment_id)


def found_at_provider(amount: Money) -> Postings:
    """T12: the provider has money that we know nothing of."""
    return signed_postings((PROVIDER_CLEARING, amount), (SUSPENSE, -amount))


def dispute_settled(returned: Money, lost: Money, payment_id: str) -> Postings:
    """T8p: a part of the disputed amount came back, the rest is lost."""
    return signed_postings(
        (PROVIDER_CLEARING, returned),
        (CHARGEBACK_LOSSES, lost),
        (DISPUTES_RECEIVABLE, -(returned + lost)),
        item=payment_id,
    )


def signed_postings(*signed: tuple[Account, Money], item: str = "") -> Postings:
    """Postings from signed amounts: above zero a debit, below zero a credit."""
    return tuple(
        Posting(
            account,
            Side.DEBIT if amount > zero(amount.currency) else Side.CREDIT,
            amount if amount > zero(amount.currency) else -amount,
            item if account.sub_ledger is not None else "",
        )
        for account, amount in signed
        if amount.minor
    )
