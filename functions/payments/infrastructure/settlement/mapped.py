"""A CSV of any other provider, by a mapping: which columns, which signs, which units.

The mapping is a JSON document beside the provider's reports (`<provider>/mapping.json`).
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from enum import StrEnum
from typing import Any, Final

from payments.domain.settlement import ReportedLine, RowWrong, adding_up
from payments.infrastructure.settlement.format import Cells, Format, day, moment
from payments.infrastructure.settlement.records import NotAReport
from shared.contracts.settlement import OF_BANKS, Fee, LineKind
from shared.money import Money


class Units(StrEnum):
    MAJOR = "major"
    MINOR = "minor"


class Decimals(StrEnum):
    """What becomes of more decimals than the currency has."""

    REFUSED = "refused"
    ROUNDED = "rounded"


class Signs(StrEnum):
    """`ours`: above zero comes to us. `theirs`: the other way. `by_kind`: unsigned, and the kind of
    the line says the side."""

    OURS = "ours"
    THEIRS = "theirs"
    BY_KIND = "by_kind"


@dataclass(frozen=True, slots=True, kw_only=True)
class ColumnMap:
    """Columns by what they hold. An amount is one column, or a debit and a credit one.

    `identity` are the columns that name a row in every file. `kinds` turn the provider's words into
    ours; a word that is not there is unknown, is kept and is raised. `fees` by part: above zero is
    charged. `zone` is that of times which do not say their own.
    """

    identity: tuple[str, ...]
    kind: str
    kinds: Mapping[str, LineKind]
    currency: str
    occurred_at: str
    settled_on: str
    gross: str = ""
    gross_debit: str = ""
    gross_credit: str = ""
    net: str = ""
    net_debit: str = ""
    net_credit: str = ""
    net_currency: str = ""
    fees: Mapping[str, str] = field(default_factory=dict)
    account: str = ""
    payout_id: str = ""
    reference: str = ""
    provider_payment: str = ""
    provider_reference: str = ""
    rate: str = ""
    series: str = ""
    units: Units = Units.MAJOR
    signs: Signs = Signs.OURS
    decimals: Decimals = Decimals.REFUSED
    zone: str = "UTC"
    single_payout: bool = False


_WORDS: Final = {"units": Units, "signs": Signs, "decimals": Decimals}
_OUT: Final = frozenset(
    {
        LineKind.CAPTURE_REVERSED,
        LineKind.REFUND,
        LineKind.DISPUTE,
        LineKind.FEE,
        LineKind.PAYOUT,
        LineKind.RESERVE_HELD,
    }
)


def read_mapping(document: bytes) -> ColumnMap:
    """The mapping that a JSON document writes down; raises NotAReport."""
    try:
        told = json.loads(document)
        known = {each.name for each in fields(ColumnMap)}
        if not isinstance(told, dict) or set(told) - known:
            raise NotAReport(f"the mapping has fields that are none: {sorted(set(told) - known)}")
        told["identity"] = tuple(map(_column, told["identity"]))
        told["kinds"] = {str(word): LineKind(kind) for word, kind in told["kinds"].items()}
        told["fees"] = {str(part): _column(name) for part, name in told.get("fees", {}).items()}
        told |= {name: words(told[name]) for name, words in _WORDS.items() if name in told}
        mapping = ColumnMap(**told)
        moment("2000-01-01", mapping.zone)
    except (KeyError, TypeError, AttributeError, ValueError, RecursionError) as error:
        if isinstance(error, NotAReport):
            raise
        raise NotAReport(f"the mapping cannot be read: {type(error).__name__}") from None
    if OF_BANKS & set(mapping.kinds.values()):
        raise NotAReport("the mapping has a kind that only a bank's statement has")
    if not mapping.identity or not _sides(mapping, "gross") or not _sides(mapping, "net"):
        raise NotAReport("the mapping names no identity, no gross or no net")
    return mapping


def mapped(mapping: ColumnMap) -> Format:
    """The format that a mapping makes."""
    columns = (*mapping.identity, mapping.kind, mapping.currency, mapping.occurred_at)
    amounts = (*_sides(mapping, "gross"), *_sides(mapping, "net"), *mapping.fees.values())
    return Format(
        columns=(*columns, mapping.settled_on, *amounts),
        line=lambda cells: _line(cells, mapping),
        series=lambda cells: cells.whole(mapping.series) if mapping.series else None,
        single_payout=mapping.single_payout,
    )


def _line(cells: Cells, by: ColumnMap) -> ReportedLine:
    word = cells.needed(by.kind)
    kind = by.kinds.get(word, LineKind.UNKNOWN)
    currency = cells.currency(by.currency)
    net_currency = cells.currency(by.net_currency) if by.net_currency else currency
    gross = _amount(cells, by, "gross", currency, kind)
    net = _amount(cells, by, "net", net_currency, kind)
    fees = [
        Fee(part=part, amount=_money(cells, by, name, net_currency))
        for part, name in by.fees.items()
    ]
    return ReportedLine(
        row=cells.row,
        identity=tuple(cells.needed(name) for name in by.identity),
        account=_optional(cells, by.account),
        payout_id=_optional(cells, by.payout_id),
        kind=kind,
        word=word,
        reference=_optional(cells, by.reference),
        provider_payment=_optional(cells, by.provider_payment),
        provider_reference=_optional(cells, by.provider_reference),
        gross=gross,
        fees=adding_up(gross, fees, net),
        net=net,
        rate=_optional(cells, by.rate) or None,
        occurred_at=moment(cells.needed(by.occurred_at), by.zone),
        settled_on=day(cells.needed(by.settled_on)),
    )


def _amount(cells: Cells, by: ColumnMap, name: str, currency: str, kind: LineKind) -> Money:
    columns = _sides(by, name)
    if len(columns) > 1:
        debit, credit = (_unsigned(cells, by, column, currency) for column in columns)
        if debit.minor and credit.minor:
            raise RowWrong(f"{name} has a debit and a credit")
        return credit - debit
    if by.signs is Signs.BY_KIND:
        amount = _unsigned(cells, by, columns[0], currency)
        return -amount if kind in _OUT else amount
    amount = _money(cells, by, columns[0], currency)
    return -amount if by.signs is Signs.THEIRS else amount


def _unsigned(cells: Cells, by: ColumnMap, column: str, currency: str) -> Money:
    amount = _money(cells, by, column, currency)
    if amount.minor < 0:
        raise RowWrong(f"a sign in {column}: the column or the kind of the line is the sign")
    return amount


def _money(cells: Cells, by: ColumnMap, column: str, currency: str) -> Money:
    if by.units is Units.MAJOR:
        read = cells.part if by.decimals is Decimals.ROUNDED else cells.major
        return read(column, currency)
    text = cells.text(column) or "0"
    if not re.fullmatch(r"-?[0-9]{1,16}", text):
        raise RowWrong(f"{column} is not whole minor units")
    return Money(int(text), currency)


def _sides(by: ColumnMap, name: str) -> tuple[str, ...]:
    """The column of an amount, or its debit and its credit column."""
    whole = getattr(by, name)
    if whole:
        return (whole,)
    sides = (getattr(by, f"{name}_debit"), getattr(by, f"{name}_credit"))
    return sides if all(sides) else ()


def _optional(cells: Cells, name: str) -> str:
    return cells.text(name) if name else ""


def _column(name: Any) -> str:
    if not isinstance(name, str) or not name:
        raise TypeError("a column has a name")
    return name
