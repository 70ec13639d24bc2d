"""The ledger as the API shows it."""

import json
from collections.abc import Sequence
from typing import TypedDict

from accounting.application.balance import Standing
from accounting.domain.balances import AccountBalance
from accounting.domain.chart_of_accounts import CHART, Account, Side
from accounting.domain.journal import Authorship, JournalEntry, Posting
from accounting.domain.merkle import leaf
from accounting.infrastructure.dynamodb_journal import Booked
from shared.moments import timestamp
from shared.rest.events import Timestamp


class PostingView(TypedDict):
    """An amount, in whole minor units, on one side of an account; `item` in its sub-ledger."""

    account: str
    account_name: str
    side: Side
    amount: int
    currency: str
    item: str | None


class AuthorsView(TypedDict):
    """Who booked by hand and who approved, by their own word and by the API key they came with."""

    actor: str | None
    actor_key: str | None
    reason: str | None
    approver: str | None
    approver_key: str | None


class EntryView(AuthorsView):
    """A journal entry; `cause` is the id of the event that is booked, `fact` its type.

    `hash` is over everything stored of it. `held` amounts are set aside until `hold_until`;
    the entry that `resolves` them carries them as `released`.
    """

    entry_id: str
    fact: str
    payment_id: str
    order_id: str
    payout_id: str | None
    cause: str
    description: str
    reference: str
    postings: list[PostingView]
    held: list[PostingView]
    released: list[PostingView]
    hold_until: Timestamp | None
    booked_at: Timestamp
    effective_at: Timestamp
    reverses: str | None
    resolves: str | None
    linked_by: str | None
    hash: str
    event_id: str
    correlation_id: str
    causation_id: str


class EntriesView(TypedDict):
    """Journal entries in the order they were booked; `next_cursor` leads to the next page."""

    data: list[EntryView]
    next_cursor: str | None


class AccountView(TypedDict):
    """An account's sums; `balance` is positive on the account's normal side.

    `available` counts everything held as if it were spent, and nothing held as if it had come.
    """

    account: str
    name: str
    debit: int
    credit: int
    balance: int
    available: int
    normal_side: Side


class PointView(TypedDict):
    """For which point balances are true: how many entries they cover, and by which rule.

    `folded` balances are exact for `root`, which names a state of all chains; `at` is when the last
    batch of entries moved them. `including` adds the entries that were asked for, where `root` has
    them not. `booked_until` is everything of ledger time up to `at`; what is `final` can never
    change. `effective_until` is everything of `root` that had happened by `at`. `current` was added
    up from all entries. Of linked entries a balance may have one a moment before the other.
    """

    consistency: str
    entries: int
    at: Timestamp | None
    root: str | None
    final: bool


class TrialBalanceView(TypedDict):
    """Every account that was used, in one currency's minor units; both totals are equal."""

    currency: str
    at: Timestamp
    point: PointView
    accounts: list[AccountView]
    total_debit: int
    total_credit: int


class BalanceView(AccountView):
    """One account's balance, and the point that it is true for."""

    currency: str
    point: PointView


class ChartAccountView(TypedDict):
    """An account of the chart. Control accounts have a sub-ledger; some declare limits."""

    account: str
    name: str
    type: str
    normal_side: Side
    sub_ledger: str | None
    floor: int | None
    ceiling: int | None
    closed: bool


class ChartView(TypedDict):
    """The chart of accounts."""

    data: list[ChartAccountView]


def entry_view(booked: Booked) -> EntryView:
    """An entry with its postings, its cause, and the message that announced it."""
    entry = booked.entry
    message = json.loads(str(booked.message["Payload"]))
    return {
        "entry_id": entry.entry_id,
        "fact": entry.fact,
        "payment_id": entry.payment_id,
        "order_id": entry.order_id,
        "payout_id": entry.payout_id,
        "cause": entry.cause_id,
        "description": f"{entry.description} {entry.reference}".strip(),
        "reference": entry.reference,
        "postings": [_posting_view(entry, posting) for posting in entry.postings],
        "held": [_posting_view(entry, posting) for posting in entry.held],
        "released": [_posting_view(entry, posting) for posting in entry.released],
        "hold_until": None if entry.hold_until is None else timestamp(entry.hold_until),
        "booked_at": timestamp(entry.booked_at),
        "effective_at": timestamp(entry.effective_at),
        "reverses": entry.reverses,
        "resolves": entry.resolves,
        "linked_by": entry.linked,
        **_authors_view(entry.by),
        "hash": leaf(booked.message),
        "event_id": message["id"],
        "correlation_id": message["correlationid"],
        "causation_id": message["causationid"],
    }


def _authors_view(by: Authorship | None) -> AuthorsView:
    approver = None if by is None else by.approver
    return {
        "actor": None if by is None else by.actor.name,
        "actor_key": None if by is None else by.actor.key,
        "reason": None if by is None else by.reason,
        "approver": None if approver is None else approver.name,
        "approver_key": None if approver is None else approver.key,
    }


def _posting_view(entry: JournalEntry, posting: Posting) -> PostingView:
    return {
        "account": posting.account.code,
        "account_name": posting.account.name,
        "side": posting.side,
        "amount": posting.amount.minor,
        "currency": posting.amount.currency,
        "item": entry.item_of(posting) if posting.account.sub_ledger is not None else None,
    }


def entries_view(page: Sequence[Booked], next_cursor: str | None = None) -> EntriesView:
    return {"data": [entry_view(each) for each in page], "next_cursor": next_cursor}


def account_view(balance: AccountBalance) -> AccountView:
    return {
        "account": balance.account.code,
        "name": balance.account.name,
        "debit": balance.debit.minor,
        "credit": balance.credit.minor,
        "balance": balance.balance.minor,
        "available": balance.available.minor,
        "normal_side": balance.account.normal_side,
    }


def _point_view(standing: Standing) -> PointView:
    point = standing.point
    return {
        "consistency": point.consistency,
        "entries": point.entries,
        "at": point.at,
        "root": point.root,
        "final": point.final,
    }


def trial_balance_view(standing: Standing, currency: str, *, at: str) -> TrialBalanceView:
    balance = standing.sums.trial_balance(currency)
    return {
        "currency": currency,
        "at": at,
        "point": _point_view(standing),
        "accounts": [account_view(each) for each in balance.accounts],
        "total_debit": balance.total_debit.minor,
        "total_credit": balance.total_credit.minor,
    }


def balance_view(standing: Standing, account: Account, currency: str) -> BalanceView:
    sums = account_view(standing.sums.balance(account.code, currency))
    return {**sums, "currency": currency, "point": _point_view(standing)}


def chart_view() -> ChartView:
    return {
        "data": [
            {
                "account": account.code,
                "name": account.name,
                "type": account.type.value,
                "normal_side": account.normal_side,
                "sub_ledger": None if account.sub_ledger is None else account.sub_ledger.value,
                "floor": None if account.limit is None else account.limit.floor,
                "ceiling": None if account.limit is None else account.limit.ceiling,
                "closed": account.closed,
            }
            for account in CHART.values()
        ]
    }
