"""The ledger as the API shows it."""

import json
from datetime import datetime
from typing import TypedDict

from accounting.domain.chart_of_accounts import Side
from accounting.domain.journal import TrialBalance
from accounting.infrastructure.dynamodb_journal import Booked
from shared.contracts.codec import timestamp
from shared.rest.events import Timestamp


class PostingView(TypedDict):
    """An amount, in whole minor units, on one side of an account."""

    account: str
    account_name: str
    side: Side
    amount: int
    currency: str


class EntryView(TypedDict):
    """A journal entry; `cause` is the id of the event that is booked, `fact` its type."""

    entry_id: str
    fact: str
    payment_id: str
    order_id: str
    cause: str
    description: str
    postings: list[PostingView]
    booked_at: Timestamp
    effective_at: Timestamp
    event_id: str
    correlation_id: str
    causation_id: str


class EntriesView(TypedDict):
    """Journal entries in the order they were booked; this list has one page."""

    data: list[EntryView]
    next_cursor: None


class AccountView(TypedDict):
    """An account's sums; `balance` is positive on the account's normal side."""

    account: str
    name: str
    debit: int
    credit: int
    balance: int
    normal_side: Side


class TrialBalanceView(TypedDict):
    """Every account that was used, in one currency's minor units; both totals are equal."""

    currency: str
    at: Timestamp
    accounts: list[AccountView]
    total_debit: int
    total_credit: int


def entry_view(booked: Booked) -> EntryView:
    """An entry with its postings, its cause, and the message that announced it."""
    entry = booked.entry
    message = json.loads(str(booked.message["Payload"]))
    return {
        "entry_id": entry.entry_id,
        "fact": entry.fact,
        "payment_id": entry.payment_id,
        "order_id": entry.order_id,
        "cause": entry.cause_id,
        "description": entry.description,
        "postings": [
            {
                "account": posting.account.code,
                "account_name": posting.account.name,
                "side": posting.side,
                "amount": posting.amount.minor,
                "currency": posting.amount.currency,
            }
            for posting in entry.postings
        ],
        "booked_at": timestamp(entry.booked_at),
        "effective_at": timestamp(entry.effective_at),
        "event_id": message["id"],
        "correlation_id": message["correlationid"],
        "causation_id": message["causationid"],
    }


def entries_view(page: list[Booked]) -> EntriesView:
    return {"data": [entry_view(each) for each in page], "next_cursor": None}


def trial_balance_view(balance: TrialBalance, at: datetime) -> TrialBalanceView:
    return {
        "currency": balance.currency,
        "at": timestamp(at),
        "accounts": [
            {
                "account": each.account.code,
                "name": each.account.name,
                "debit": each.debit.minor,
                "credit": each.credit.minor,
                "balance": each.balance.minor,
                "normal_side": each.account.normal_side,
            }
            for each in balance.accounts
        ],
        "total_debit": balance.total_debit.minor,
        "total_credit": balance.total_credit.minor,
    }
