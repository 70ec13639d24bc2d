"""A provider's settlement report in our words, whatever format it came in, one line at a time."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Final

from shared.contracts.bank import BankLineBooked
from shared.contracts.envelope import Event
from shared.money import Money


class LineKind(StrEnum):
    """What a line is about. `unknown` keeps a type that nobody has met before; it is raised.

    A `capture_reversed` takes a settled capture back, a `refund_reversed` gives a settled refund
    back; a `fee` belongs to no operation; a `payout` is what leaves for the bank. An `arrival` is
    an entry of a bank's statement, and an `arrival_reversed` one that takes a payout back: no
    provider's report has them.
    """

    CAPTURE = "capture"
    CAPTURE_REVERSED = "capture_reversed"
    REFUND = "refund"
    REFUND_REVERSED = "refund_reversed"
    DISPUTE = "dispute"
    DISPUTE_REVERSED = "dispute_reversed"
    FEE = "fee"
    PAYOUT = "payout"
    PAYOUT_REVERSED = "payout_reversed"
    RESERVE_HELD = "reserve_held"
    RESERVE_RELEASED = "reserve_released"
    ADJUSTMENT = "adjustment"
    UNKNOWN = "unknown"
    ARRIVAL = "arrival"
    ARRIVAL_REVERSED = "arrival_reversed"


OF_BANKS: Final = frozenset({LineKind.ARRIVAL, LineKind.ARRIVAL_REVERSED})


ROUNDING: Final = "rounding"
"""The part that makes the others add up, where they are told with more decimals than money has."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Fee:
    """A part of what the provider charges: `commission`, `markup`, `scheme`, `interchange`, …"""

    part: str
    amount: Money


@dataclass(frozen=True, slots=True, kw_only=True)
class PaymentSettled(Event):
    """A provider has settled one line. Amounts are signed from our side: above zero comes to us.

    `line_id` is the same however often, and in whichever file, the provider tells the line.
    `reference` is the operation's id in our events (the capture's, refund's or dispute's) where it
    is an operation of ours, else what the report names. `payment_id` and `order_id` are empty where
    no payment of ours is known by it; `provider_payment` and `provider_reference` are the
    provider's names of the payment and of the operation. `gross` is in the currency of the payment,
    `fees` (above zero is charged) and `net` in that of the payout: where both are the same,
    net = gross - fees, up to what reconciliation finds; else `rate` units of net for one of gross,
    as the report writes it. `occurred_at` is when the operation happened, `settled_on` the day of
    the report or payout. `word` is the provider's own word for the line's type.
    """

    line_id: str
    provider: str
    account: str
    payout_id: str
    kind: LineKind
    word: str
    reference: str
    payment_id: str
    order_id: str
    provider_payment: str
    provider_reference: str
    gross: Money
    fees: tuple[Fee, ...]
    net: Money
    rate: str | None
    occurred_at: datetime
    settled_on: date
    report_id: str
    row: int


@dataclass(frozen=True, slots=True, kw_only=True)
class SettlementContradicted(Event):
    """A line was told again with another content: the first stands, the second needs a person.

    The line is a provider's or, where that is `bank`, a bank's.

    `line_id` is the first's, `report_id` and `row` are where the second stands.
    """

    line_id: str
    provider: str
    account: str
    payment_id: str
    order_id: str
    report_id: str
    row: int
    contradiction: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SettlementReportRead(Event):
    """A provider's report, or a bank's statements, have been read to their end:
    rows = told + known + contradicted + refused.

    `told` lines were new; `refused` rows are kept with their reasons. `refusal` says why the report
    was put aside as a whole (nothing of it was told), `missing` which reports are absent beside it,
    or between which statements the balances do not meet.
    """

    report_id: str
    provider: str
    account: str
    rows: int
    told: int
    known: int
    contradicted: int
    refused: int
    refusal: str
    missing: str


type ReadInFiles = PaymentSettled | BankLineBooked | SettlementContradicted | SettlementReportRead
"""What is told of the files of providers and banks."""
