"""Bank statements, made short, for the tests of their reading."""

from __future__ import annotations

ACCOUNT = "DE89370400440532013000"


def mt940(
    *lines: str, opening: str = "C261103EUR1000,00", closing: str, number: str = "1"
) -> bytes:
    """A statement with these field lines between its balances."""
    head = (":20:S", f":25:{ACCOUNT}", f":28C:{number}/1", f":60F:{opening}")
    return "\n".join((*head, *lines, f":62F:{closing}", "-", "")).encode()


def credit(amount: str, reference: str = "NONREF", *, text: str = "", day: str = "261104") -> str:
    said = f"\n:86:{text}" if text else ""
    return f":61:{day}{day[2:]}C{amount}NTRFNONREF//{reference}{said}"


def camt053(*entries: str, opening: str = "1000.00", closing: str, head: str = "") -> bytes:
    """A statement with these entries between its balances, in EUR."""
    return (
        f'<?xml version="1.0" encoding="UTF-8"?>{head}'
        '<Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.053.001.08"><BkToCstmrStmt><Stmt>'
        f"<Id>S</Id><Acct><Id><IBAN>{ACCOUNT}</IBAN></Id></Acct>"
        f"{_balance('OPBD', opening)}{_balance('CLBD', closing)}{''.join(entries)}"
        "</Stmt></BkToCstmrStmt></Document>"
    ).encode()


def entry(  # noqa: PLR0913 - what a case does not name is as usual
    amount: str,
    *,
    sign: str = "CRDT",
    currency: str = "EUR",
    day: str = "2026-11-04",
    reference: str = "",
    status: str = "BOOK",
    text: str = "",
) -> str:
    return (
        f'<Ntry><Amt Ccy="{currency}">{amount}</Amt><CdtDbtInd>{sign}</CdtDbtInd>'
        f"<Sts><Cd>{status}</Cd></Sts><BookgDt><Dt>{day}</Dt></BookgDt>"
        f"<AcctSvcrRef>{reference}</AcctSvcrRef><AddtlNtryInf>{text}</AddtlNtryInf></Ntry>"
    )


def _balance(code: str, amount: str) -> str:
    return (
        f"<Bal><Tp><CdOrPrtry><Cd>{code}</Cd></CdOrPrtry></Tp>"
        f'<Amt Ccy="EUR">{amount}</Amt><CdtDbtInd>CRDT</CdtDbtInd></Bal>'
    )
