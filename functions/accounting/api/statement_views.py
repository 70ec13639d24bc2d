"""An account's statement as the API shows it."""

from typing import TypedDict

from accounting.api.requests import cursor_of
from accounting.application.statement import Statement
from accounting.domain.chart_of_accounts import Account
from shared.moments import timestamp
from shared.rest.events import Timestamp


class StatementLineView(TypedDict):
    """An entry on the account, and the balance after it."""

    entry_id: str
    fact: str
    description: str
    payment_id: str
    booked_at: Timestamp
    effective_at: Timestamp
    debit: int
    credit: int
    balance: int


class StatementView(TypedDict):
    """A page of an account in one currency, in ledger time; `opening` is before its first line."""

    account: str
    name: str
    currency: str
    opening: int
    lines: list[StatementLineView]
    closing: int
    next_cursor: str | None


def statement_view(shown: Statement, account: Account, currency: str) -> StatementView:
    return {
        "account": account.code,
        "name": account.name,
        "currency": currency,
        "opening": shown.opening,
        "lines": [
            {
                "entry_id": line.entry.entry_id,
                "fact": line.entry.fact,
                "description": f"{line.entry.description} {line.entry.reference}".strip(),
                "payment_id": line.entry.payment_id,
                "booked_at": line.booked_at,
                "effective_at": timestamp(line.entry.effective_at),
                "debit": line.debit,
                "credit": line.credit,
                "balance": line.balance,
            }
            for line in shown.lines
        ],
        "closing": shown.closing,
        "next_cursor": cursor_of(shown.next_after),
    }
