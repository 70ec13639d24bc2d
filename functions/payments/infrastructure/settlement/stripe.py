"""Stripe's itemised CSV reports (payout reconciliation, balance change) and balance transactions.

The reports write major units, the API minor ones, which for some currencies are not ISO's.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, Final

from payments.domain.settlement import ReportedLine, RowWrong, adding_up
from payments.infrastructure.settlement.format import Cells, Format, day, moment
from shared.contracts.settlement import Fee, LineKind
from shared.money import Money

KINDS: Final = {
    "charge": LineKind.CAPTURE,
    "partial_capture_reversal": LineKind.CAPTURE_REVERSED,
    "charge_failure": LineKind.CAPTURE_REVERSED,
    "refund": LineKind.REFUND,
    "refund_failure": LineKind.REFUND_REVERSED,
    "dispute": LineKind.DISPUTE,
    "dispute_reversal": LineKind.DISPUTE_REVERSED,
    "fee": LineKind.FEE,
    "network_cost": LineKind.FEE,
    "tax": LineKind.FEE,
    "payout": LineKind.PAYOUT,
    "payout_reversal": LineKind.PAYOUT_REVERSED,
    "risk_reserved_funds": LineKind.RESERVE_HELD,
    "other_adjustment": LineKind.ADJUSTMENT,
}
"""By reporting category: https://docs.stripe.com/reports/reporting-categories."""
REFERENCE: Final = "payment_metadata[reference]"
"""Where our adapter leaves the attempt's id."""
UNITS: Final = {"ISK": (1, 100), "UGX": (1, 100), "MGA": (100, 1)}
"""Our minor units for theirs, as a fraction, where they differ from ISO 4217."""


def _csv_line(cells: Cells) -> ReportedLine:
    currency = cells.currency("currency")
    gross, net = cells.major("gross", currency), cells.major("net", currency)
    fees = adding_up(gross, [Fee(part="stripe", amount=cells.major("fee", currency))], net)
    word = cells.needed("reporting_category")
    effective = cells.text("automatic_payout_effective_at_utc") or cells.needed("available_on_utc")
    return ReportedLine(
        row=cells.row,
        identity=(cells.needed("balance_transaction_id"),),
        account=cells.text("account"),
        payout_id=cells.text("automatic_payout_id") or _own_payout(word, cells.text("source_id")),
        kind=KINDS.get(word, LineKind.UNKNOWN),
        word=word,
        reference=cells.text(REFERENCE),
        provider_payment=cells.text("payment_intent_id") or cells.text("charge_id"),
        provider_reference=cells.text("source_id"),
        gross=_presented(cells, gross),
        fees=fees,
        net=net,
        rate=None,
        occurred_at=moment(cells.needed("created_utc")),
        settled_on=day(effective),
    )


def _presented(cells: Cells, gross: Money) -> Money:
    """What the customer saw, where that is another currency; the report writes it unsigned."""
    currency = cells.text("customer_facing_currency").upper()
    if not currency or currency == gross.currency:
        return gross
    shown = cells.major("customer_facing_amount", currency)
    return -shown if (shown.minor < 0) is not (gross.minor < 0) else shown


ITEMIZED: Final = Format(
    columns=(
        "balance_transaction_id",
        "created_utc",
        "available_on_utc",
        "currency",
        "gross",
        "fee",
        "net",
        "reporting_category",
        "source_id",
    ),
    line=_csv_line,
)


def transaction_line(row: int, item: Mapping[str, Any]) -> ReportedLine:
    """One object of `/v1/balance_transactions`; raises RowWrong."""
    currency = _text(item, "currency").upper()
    gross, net = _minor(item, "amount", currency), _minor(item, "net", currency)
    word = _text(item, "reporting_category")
    source = item.get("source")
    name = source.get("id") if isinstance(source, dict) else source
    rate = item.get("exchange_rate")
    return ReportedLine(
        row=row,
        identity=(_text(item, "id"),),
        account="",
        payout_id=_own_payout(word, str(name or "")),
        kind=KINDS.get(word, LineKind.UNKNOWN),
        word=word,
        reference=_reference(source),
        provider_payment=_intent(source),
        provider_reference=str(name or ""),
        gross=gross,
        fees=adding_up(gross, _fees(item, currency), net),
        net=net,
        rate=None if rate is None else str(rate),
        occurred_at=_epoch(item, "created"),
        settled_on=_epoch(item, "available_on").date(),
    )


def _own_payout(word: str, source: str) -> str:
    """A payout's own line names no payout that it is in: it is one."""
    return source if word in {"payout", "payout_reversal"} else ""


def _fees(item: Mapping[str, Any], currency: str) -> list[Fee]:
    details = item.get("fee_details")
    if isinstance(details, list) and details and all(isinstance(each, dict) for each in details):
        return [
            Fee(part=_text(each, "type"), amount=_minor(each, "amount", currency))
            for each in details
        ]
    return [Fee(part="stripe", amount=_minor(item, "fee", currency))]


def _minor(item: Mapping[str, Any], name: str, currency: str) -> Money:
    value = item.get(name)
    if type(value) is not int:
        raise RowWrong(f"{name} is not a whole number")
    ours, theirs = UNITS.get(currency, (1, 1))
    minor, rest = divmod(value * ours, theirs)
    if rest:
        raise RowWrong(f"{name} has a part of a minor unit of {currency}")
    return Money(minor, currency)


def _text(item: Mapping[str, Any], name: str) -> str:
    value = item.get(name)
    if not isinstance(value, str) or not value or len(value) > 256:  # noqa: PLR2004
        raise RowWrong(f"{name} is not a text")
    return value


def _epoch(item: Mapping[str, Any], name: str) -> datetime:
    value = item.get(name)
    if type(value) is not int or not 0 <= value < 253_402_300_800:  # noqa: PLR2004 - the year 10000
        raise RowWrong(f"{name} is not a time")
    return datetime.fromtimestamp(value, UTC)


def _reference(source: Any) -> str:
    metadata = source.get("metadata") if isinstance(source, dict) else None
    return str(metadata.get("reference", "")) if isinstance(metadata, dict) else ""


def _intent(source: Any) -> str:
    return str(source.get("payment_intent") or "") if isinstance(source, dict) else ""
