"""Accounts with a declared limit: it holds at every point, whatever is held counts as spent."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from accounting.domain.balances import Sums
from accounting.domain.chart_of_accounts import Account, Side
from accounting.domain.errors import LimitExceeded
from accounting.domain.journal import JournalEntry, Posting


@dataclass(frozen=True, slots=True, kw_only=True)
class Room:
    """A limited account in one currency, on its normal side, in minor units.

    `raising` and `lowering` are the sums of holds that would move the balance that way.
    """

    account: Account
    currency: str
    balance: int = 0
    raising: int = 0
    lowering: int = 0
    version: int = 0

    def after(self, entry: JournalEntry) -> Room:
        """The room once `entry` is booked; raises LimitExceeded."""
        up, down = self._moves(entry.postings)
        held_up, held_down = self._moves(entry.held)
        freed_up, freed_down = self._moves(entry.released)
        moved = replace(
            self,
            balance=self.balance + up - down,
            raising=self.raising + held_up - freed_up,
            lowering=self.lowering + held_down - freed_down,
        )
        limit = self.account.limit
        assert limit is not None, f"{self.account.code} has no limit"
        lowest, highest = moved.balance - moved.lowering, moved.balance + moved.raising
        if limit.floor is not None and lowest < min(limit.floor, self.balance - self.lowering):
            raise LimitExceeded(f"{self.account.code} would fall to {lowest} {self.currency}")
        if limit.ceiling is not None and highest > max(limit.ceiling, self.balance + self.raising):
            raise LimitExceeded(f"{self.account.code} would rise to {highest} {self.currency}")
        return moved

    def _moves(self, postings: Iterable[Posting]) -> tuple[int, int]:
        up = down = 0
        for posting in postings:
            if posting.account == self.account and posting.amount.currency == self.currency:
                if posting.side is self.account.normal_side:
                    up += posting.amount.minor
                else:
                    down += posting.amount.minor
        return up, down


def room_of(account: Account, currency: str, sums: Sums, *, version: int = 0) -> Room:
    """What a limited account's row must say, by the sums of all entries."""
    balance = sums.balance(account.code, currency)
    raising, lowering = balance.held_debit.minor, balance.held_credit.minor
    if account.normal_side is Side.CREDIT:
        raising, lowering = lowering, raising
    return Room(
        account=account,
        currency=currency,
        balance=balance.balance.minor,
        raising=raising,
        lowering=lowering,
        version=version,
    )


def limited(entries: Iterable[JournalEntry]) -> list[tuple[Account, str]]:
    """The accounts with a limit, and the currencies, that the entries touch."""
    touched = {
        (posting.account.code, posting.amount.currency): (posting.account, posting.amount.currency)
        for entry in entries
        for group in (entry.postings, entry.held, entry.released)
        for posting in group
        if posting.account.limit is not None
    }
    return [touched[key] for key in sorted(touched)]
