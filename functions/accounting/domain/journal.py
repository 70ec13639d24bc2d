"""Double entry: every journal entry balances, in every currency, or it cannot exist."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from accounting.domain.chart_of_accounts import Account, Side, SubLedger
from accounting.domain.errors import EntryMalformed, EntryUnbalanced
from shared.money import Money

POSTINGS_MAX: Final = 40
SUM_MAX: Final = 10**30
"""An entry's sum stays far below what the store keeps exactly: 38 digits for a balance."""


@dataclass(frozen=True, slots=True)
class Posting:
    """`amount`, which is above zero, on one side of an account.

    `item` names the sub-ledger item of a control account where it is not the entry's payment.
    """

    account: Account
    side: Side
    amount: Money
    item: str = ""

    def __post_init__(self) -> None:
        if not 0 < self.amount.minor <= SUM_MAX:
            raise EntryMalformed(f"{self.side} of {self.amount} on {self.account.code}")

    def mirrored(self) -> Posting:
        return Posting(self.account, self.side.opposite, self.amount, self.item)


def debit(account: Account, amount: Money, item: str = "") -> Posting:
    return Posting(account, Side.DEBIT, amount, item)


def credit(account: Account, amount: Money, item: str = "") -> Posting:
    return Posting(account, Side.CREDIT, amount, item)


@dataclass(frozen=True, slots=True, kw_only=True)
class Rate:
    """An applied exchange rate, kept as text: `rate` units of `target` for one of `source`."""

    source: str
    target: str
    rate: str
    told_by: str
    told_at: str


@dataclass(frozen=True, slots=True)
class Person:
    """Who acts: `key` names the API key they came with, `name` is their own word for themselves.

    Only the key is proved, so two persons differ in both.
    """

    key: str
    name: str

    def __post_init__(self) -> None:
        if not self.key.strip() or not self.name.strip():
            raise EntryMalformed("an entry made by hand names its actor")

    def may_be(self, other: Person) -> bool:
        """Whether both may be one and the same, in any spelling."""
        return _plain(self.key) == _plain(other.key) or _plain(self.name) == _plain(other.name)


def _plain(name: str) -> str:
    return " ".join(unicodedata.normalize("NFKC", name).split()).casefold()


@dataclass(frozen=True, slots=True, kw_only=True)
class Authorship:
    """Who booked by hand, why, and who approved it where that was needed."""

    actor: Person
    reason: str
    approver: Person | None = None

    def __post_init__(self) -> None:
        if not self.reason.strip():
            raise EntryMalformed("an entry made by hand names its reason")


@dataclass(frozen=True, slots=True, kw_only=True)
class JournalEntry:
    """A fact in the books. `booked_at` is when we wrote it, `effective_at` when it happened.

    `cause_id` is the event that is booked, `fact` its type and `reference` the operation it is
    about. `held` postings are amounts set aside until a later entry `resolves` this one; it then
    carries them as `released`. `provider` is known of the entry that opens a payment, `happened_at`
    where it is not when the entry counts: its period was closed. Raises EntryMalformed for fewer
    than two postings or a control account without its item, EntryUnbalanced when a currency's
    sides differ.
    """

    entry_id: str
    cause_id: str
    fact: str
    description: str
    payment_id: str = ""
    order_id: str = ""
    reference: str = ""
    postings: tuple[Posting, ...] = ()
    held: tuple[Posting, ...] = ()
    released: tuple[Posting, ...] = ()
    booked_at: datetime
    effective_at: datetime
    reverses: str | None = None
    resolves: str | None = None
    linked: str | None = None
    payout_id: str | None = None
    rate: Rate | None = None
    by: Authorship | None = None
    provider: str = ""
    hold_until: datetime | None = None
    happened_at: datetime | None = None

    def __post_init__(self) -> None:
        groups = [group for group in (self.postings, self.held, self.released) if group]
        if not groups:
            raise EntryMalformed("an entry has at least two postings")
        for group in groups:
            self._check(group)
        if bool(self.held) != (self.hold_until is not None):
            raise EntryMalformed("a hold, and nothing else, has an end")
        if bool(self.released) != (self.resolves is not None):
            raise EntryMalformed("what is released was held by an entry")

    def _check(self, postings: tuple[Posting, ...]) -> None:
        if not 2 <= len(postings) <= POSTINGS_MAX:  # noqa: PLR2004
            raise EntryMalformed(f"an entry has 2 to {POSTINGS_MAX} postings")
        for posting in postings:
            if posting.account.sub_ledger is not None and not self.item_of(posting):
                raise EntryMalformed(
                    f"{posting.account.code} needs a {posting.account.sub_ledger} to book on"
                )
        memo = [each for each in postings if each.account.is_memo]
        _require_balance([each for each in postings if not each.account.is_memo])
        _require_balance(memo, " on memo accounts")

    def item_of(self, posting: Posting) -> str:
        """The item of the control account's sub-ledger that a posting is on."""
        if posting.account.sub_ledger is SubLedger.PAYOUT:
            return posting.item or self.payout_id or ""
        return posting.item or self.payment_id

    @property
    def amount(self) -> Money:
        """The sum of one side, in the currency of the first posting, without memo accounts."""
        shown = self.postings or self.held or self.released
        counted = [each for each in shown if not each.account.is_memo] or list(shown)
        currency = counted[0].amount.currency
        debits = [
            each.amount.minor
            for each in counted
            if each.side is Side.DEBIT and each.amount.currency == currency
        ]
        return Money(sum(debits), currency)

    def says_the_same(self, other: JournalEntry) -> bool:
        """Whether both book the same fact the same way, whenever they were booked.

        How we describe an event may be worded anew between two deliveries of it; what a person has
        written is a part of what was asked for.
        """
        return self._content() == other._content()

    def _content(self) -> tuple[object, ...]:
        return (
            (self.entry_id, self.cause_id, self.fact, self.effective_at),
            None if self.by is None else self.description,
            (self.payment_id, self.order_id, self.reference, self.payout_id),
            (self.postings, self.held, self.released, self.hold_until),
            (self.reverses, self.resolves, self.linked, self.rate, self.by),
        )


def _require_balance(postings: Sequence[Posting], where: str = "") -> None:
    for currency, (debits, credits_) in side_sums(postings).items():
        if debits != credits_:
            raise EntryUnbalanced(f"debits {debits}, credits {credits_} in {currency}{where}")


def side_sums(postings: Iterable[Posting]) -> dict[str, tuple[int, int]]:
    """Debits and credits by currency, in minor units."""
    sums: dict[str, tuple[int, int]] = {}
    for posting in postings:
        amount = posting.amount
        debits, credits_ = sums.get(amount.currency, (0, 0))
        if posting.side is Side.DEBIT:
            sums[amount.currency] = (debits + amount.minor, credits_)
        else:
            sums[amount.currency] = (debits, credits_ + amount.minor)
    return sums
