"""Adyen's settlement details report: major units without signs, the side told by the column."""

from __future__ import annotations

from typing import Final

from payments.domain.settlement import ReportedLine, RowWrong, adding_up
from payments.infrastructure.settlement.format import Cells, Format, day, moment
from shared.contracts.settlement import Fee, LineKind
from shared.money import Money, zero

KINDS: Final = {
    "Settled": LineKind.CAPTURE,
    "SettledReversed": LineKind.CAPTURE_REVERSED,
    "Refunded": LineKind.REFUND,
    "RefundedReversed": LineKind.REFUND_REVERSED,
    "Chargeback": LineKind.DISPUTE,
    "SecondChargeback": LineKind.DISPUTE,
    "ChargebackReversed": LineKind.DISPUTE_REVERSED,
    "SecondChargebackReversed": LineKind.DISPUTE_REVERSED,
    "Fee": LineKind.FEE,
    "MiscCosts": LineKind.FEE,
    "PaymentCost": LineKind.FEE,
    "InvoiceDeduction": LineKind.FEE,
    "MerchantPayout": LineKind.PAYOUT,
    "PaidOut": LineKind.PAYOUT,
    "PaidOutReversed": LineKind.PAYOUT_REVERSED,
    "BankInstructionReturned": LineKind.PAYOUT_REVERSED,
    "ReserveAdjustment": LineKind.ADJUSTMENT,
    "DepositCorrection": LineKind.ADJUSTMENT,
    "MatchedStatement": LineKind.ADJUSTMENT,
    "ManualCorrected": LineKind.ADJUSTMENT,
    "Balancetransfer": LineKind.ADJUSTMENT,
}
FEES: Final = {
    "commission": "Commission (NC)",
    "markup": "Markup (NC)",
    "scheme": "Scheme Fees (NC)",
    "interchange": "Interchange (NC)",
}


def _line(cells: Cells) -> ReportedLine:
    word = cells.needed("Type")
    net_currency = cells.currency("Net Currency")
    net = _sided(cells, "Net", "NC", net_currency)
    gross = _gross(cells, net)
    at = moment(cells.needed("Creation Date"), cells.text("TimeZone") or "UTC")
    account = cells.needed("Merchant Account")
    batch = cells.needed("Batch Number")
    fees = [
        Fee(part=part, amount=cells.part(column, net_currency)) for part, column in FEES.items()
    ]
    rate = cells.text("Exchange Rate")
    return ReportedLine(
        row=cells.row,
        identity=_identity(cells, word, batch),
        account=account,
        payout_id=f"{account}/{batch}",
        kind=KINDS.get(word, LineKind.UNKNOWN),
        word=word,
        reference=cells.text("Modification Merchant Reference") or cells.text("Merchant Reference"),
        provider_payment=cells.text("Psp Reference"),
        provider_reference=cells.text("Modification Reference"),
        gross=gross,
        fees=adding_up(gross, fees, net),
        net=net,
        rate=rate if rate and gross.currency != net.currency else None,
        occurred_at=at,
        settled_on=day(cells.needed("Creation Date")),
    )


def _identity(cells: Cells, word: str, batch: str) -> tuple[str, ...]:
    """A row about an operation is known by that; another one by all that it says."""
    names = ("Psp Reference", "Modification Reference")
    if cells.text("Psp Reference") and cells.text("Modification Reference"):
        return (word, batch, *(cells.text(name) for name in names))
    amounts = ("Gross Debit (GC)", "Gross Credit (GC)", "Net Debit (NC)", "Net Credit (NC)")
    told = (*names, "Creation Date", "Merchant Reference", *amounts)
    return (word, batch, *(cells.text(name) for name in told))


def _gross(cells: Cells, net: Money) -> Money:
    """A row without a gross (a fee, a payout) moves its net."""
    sides = (cells.text("Gross Debit (GC)"), cells.text("Gross Credit (GC)"))
    if not any(sides):
        return net if cells.text("Type") in _WITHOUT_GROSS else zero(net.currency)
    return _sided(cells, "Gross", "GC", cells.currency("Gross Currency"))


_WITHOUT_GROSS: Final = frozenset(
    word for word, kind in KINDS.items() if kind in {LineKind.FEE, LineKind.PAYOUT}
)


def _sided(cells: Cells, name: str, unit: str, currency: str) -> Money:
    debit = cells.text(f"{name} Debit ({unit})")
    credit = cells.text(f"{name} Credit ({unit})")
    if debit.startswith("-") or credit.startswith("-"):
        raise RowWrong(f"a sign in {name}: the column is the sign")
    taken = cells.major(f"{name} Debit ({unit})", currency)
    given = cells.major(f"{name} Credit ({unit})", currency)
    if taken.minor and given.minor:
        raise RowWrong(f"{name} has a debit and a credit")
    return given - taken


SETTLEMENT_DETAILS: Final = Format(
    columns=(
        "Merchant Account",
        "Psp Reference",
        "Type",
        "Creation Date",
        "Modification Reference",
        "Net Currency",
        "Net Debit (NC)",
        "Net Credit (NC)",
        "Batch Number",
    ),
    line=_line,
    series=lambda cells: cells.whole("Batch Number"),
    single_payout=True,
)
