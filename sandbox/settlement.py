"""What the acquirer settles: every movement once, in a report a currency, with its fees and payout.

The amounts are exact: fees are whole minor units, and a payout is the sum of its lines.
"""

import csv
import io
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import StrEnum

from sandbox.payment import Kind, Operation, Payment, Status

ACCOUNT = "quittance"
FEE_PER_TEN_THOUSAND = 140
FEE_FIXED = 25
SCHEME_PER_TEN_THOUSAND = 10
DISPUTE_FEE = 1500
COLUMNS = (
    "line_id",
    "account",
    "report_number",
    "payout_id",
    "type",
    "payment_id",
    "operation_id",
    "reference",
    "gross_currency",
    "gross",
    "exchange_rate",
    "net_currency",
    "fee_processing",
    "fee_scheme",
    "net",
    "occurred_at",
    "settled_on",
)
WITHOUT_MINOR = frozenset(
    "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF".split()  # noqa: SIM905
)
WITH_THREE = frozenset("BHD IQD JOD KWD LYD OMR TND".split())  # noqa: SIM905
WITH_FOUR = frozenset({"CLF", "UYW"})


class Discrepancy(StrEnum):
    """What can be made wrong with a report on request; each strikes one line of it.

    `late` leaves the line to the next report, `missing` leaves it out for ever.
    """

    MISSING = "missing_line"
    EXTRA = "extra_line"
    AMOUNT = "amount"
    CURRENCY = "currency"
    FEE = "fee"
    DUPLICATE = "duplicate"
    LATE = "late"
    PAYOUT_SUM = "payout_sum"


OF_THE_REPORT = frozenset({Discrepancy.EXTRA, Discrepancy.PAYOUT_SUM})


@dataclass(frozen=True)
class Movement:
    """Money that moved between the merchant and the acquirer: above zero comes to the merchant."""

    kind: str
    payment_id: str
    operation_id: str
    reference: str
    currency: str
    gross: int
    processing: int
    scheme: int
    at: datetime

    @property
    def name(self) -> str:
        return f"{self.operation_id}/{self.kind}"

    @property
    def net(self) -> int:
        return self.gross - self.processing - self.scheme


@dataclass(frozen=True)
class Report:
    number: int
    currency: str
    day: date
    content: bytes
    payout_id: str
    payout: int
    lines: int

    @property
    def name(self) -> str:
        return f"settlement-{self.number:06d}.csv"


def movements(payments: Iterable[Payment], settled: set[str]) -> Iterator[Movement]:
    """What is not settled yet; a success that was taken back before it was settled is nothing."""
    for payment in payments:
        for operation in payment.operations:
            for movement in _of(payment, operation):
                undone = movement.kind.endswith(("_reversed", "_won"))
                if movement.name in settled or (undone and not _told(operation, settled)):
                    continue
                yield movement


def _of(payment: Payment, operation: Operation) -> Iterator[Movement]:
    match operation.kind, operation.status:
        case Kind.CAPTURE, Status.SUCCEEDED:
            yield _movement(payment, operation, "capture", operation.amount)
        case Kind.CAPTURE, Status.REVERSED:
            yield _movement(payment, operation, "capture_reversed", -operation.amount)
        case Kind.REFUND, Status.SUCCEEDED:
            yield _movement(payment, operation, "refund", -operation.amount)
        case Kind.REFUND, Status.REVERSED:
            yield _movement(payment, operation, "refund_reversed", operation.amount)
        case Kind.DISPUTE, Status.OPENED | Status.LOST:
            yield _movement(payment, operation, "dispute", -operation.amount)
        case Kind.DISPUTE, Status.WON:
            yield _movement(payment, operation, "dispute", -operation.amount)
            yield _movement(payment, operation, "dispute_won", operation.amount)


def _told(operation: Operation, settled: set[str]) -> bool:
    """Whether what is undone had been settled; a dispute and its end may come in one report."""
    return operation.kind is Kind.DISPUTE or f"{operation.id}/{operation.kind}" in settled


def _movement(payment: Payment, operation: Operation, kind: str, gross: int) -> Movement:
    processing = scheme = 0
    if kind == "capture":
        processing = gross * FEE_PER_TEN_THOUSAND // 10_000 + FEE_FIXED
        scheme = gross * SCHEME_PER_TEN_THOUSAND // 10_000
    elif kind == "dispute":
        processing = DISPUTE_FEE
    return Movement(
        kind=kind,
        payment_id=payment.id,
        operation_id=operation.id,
        reference=operation.reference,
        currency=payment.currency,
        gross=gross,
        processing=processing,
        scheme=scheme,
        at=operation.created_at,
    )


def make_report(
    number: int,
    found: list[Movement],
    day: date,
    now: datetime,
    *,
    wrong: Mapping[Discrepancy, str],
) -> Report:
    """A report over movements of one currency. `wrong`: discrepancies, each by what it strikes."""
    assert found
    currency = found[0].currency
    payout_id = f"sbx_po_{number:06d}"
    lines = [(f"sbx_ln_{each.name}", each, currency) for each in found]
    lines = [told for each in lines for told in _struck(each, wrong)]
    if Discrepancy.EXTRA in wrong:
        lines.append((f"sbx_ln_extra_{number}", _extra(found[0], now), currency))
    payout = sum(each.net for _, each, settled_in in lines if settled_in == currency)
    if Discrepancy.PAYOUT_SUM in wrong:
        payout += 7
    sent = Movement("payout", "", payout_id, "", currency, -payout, 0, 0, now)
    lines.append((f"sbx_ln_{payout_id}", sent, currency))
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow(COLUMNS)
    for line_id, each, net_currency in lines:
        writer.writerow(_row(line_id, each, net_currency, number, payout_id, day))
    return Report(number, currency, day, text.getvalue().encode(), payout_id, payout, len(lines))


def _struck(
    line: tuple[str, Movement, str], wrong: Mapping[Discrepancy, str]
) -> Iterator[tuple[str, Movement, str]]:
    line_id, each, currency = line
    kinds = [kind for kind, reference in wrong.items() if reference == each.reference]
    if Discrepancy.MISSING in kinds:
        return
    if Discrepancy.AMOUNT in kinds:
        each = replace(each, gross=each.gross - 1)
    if Discrepancy.FEE in kinds:
        each = replace(each, processing=each.processing + 100)
    if Discrepancy.CURRENCY in kinds:
        each = replace(each, currency="USD" if currency != "USD" else "EUR")
        currency = each.currency
    yield line_id, each, currency
    if Discrepancy.DUPLICATE in kinds:
        yield f"{line_id}_again", each, currency


def _extra(like: Movement, now: datetime) -> Movement:
    return Movement("capture", "sbx_pay_extra", "sbx_op_extra", "", like.currency, 999, 0, 0, now)


def _row(
    line_id: str, each: Movement, net_currency: str, number: int, payout_id: str, day: date
) -> tuple[str, ...]:
    return (
        line_id,
        ACCOUNT,
        str(number),
        payout_id,
        each.kind,
        each.payment_id,
        each.operation_id,
        each.reference,
        each.currency,
        major(each.gross, each.currency),
        "",
        net_currency,
        major(each.processing, net_currency),
        major(each.scheme, net_currency),
        major(each.net, net_currency),
        each.at.isoformat(timespec="milliseconds"),
        day.isoformat(),
    )


def major(minor: int, currency: str) -> str:
    """Minor units as a report writes them: `-12.30`."""
    digits = 0 if currency in WITHOUT_MINOR else 2
    digits = 3 if currency in WITH_THREE else 4 if currency in WITH_FOUR else digits
    sign, text = "-" if minor < 0 else "", str(abs(minor)).rjust(digits + 1, "0")
    return f"{sign}{text[:-digits]}.{text[-digits:]}" if digits else f"{sign}{text}"
