"""The simulated acquirer's settlement report: major units with signs, one payout a file."""

from __future__ import annotations

from typing import Final

from payments.domain.settlement import ReportedLine, adding_up
from payments.infrastructure.settlement.format import Cells, Format, day, moment
from shared.contracts.settlement import Fee, LineKind

KINDS: Final = {
    "capture": LineKind.CAPTURE,
    "capture_reversed": LineKind.CAPTURE_REVERSED,
    "refund": LineKind.REFUND,
    "refund_reversed": LineKind.REFUND_REVERSED,
    "dispute": LineKind.DISPUTE,
    "dispute_won": LineKind.DISPUTE_REVERSED,
    "fee": LineKind.FEE,
    "payout": LineKind.PAYOUT,
}
FEES: Final = {"processing": "fee_processing", "scheme": "fee_scheme"}


def _line(cells: Cells) -> ReportedLine:
    word = cells.needed("type")
    net_currency = cells.currency("net_currency")
    gross = cells.major("gross", cells.currency("gross_currency"))
    net = cells.major("net", net_currency)
    fees = [
        Fee(part=part, amount=cells.major(column, net_currency)) for part, column in FEES.items()
    ]
    return ReportedLine(
        row=cells.row,
        identity=(cells.needed("line_id"),),
        account=cells.needed("account"),
        payout_id=cells.needed("payout_id"),
        kind=KINDS.get(word, LineKind.UNKNOWN),
        word=word,
        reference=cells.text("reference"),
        provider_payment=cells.text("payment_id"),
        provider_reference=cells.text("operation_id"),
        gross=gross,
        fees=adding_up(gross, fees, net),
        net=net,
        rate=cells.text("exchange_rate") or None,
        occurred_at=moment(cells.needed("occurred_at")),
        settled_on=day(cells.needed("settled_on")),
    )


SETTLEMENT: Final = Format(
    columns=(
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
        "net_currency",
        "fee_processing",
        "net",
        "occurred_at",
        "settled_on",
    ),
    line=_line,
    series=lambda cells: cells.whole("report_number"),
    single_payout=True,
)
