"""ISO 20022 camt.053, any version: a bank's statement as XML.

Entities and document types are refused before anything is expanded. Names are read without their
namespace: its last two digits are the version, and what is read here is the same in all of them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from typing import Final
from xml.etree.ElementTree import Element, ParseError

from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import fromstring

from payments.domain.settlement import RefusedRow, RowWrong
from payments.domain.statement import BankEntry, Statement
from payments.infrastructure.settlement.format import day, exact
from payments.infrastructure.settlement.records import NotAReport
from payments.infrastructure.statements.text import clean, remitted
from shared.money import AmountMalformed, Money

SPACE: Final = re.compile(r"\{urn:iso:std:iso:20022:tech:xsd:(camt\.\d{3})\.[\d.]+\}Document")
FORMAT: Final = "camt.053"
OPENING: Final = ("OPBD", "PRCD")
CLOSING: Final = ("CLBD",)
INTERIM: Final = "ITBD"
"""The balance between two pages of a long statement."""
BOOKED: Final = "BOOK"
SIGNS: Final = {"CRDT": 1, "DBIT": -1}


def read_camt053(document: bytes) -> list[Statement]:
    """Its statements; raises NotAReport for a file that is no camt.053 or has one without balance.

    Nothing else that can stand in a file makes it raise.
    """
    try:
        root: Element = fromstring(document, forbid_dtd=True)
    except DefusedXmlException:
        raise NotAReport("a document type or an entity in it: it is not read") from None
    except (ParseError, ValueError, LookupError, RecursionError):
        raise NotAReport("not XML, or cut off") from None
    space = SPACE.fullmatch(root.tag)
    if space is None or space[1] != FORMAT:
        raise NotAReport(f"a {space[1] if space else 'document'} that is no {FORMAT}")
    found: list[Statement] = []
    row = 1
    for statement in _all(root, "BkToCstmrStmt/Stmt"):
        read = _statement(statement, row)
        row += len(read.entries) + len(read.wrong)
        found.append(read)
    return found


def _statement(element: Element, first_row: int) -> Statement:
    number = _text(element, "ElctrncSeqNb") or _text(element, "LglSeqNb") or _text(element, "Id")
    entries: list[BankEntry] = []
    wrong: list[RefusedRow] = []
    for row, each in enumerate(_all(element, "Ntry"), start=first_row):
        try:
            entries.append(_entry(each, row, clean(number)))
        except (ValueError, ArithmeticError) as reason:
            wrong.append(RefusedRow(row=row, reason=str(reason)))
    try:
        opening, closing, closed_on = _balances(element)
    except (ValueError, ArithmeticError) as reason:
        raise NotAReport(f"a statement without its balances: {reason}") from None
    account = _text(element, "Acct/Id/IBAN") or _text(element, "Acct/Id/Othr/Id")
    return Statement(
        account=clean(account),
        number=clean(number),
        row=first_row,
        opening=opening,
        closing=closing,
        closed_on=closed_on or max((each.booked_on for each in entries), default=None),
        entries=tuple(entries),
        wrong=tuple(wrong),
    )


def _balances(statement: Element) -> tuple[Money, Money, date | None]:
    """From where it leads, to where, and when; a page has interim balances instead."""
    balances = [(_text(each, "Tp/CdOrPrtry/Cd"), each) for each in _all(statement, "Bal")]
    interim = [each for code, each in balances if code == INTERIM]
    opening = [each for code, each in balances if code in OPENING] or interim[:1]
    rest = [each for each in interim if each not in opening]
    closing = [each for code, each in balances if code in CLOSING] or rest[-1:]
    if len(opening) != 1 or len(closing) != 1:
        raise RowWrong("one opening and one closing balance are needed")
    return _amount(opening[0]), _amount(closing[0]), _day(closing[0], "Dt")


def _entry(entry: Element, row: int, statement: str) -> BankEntry:
    status = _text(entry, "Sts/Cd") or _text(entry, "Sts")
    if status != BOOKED:
        raise RowWrong("an entry that is not booked")
    booked_on = _day(entry, "BookgDt")
    value_on = _day(entry, "ValDt") or booked_on
    if booked_on is None or value_on is None:
        raise RowWrong("an entry without its day")
    return BankEntry(
        row=row,
        statement=statement,
        reference=clean(_text(entry, "AcctSvcrRef")),
        amount=_amount(entry),
        booked_on=booked_on,
        value_on=value_on,
        text=remitted(" ".join(_said(entry))),
    )


def _amount(element: Element) -> Money:
    """Signed by its own mark: a reversal says the direction it has itself."""
    amount = next(_all(element, "Amt"), None)
    sign = SIGNS.get(_text(element, "CdtDbtInd"))
    if amount is None or sign is None:
        raise RowWrong("no amount, or neither credit nor debit")
    try:
        read = exact((amount.text or "").strip(), amount.get("Ccy", ""))
    except AmountMalformed:
        raise RowWrong("an amount that is none") from None
    if read.minor < 0:
        raise RowWrong("a sign in an amount: credit or debit is the sign")
    return read if sign > 0 else -read


def _day(element: Element, name: str) -> date | None:
    """A date in its own zone, or None where it is not said; raises RowWrong."""
    text = _text(element, f"{name}/Dt") or _text(element, f"{name}/DtTm")
    return day(text) if text else None


def _said(entry: Element) -> Iterator[str]:
    """All that an entry says of its reason, and of each payment in it."""
    yield _text(entry, "NtryRef")
    for details in _all(entry, "NtryDtls/TxDtls"):
        for path in ("Refs/EndToEndId", "Refs/InstrId", "RmtInf/Strd/CdtrRefInf/Ref"):
            yield from (each.text or "" for each in _all(details, path))
        yield from (each.text or "" for each in _all(details, "RmtInf/Ustrd"))
        yield _text(details, "AddtlTxInf")
    yield _text(entry, "AddtlNtryInf")


def _all(element: Element, path: str) -> Iterator[Element]:
    """The elements at a path of names, in whatever namespace."""
    return iter(element.findall("/".join(f"{{*}}{name}" for name in path.split("/"))))


def _text(element: Element, path: str) -> str:
    found = next(_all(element, path), None)
    return "" if found is None else (found.text or "").strip()
