"""What a bank's statement says, entry by entry, and when it cannot be true."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from payments.domain.settlement import SETTLED_AHEAD_MAX, RefusedRow
from shared.contracts.bank import BANK, BankLineBooked
from shared.ids import derived
from shared.money import AMOUNT_MAX, Money, total

CURRENCY_LETTERS: Final = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class BankEntry:
    """An entry in our words; `row` counts the entries of its file from 1. The rest is as in
    BankLineBooked."""

    row: int
    statement: str
    reference: str
    amount: Money
    booked_on: date
    value_on: date
    text: str

    @property
    def identity(self) -> tuple[str, ...]:
        """The bank's own name for it, or all that it says: the same in every file.

        Names come again in other years, so the day belongs to them.
        """
        day = self.booked_on.isoformat()
        if self.reference:
            return ("reference", self.reference, day)
        said = (str(self.amount), self.value_on.isoformat(), self.text)
        return ("said", self.statement, day, *said)


@dataclass(frozen=True, slots=True, kw_only=True)
class Statement:
    """One statement of a file: its account and number as the bank writes them, and what it says.

    `wrong` are entries that cannot be read; `row` is its first one. `closed_on` is the day of its
    closing balance, None where nothing in it says one.
    """

    account: str
    number: str
    row: int
    opening: Money
    closing: Money
    closed_on: date | None
    entries: tuple[BankEntry, ...]
    wrong: tuple[RefusedRow, ...] = ()


def told_of(
    statement: Statement, *, account: str, now: datetime
) -> Iterator[BankEntry | RefusedRow | Statement]:
    """Its entries, and then itself, where it is proved; else each of them with the reason why
    nothing is told of it.

    A statement is told as a whole: part of one would move the bank's balance to what it never was.
    """
    reason = disproof(statement, account=account, now=now)
    if not reason:
        yield from statement.entries
        yield statement
        return
    yield from statement.wrong
    for entry in statement.entries:
        yield RefusedRow(row=entry.row, reason=reason)
    if not statement.entries and not statement.wrong:
        yield RefusedRow(row=statement.row, reason=reason)


def disproof(statement: Statement, *, account: str, now: datetime) -> str:
    """Why a statement cannot be true; empty where its entries lead from balance to balance."""
    if not same_account(statement.account, account):
        return "a statement of another account"
    if statement.wrong:
        return f"its statement has an entry that cannot be read: row {statement.wrong[0].row}"
    last = (now + SETTLED_AHEAD_MAX).date()
    if any(entry.booked_on > last for entry in statement.entries):
        return "its statement has an entry of a day that has not come"
    return _unbalanced(statement)


def _unbalanced(statement: Statement) -> str:
    opening, closing = statement.opening, statement.closing
    amounts = [opening, *(entry.amount for entry in statement.entries), closing]
    if any(amount.currency != opening.currency for amount in amounts):
        return "its statement is in several currencies"
    if any(abs(amount.minor) > AMOUNT_MAX for amount in amounts):
        return "its statement has an amount beyond what can be kept exactly"
    off = closing - total(amounts[:-1], opening.currency)
    if off.minor:
        return f"its statement does not add up: {off} from its opening to its closing balance"
    return ""


def same_account(written: str, ours: str) -> bool:
    """Whether both name one account: blanks and case are no part of it, a currency may follow."""
    theirs, own = _plain(written), _plain(ours)
    before, currency = theirs[:-CURRENCY_LETTERS], theirs[-CURRENCY_LETTERS:]
    return theirs == own or (before == own and currency.isalpha())


def booked(entry: BankEntry, *, account: str, report_id: str, number: int) -> BankLineBooked:
    """The entry as it is told. `number` counts those of one identity within a file, from 1."""
    times = () if number == 1 else (str(number),)
    return BankLineBooked(
        line_id=derived("line", BANK, _plain(account), *entry.identity, *times),
        provider=BANK,
        account=account,
        statement=entry.statement,
        reference=entry.reference,
        amount=entry.amount,
        booked_on=entry.booked_on,
        value_on=entry.value_on,
        text=entry.text,
        report_id=report_id,
        row=entry.row,
    )


def _plain(account: str) -> str:
    return re.sub(r"[^A-Z0-9]", "", account.upper())
