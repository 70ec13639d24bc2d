"""A bank's statements as it writes them: the same day of an account as camt.053 and as MT940."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from tests.simulation.reports import major

ACCOUNT = "DE893704004405320130"


@dataclass(frozen=True, slots=True, kw_only=True)
class Booking:
    """An entry of the account; above zero it came in. `payout` is whose it is: empty, nobody's.

    `name` is the bank's own for it, `text` what it tells of its reason.
    """

    name: str
    currency: str
    amount: int
    booked_on: str
    text: str
    payout: str = ""


@dataclass
class BankTruth:
    """`sent` is by the payout's name: currency, amount, and the day. Of the files `refused` can
    only be put aside, and `contradicted` entries are told otherwise than before. Statements that
    come `in_order` are looked at one by one.
    """

    bookings: list[Booking] = field(default_factory=list)
    sent: dict[str, tuple[str, int, str]] = field(default_factory=dict)
    wrong: dict[str, str] = field(default_factory=dict)
    refused: int = 0
    contradicted: int = 0
    in_order: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Statement:
    """A day of an account, whose balances are in minor units."""

    number: int
    currency: str
    day: str
    opening: int
    closing: int
    bookings: Sequence[Booking]


def account_of(currency: str) -> str:
    """One for each currency."""
    return ACCOUNT + currency


def camt053(told: Statement) -> bytes:
    account, currency = account_of(told.currency), told.currency
    opening = _balance("OPBD", told.opening, currency)
    closing = _balance("CLBD", told.closing, currency)
    entries = "".join(map(_entry, told.bookings))
    return (
        '<?xml version="1.0" encoding="UTF-8"?>'
        '<Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.053.001.08"><BkToCstmrStmt><Stmt>'
        f"<Id>S{told.number}</Id><ElctrncSeqNb>{told.number}</ElctrncSeqNb>"
        f"<Acct><Id><Othr><Id>{account}</Id></Othr></Id></Acct>{opening}{closing}{entries}"
        "</Stmt></BkToCstmrStmt></Document>"
    ).encode()


def mt940(told: Statement) -> bytes:
    date = told.day[2:].replace("-", "")
    lines = [
        ":20:STARTUMSE",
        f":25:{account_of(told.currency)}",
        f":28C:{told.number:05d}/001",
        f":60F:{_marked(told.opening)}{date}{told.currency}{_comma(told.opening, told.currency)}",
    ]
    for each in told.bookings:
        on = each.booked_on[2:].replace("-", "")
        amount = _comma(each.amount, each.currency)
        lines.append(f":61:{on}{on[2:]}{_marked(each.amount)}{amount}NTRFNONREF//{each.name}")
        lines.append(f":86:166?00CREDIT?20{each.text}?32ACQUIRER")
    closing = _comma(told.closing, told.currency)
    lines += [f":62F:{_marked(told.closing)}{date}{told.currency}{closing}", "-", ""]
    return "\r\n".join(lines).encode()


def _entry(booking: Booking) -> str:
    return (
        f"<Ntry>{_amount(booking.amount, booking.currency)}<Sts><Cd>BOOK</Cd></Sts>"
        f"<BookgDt><Dt>{booking.booked_on}</Dt></BookgDt><AcctSvcrRef>{booking.name}</AcctSvcrRef>"
        f"<NtryDtls><TxDtls><RmtInf><Ustrd>{booking.text}</Ustrd></RmtInf></TxDtls></NtryDtls>"
        "</Ntry>"
    )


def _balance(code: str, minor: int, currency: str) -> str:
    return f"<Bal><Tp><CdOrPrtry><Cd>{code}</Cd></CdOrPrtry></Tp>{_amount(minor, currency)}</Bal>"


def _amount(minor: int, currency: str) -> str:
    sign = "CRDT" if minor >= 0 else "DBIT"
    size = major(abs(minor), currency)
    return f'<Amt Ccy="{currency}">{size}</Amt><CdtDbtInd>{sign}</CdtDbtInd>'


def _marked(minor: int) -> str:
    return "C" if minor >= 0 else "D"


def _comma(minor: int, currency: str) -> str:
    """The amount without its sign; what has no decimals ends in a comma."""
    whole, _, rest = major(abs(minor), currency).partition(".")
    return f"{whole},{rest}"
