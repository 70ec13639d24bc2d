"""SWIFT MT940: a bank's statement as lines of text, read by the library of that name."""

from __future__ import annotations

import logging
import re
from datetime import date
from typing import Any, Final

from mt940.models import Transactions
from mt940.options import Options

from payments.domain.settlement import RefusedRow, RowWrong
from payments.domain.statement import BankEntry, Statement
from payments.infrastructure.settlement.format import exact
from payments.infrastructure.settlement.records import NOT_UTF_8, NotAReport
from payments.infrastructure.statements.text import clean, remitted
from shared.money import Money

BEGINS: Final = re.compile(r"^(?=:20:)", re.MULTILINE)
NO_REFERENCE: Final = "NONREF"
STRUCTURED: Final = re.compile(r"\d{3}\?\d\d")
PART: Final = re.compile(r"\?\d\d")
AS_WRITTEN: Final[dict[str, list[Any]]] = {"post_transaction_details": []}
"""Its field 86 stays one text: how banks divide it differs from bank to bank."""
_FAILS: Final = (
    ValueError, RuntimeError, ArithmeticError, KeyError, IndexError, TypeError, AttributeError,
    AssertionError,
)  # fmt: skip
"""What the library raises on text that is no MT940."""


def read_mt940(document: bytes) -> list[Statement]:
    """Its statements; raises NotAReport for a file that is none or has one without balance.

    Nothing else that can stand in a file makes it raise.
    """
    logging.getLogger("mt940").setLevel(logging.CRITICAL)  # it would log what it cannot read
    try:
        text = document.decode().replace("\r\n", "\n")
    except UnicodeDecodeError:
        raise NotAReport(NOT_UTF_8) from None
    found: list[Statement] = []
    row = 1
    for block in BEGINS.split(text)[1:]:
        read = _statement(block, row)
        row += len(read.entries) + len(read.wrong)
        found.append(read)
    return found


def _statement(block: str, first_row: int) -> Statement:
    transactions = Transactions(AS_WRITTEN, options=Options.all())
    try:
        transactions.parse(block)
        opening, _ = _balance(transactions.data, "opening")
        closing, closed_on = _balance(transactions.data, "closing")
    except RowWrong as reason:
        raise NotAReport(str(reason)) from None
    except _FAILS:
        raise NotAReport(f"not MT940 behind entry {first_row - 1}") from None
    number = clean(str(transactions.data.get("statement_number") or ""))
    entries: list[BankEntry] = []
    wrong: list[RefusedRow] = []
    for row, each in enumerate(transactions, start=first_row):
        try:
            entries.append(_entry(each.data, row, number))
        except _FAILS as reason:
            said = str(reason) if isinstance(reason, RowWrong) else "an entry that cannot be read"
            wrong.append(RefusedRow(row=row, reason=said))
    return Statement(
        account=clean(str(transactions.data.get("account_identification") or "")),
        number=number,
        row=first_row,
        opening=opening,
        closing=closing,
        closed_on=closed_on,
        entries=tuple(entries),
        wrong=tuple(wrong),
    )


def _balance(data: dict[str, Any], which: str) -> tuple[Money, date]:
    """The final balance, or the one between two pages, and its day."""
    for name in (f"final_{which}_balance", f"intermediate_{which}_balance"):
        if name in data:
            return _money(data[name].amount), _day(data[name].date)
    raise RowWrong(f"a statement without its {which} balance")


def _entry(data: dict[str, Any], row: int, statement: str) -> BankEntry:
    value_on = _day(data["date"])
    reference = clean(str(data.get("bank_reference") or ""))
    named = clean(str(data.get("customer_reference") or ""))
    texts = (
        "" if named == NO_REFERENCE else named,
        str(data.get("extra_details") or ""),
        _details(str(data.get("transaction_details") or "")),
    )
    return BankEntry(
        row=row,
        statement=statement,
        reference="" if reference == NO_REFERENCE else reference,
        amount=_money(data["amount"]),
        booked_on=_day(data.get("entry_date") or data["date"]),
        value_on=value_on,
        text=remitted(" ".join(texts)),
    )


def _details(text: str) -> str:
    """Field 86 without the codes of its parts, which would run into the words behind them."""
    return PART.sub(" ", text) if STRUCTURED.match(text) else text


def _money(amount: Any) -> Money:
    """The library's decimal, exactly: never through a float."""
    return exact(f"{amount.amount:f}", str(amount.currency))


def _day(read: Any) -> date:
    return date(read.year, read.month, read.day)
