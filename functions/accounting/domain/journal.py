"""Double entry: every journal entry balances, in every currency, or it cannot exist."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from accounting.domain.chart_of_accounts import Account, Side
from accounting.domain.errors import EntryMalformed, EntryUnbalanced
from shared.money import Money, zero


@dataclass(frozen=True, slots=True)
class Posting:
    """`amount`, which is above zero, on one side of an account."""

    account: Account
    side: Side
    amount: Money

    def __post_init__(self) -> None:
        if self.amount.minor <= 0:
            raise EntryMalformed(f"{self.side} of {self.amount} on {self.account.code}")


def debit(account: Account, amount: Money) -> Posting:
    return Posting(account, Side.DEBIT, amount)


def credit(account: Account, amount: Money) -> Posting:
    return Posting(account, Side.CREDIT, amount)


@dataclass(frozen=True, slots=True, kw_only=True)
class JournalEntry:
    """A fact in the books. `booked_at` is when we wrote it, `effective_at` when it happened.

    `cause_id` is the event that is booked and `fact` its type. Raises EntryMalformed for fewer
    than two postings, EntryUnbalanced when a currency's sides differ.
    """

    entry_id: str
    cause_id: str
    fact: str
    description: str
    payment_id: str
    order_id: str
    postings: tuple[Posting, ...]
    booked_at: datetime
    effective_at: datetime

    def __post_init__(self) -> None:
        if len(self.postings) < 2:  # noqa: PLR2004
            raise EntryMalformed("an entry has at least two postings")
        for currency, (debits, credits_) in _sums(self.postings).items():
            if debits != credits_:
                raise EntryUnbalanced(f"debits {debits}, credits {credits_} in {currency}")

    @property
    def amount(self) -> Money:
        """The sum of one side, in the currency of the first posting."""
        currency = self.postings[0].amount.currency
        return _sums(self.postings)[currency][0]

    def says_the_same(self, other: JournalEntry) -> bool:
        """Whether both book the same fact the same way, whenever they were booked."""
        return self._content() == other._content()

    def _content(self) -> tuple[object, ...]:
        return (
            self.entry_id,
            self.cause_id,
            self.fact,
            self.description,
            self.payment_id,
            self.order_id,
            self.postings,
            self.effective_at,
        )


def _sums(postings: Iterable[Posting]) -> dict[str, tuple[Money, Money]]:
    """Debits and credits by currency."""
    sums: dict[str, tuple[Money, Money]] = {}
    for posting in postings:
        currency = posting.amount.currency
        debits, credits_ = sums.get(currency, (zero(currency), zero(currency)))
        if posting.side is Side.DEBIT:
            sums[currency] = (debits + posting.amount, credits_)
        else:
            sums[currency] = (debits, credits_ + posting.amount)
    return sums


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountBalance:
    """An account's sums; `balance` is positive on the account's normal side."""

    account: Account
    debit: Money
    credit: Money

    @property
    def balance(self) -> Money:
        if self.account.normal_side is Side.DEBIT:
            return self.debit - self.credit
        return self.credit - self.debit


@dataclass(frozen=True, slots=True, kw_only=True)
class TrialBalance:
    """Every account that was used, in one currency. The totals of its sides must be equal."""

    currency: str
    accounts: tuple[AccountBalance, ...]
    total_debit: Money
    total_credit: Money


def trial_balance(entries: Iterable[JournalEntry], currency: str) -> TrialBalance:
    """Fold entries into balances; entries in other currencies do not count."""
    by_account: dict[Account, list[Posting]] = defaultdict(list)
    for entry in entries:
        for posting in entry.postings:
            if posting.amount.currency == currency:
                by_account[posting.account].append(posting)
    balances = []
    for account in sorted(by_account, key=lambda account: account.code):
        debits, credits_ = _sums(by_account[account])[currency]
        balances.append(AccountBalance(account=account, debit=debits, credit=credits_))
    debits, credits_ = zero(currency), zero(currency)
    for balance in balances:
        debits, credits_ = debits + balance.debit, credits_ + balance.credit
    return TrialBalance(
        currency=currency, accounts=tuple(balances), total_debit=debits, total_credit=credits_
    )
