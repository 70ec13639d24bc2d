"""What a provider's report says, line by line, and when a line cannot be true."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Final

from payments.domain.payment import Payment
from shared.contracts.bank import BankLineBooked
from shared.contracts.provider_notice import Operation
from shared.contracts.settlement import ROUNDING, Fee, LineKind, PaymentSettled
from shared.ids import derived
from shared.money import AMOUNT_MAX, Money, total

_COMES_IN: Final = frozenset(
    {
        LineKind.CAPTURE,
        LineKind.REFUND_REVERSED,
        LineKind.DISPUTE_REVERSED,
        LineKind.RESERVE_RELEASED,
    }
)
_GOES_OUT: Final = frozenset(
    {
        LineKind.CAPTURE_REVERSED,
        LineKind.REFUND,
        LineKind.DISPUTE,
        LineKind.RESERVE_HELD,
    }
)
"""What has one side only; fees, payouts and adjustments may go either way."""
_DISPUTES: Final = frozenset({LineKind.DISPUTE, LineKind.DISPUTE_REVERSED})
_OPERATIONS: Final = {
    LineKind.CAPTURE: Operation.CAPTURE,
    LineKind.CAPTURE_REVERSED: Operation.CAPTURE,
    LineKind.REFUND: Operation.REFUND,
    LineKind.REFUND_REVERSED: Operation.REFUND,
}
SETTLED_AHEAD_MAX: Final = timedelta(days=1)
"""The provider's day may have begun before ours."""


class RowWrong(ValueError):
    """A row that cannot be a line; the text is the reason that is kept with it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportedLine:
    """A row in our words. `identity` is the provider's own name for it: the same in every file.

    `reference` is ours as the report repeats it. The rest is as in PaymentSettled.
    """

    row: int
    identity: tuple[str, ...]
    account: str
    payout_id: str
    kind: LineKind
    word: str
    reference: str
    provider_payment: str
    provider_reference: str
    gross: Money
    fees: tuple[Fee, ...]
    net: Money
    rate: str | None
    occurred_at: datetime
    settled_on: date


@dataclass(frozen=True, slots=True, kw_only=True)
class RefusedRow:
    """A row that is kept with the reason why it is no line."""

    row: int
    reason: str


def plausible(line: ReportedLine, *, account: str, payout_id: str | None, now: datetime) -> None:
    """Raises RowWrong for what cannot be: of another account, a second payout in a report of one,
    a day to come, an amount on the wrong side, or too large to be kept exactly.
    """
    if line.account != account:
        raise RowWrong("another account's")
    if payout_id is not None and line.payout_id != payout_id:
        raise RowWrong(f"a second payout in the report of {payout_id}")
    if line.settled_on > (now + SETTLED_AHEAD_MAX).date():
        raise RowWrong("settled on a day that has not come")
    minor = line.gross.minor
    if (line.kind in _COMES_IN and minor < 0) or (line.kind in _GOES_OUT and minor > 0):
        raise RowWrong(f"a {line.kind} of {line.gross} is on the wrong side")
    amounts = (line.gross, line.net, *(each.amount for each in line.fees))
    if any(abs(amount.minor) > AMOUNT_MAX for amount in amounts):
        raise RowWrong("an amount beyond what can be kept exactly")


def adding_up(gross: Money, fees: Sequence[Fee], net: Money) -> tuple[Fee, ...]:
    """The fees, with an explicit rounding where that explains why they do not add up.

    Each part may be off by half a minor unit, and so may the gross and the net.
    """
    charged = tuple(each for each in fees if each.amount.minor)
    if gross.currency != net.currency or not charged:
        return charged
    off = gross - total([each.amount for each in charged], net.currency) - net
    if off.minor and abs(off.minor) * 2 <= len(charged):
        return (*charged, Fee(part=ROUNDING, amount=off))
    return charged


def settled(
    line: ReportedLine, *, provider: str, report_id: str, number: int, payment: Payment | None
) -> PaymentSettled:
    """The line as it is told. `number` counts lines of one identity within a report, from 1."""
    times = () if number == 1 else (str(number),)
    told = PaymentSettled(
        line_id=derived("line", provider, line.account, *line.identity, *times),
        provider=provider,
        account=line.account,
        payout_id=line.payout_id,
        kind=line.kind,
        word=line.word,
        reference=line.reference,
        payment_id="",
        order_id="",
        provider_payment=line.provider_payment,
        provider_reference=line.provider_reference,
        gross=line.gross,
        fees=line.fees,
        net=line.net,
        rate=line.rate,
        occurred_at=line.occurred_at,
        settled_on=line.settled_on,
        report_id=report_id,
        row=line.row,
    )
    if payment is None:
        return told
    return replace(
        told,
        payment_id=payment.payment_id,
        order_id=payment.order_id,
        reference=operation_of(payment, line) or line.reference,
    )


def operation_of(payment: Payment, line: ReportedLine) -> str:
    """The id, in our events, of the operation that a line is about; empty if it is none of ours."""
    if line.kind in _DISPUTES:
        known = {each.dispute_id for each in payment.disputes}
        return line.provider_reference if line.provider_reference in known else ""
    operation = _OPERATIONS.get(line.kind)
    tried = [each for each in payment.attempts if each.operation is operation]
    named = [each for each in tried if each.attempt_id == line.reference]
    if not named and line.provider_reference:
        named = [each for each in tried if each.provider_reference == line.provider_reference]
    return (named[0].refund_id or named[0].attempt_id) if named else ""


_SAID: Final = {
    PaymentSettled: (
        "kind", "payout_id", "gross", "fees", "net", "rate", "settled_on", "occurred_at",
        "provider_payment", "provider_reference",
    ),
    BankLineBooked: ("amount", "booked_on", "value_on"),
}  # fmt: skip
"""What may not change when a line is told again."""


def difference(
    first: PaymentSettled | BankLineBooked, second: PaymentSettled | BankLineBooked
) -> str:
    """What is told otherwise the second time; empty where the same is said."""
    for name in _SAID[type(first)]:
        before, after = getattr(first, name), getattr(second, name)
        if before != after:
            if name == "fees":
                return "other fees"
            return f"{name} is {after}, was {before}"
    return ""
