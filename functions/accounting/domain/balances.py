"""Balances: what the postings of entries sum up to, posted and held apart."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from accounting.domain import notation
from accounting.domain.chart_of_accounts import CHART, Account, Side
from accounting.domain.journal import JournalEntry
from shared.money import Money

_DEBIT, _CREDIT, _HELD_DEBIT, _HELD_CREDIT = range(4)
_GROUPS: Final = ((0, 1), (2, 1), (2, -1))
"""Where the sums of posted, held and released postings go, and with which sign."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountBalance:
    """An account's sums; `balance` is positive on the account's normal side.

    `held` amounts are set aside by holds. `available` counts them against us: what would reduce
    the balance does so already, what would raise it does not yet.
    """

    account: Account
    debit: Money
    credit: Money
    held_debit: Money
    held_credit: Money

    @property
    def balance(self) -> Money:
        if self.account.normal_side is Side.DEBIT:
            return self.debit - self.credit
        return self.credit - self.debit

    @property
    def available(self) -> Money:
        if self.account.normal_side is Side.DEBIT:
            return self.balance - self.held_credit
        return self.balance - self.held_debit


@dataclass(frozen=True, slots=True, kw_only=True)
class TrialBalance:
    """Every account that was used, in one currency. The totals of its sides must be equal."""

    currency: str
    accounts: tuple[AccountBalance, ...]
    total_debit: Money
    total_credit: Money


type ByAccount = dict[str, list[int]]
"""By account code: debit, credit, held debit, held credit."""


@dataclass(slots=True)
class Sums:
    """The four sums of every account, in each currency. It grows by what is added to it."""

    by_currency: dict[str, ByAccount] = field(default_factory=dict)

    def add_written(self, posted: str, held: str = "", released: str = "") -> None:
        """Add an entry whose postings are written as text."""
        for text, (place, sign) in zip((posted, held, released), _GROUPS, strict=True):
            for side, code, minor, currency, _ in notation.lines(text):
                accounts = self.by_currency.setdefault(currency, {})
                if code not in accounts:
                    accounts[code] = [0, 0, 0, 0]
                accounts[code][place + (side == "C")] += sign * minor

    def add(self, entry: JournalEntry) -> None:
        self.add_written(
            *(notation.written(g) for g in (entry.postings, entry.held, entry.released))
        )

    def add_stored(self, row: Mapping[str, Any]) -> None:
        """Add an entry as it is stored."""
        self.add_written(row.get("postings", ""), row.get("held", ""), row.get("released", ""))

    def join(self, other: Sums, sign: int = 1) -> None:
        """Add all sums of another; with a `sign` of -1 take them away."""
        for currency, accounts in other.by_currency.items():
            mine = self.by_currency.setdefault(currency, {})
            for code, sums in accounts.items():
                known = mine.get(code, [0, 0, 0, 0])
                mine[code] = [a + sign * b for a, b in zip(known, sums, strict=True)]

    def used(self) -> Sums:
        """Without the accounts, and currencies, on which there is nothing at all."""
        kept = {
            currency: {code: sums for code, sums in accounts.items() if any(sums)}
            for currency, accounts in self.by_currency.items()
        }
        return Sums({currency: accounts for currency, accounts in kept.items() if accounts})

    def copy(self) -> Sums:
        copied = Sums()
        copied.join(self)
        return copied

    def balance(self, code: str, currency: str) -> AccountBalance:
        """An account's balance; zeros where nothing was booked. The code is in the chart."""
        sums = self.by_currency.get(currency, {}).get(code, [0, 0, 0, 0])
        debit, credit, held_debit, held_credit = (Money(minor, currency) for minor in sums)
        return AccountBalance(
            account=CHART[code],
            debit=debit,
            credit=credit,
            held_debit=held_debit,
            held_credit=held_credit,
        )

    def trial_balance(self, currency: str) -> TrialBalance:
        used = self.by_currency.get(currency, {})
        return TrialBalance(
            currency=currency,
            accounts=tuple(self.balance(code, currency) for code in sorted(used)),
            total_debit=Money(sum(each[_DEBIT] for each in used.values()), currency),
            total_credit=Money(sum(each[_CREDIT] for each in used.values()), currency),
        )

    def unbalanced(self) -> tuple[str, ...]:
        """The currencies in which debits and credits differ, posted or held. There must be none."""
        return tuple(
            currency
            for currency, used in sorted(self.by_currency.items())
            if sum(each[_DEBIT] - each[_CREDIT] for each in used.values())
            or sum(each[_HELD_DEBIT] - each[_HELD_CREDIT] for each in used.values())
        )

    def differs_from(self, other: Sums) -> tuple[tuple[str, str], ...]:
        """Currency and account code wherever the two disagree."""
        mine, theirs = self.by_currency, other.by_currency
        return tuple(
            (currency, code)
            for currency in sorted(mine.keys() | theirs.keys())
            for code in sorted(mine.get(currency, {}).keys() | theirs.get(currency, {}).keys())
            if mine.get(currency, {}).get(code, [0, 0, 0, 0])
            != theirs.get(currency, {}).get(code, [0, 0, 0, 0])
        )


def sums_of(entries: Iterable[JournalEntry]) -> Sums:
    sums = Sums()
    for entry in entries:
        sums.add(entry)
    return sums


def sub_ledger_sums(entries: Iterable[JournalEntry]) -> dict[tuple[str, str, str], list[int]]:
    """Debit and credit of every item of every control account, by code, currency and item."""
    items: dict[tuple[str, str, str], list[int]] = {}
    for entry in entries:
        for posting in entry.postings:
            if posting.account.sub_ledger is not None:
                key = (posting.account.code, posting.amount.currency, entry.item_of(posting))
                sums = items.setdefault(key, [0, 0])
                sums[posting.side is Side.CREDIT] += posting.amount.minor
    return items
