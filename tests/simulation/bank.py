"""The bank that payouts are sent to: it books what it gets, and tells it in statements that are
right, or wrong.

`BankTruth` is what it has booked, and what it did wrong on purpose: with a payout one of `WRONGS`,
with the files of a statement one of `FILES`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from random import Random
from typing import Final

from tests.simulation.reports import Bucket
from tests.simulation.settlement import other_currency
from tests.simulation.statements import (
    BankTruth,
    Booking,
    Statement,
    account_of,
    camt053,
    mt940,
)

LATE_DAYS: Final = 8
"""More than a payout may be on its way."""
WRONGS: Final = (
    "missing", "short", "twice", "again", "split", "late", "currency", "nameless", "nameless late",
)  # fmt: skip
FILES: Final = ("twice", "both", "late", "cut", "unproved", "lacking", "forgotten", "contradicted")
RATES: Final = {"wrong": 0.5, "stranger": 0.2, "file": 0.5}
CHARGE: Final = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class BankPlan:
    """What goes wrong at the bank: at random by `rates`, or by the number of the payout, or of the
    statement; `strangers` are amounts of nobody in the first statement.
    """

    rates: Mapping[str, float] = field(default_factory=dict)
    wrongs: Mapping[int, str] = field(default_factory=dict)
    files: Mapping[int, str] = field(default_factory=dict)
    strangers: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """What comes of a payout: so many days later, so much."""

    days: int
    currency: str
    amount: int
    text: str
    payout: str


@dataclass
class Bank:
    """Books payouts, writes the statements of a day, and counts in `struck` what is wrong."""

    bucket: Bucket
    plan: BankPlan
    rng: Random
    truth: BankTruth
    struck: Counter[str] = field(default_factory=Counter)
    _coming: list[tuple[int, Part]] = field(default_factory=list)
    _balances: Counter[str] = field(default_factory=Counter)
    _numbers: Counter[str] = field(default_factory=Counter)
    _written: int = 0
    _booked: int = 0

    @property
    def waits(self) -> bool:
        return bool(self._coming)

    def pay(self, payout: str, currency: str, sent: int, *, day: int, date: str) -> None:
        """A payout leaves its provider; below zero it is collected from here."""
        if not sent:
            return
        self.truth.in_order = not self.plan.rates
        self.truth.sent[payout] = currency, sent, date
        name = payout.upper().replace("_", self.rng.choice((" ", "-", "_", "")))
        whole = Part(
            days=self.rng.randrange(3) if self.plan.rates else 0,
            currency=currency,
            amount=sent,
            text=f"PAYOUT {name}",
            payout=payout,
        )
        wrong = self._drawn(len(self.truth.sent), whole)
        if wrong:
            self.truth.wrong[payout] = wrong
            self.struck[f"payout_{wrong.replace(' ', '_')}"] += 1
        self._coming += [(day + each.days, each) for each in _PARTS.get(wrong, _whole)(whole)]

    def statements(self, day: int, date: str) -> Iterator[tuple[int, list[str]]]:
        """The statements of a day: how many days late, and the keys of its files, to be read in
        that order.
        """
        booked: dict[str, list[Booking]] = {}
        for due, part in list(self._coming):
            if due <= day:
                self._coming.remove((due, part))
                booked.setdefault(part.currency, []).append(self._booking(part, date))
        for currency, bookings in sorted(booked.items()):
            bookings += [self._booking(each, date) for each in self._strange(currency)]
            self.truth.bookings += bookings
            self._numbers[currency] += 1
            self._written += 1
            opening = self._balances[currency]
            self._balances[currency] += sum(each.amount for each in bookings)
            told = Statement(
                number=self._numbers[currency],
                currency=currency,
                day=date,
                opening=opening,
                closing=self._balances[currency],
                bookings=tuple(bookings),
            )
            wrong = self._wrong_of_files()
            late = self.rng.randrange(1, 4) if wrong == "late" else 0
            yield late, [self._put(told, *each) for each in self._files(told, wrong)]

    def _drawn(self, number: int, whole: Part) -> str:
        wrong = self.plan.wrongs.get(number, "")
        if not wrong and self.rng.random() < self.plan.rates.get("wrong", 0):
            wrong = self.rng.choice(WRONGS)
        too_small = abs(whole.amount) <= CHARGE and wrong in {"short", "split"}
        return "" if too_small else wrong

    def _wrong_of_files(self) -> str:
        wrong = self.plan.files.get(self._written, "")
        if not wrong and self.rng.random() < self.plan.rates.get("file", 0):
            wrong = self.rng.choice(FILES)
        if wrong:
            self.struck[f"statement_{wrong}"] += 1
        return wrong

    def _strange(self, currency: str) -> list[Part]:
        """What is about no payout."""
        amounts = list(self.plan.strangers) if not self._written else []
        if self.rng.random() < self.plan.rates.get("stranger", 0):
            amounts.append(self.rng.choice((-333, 7_777_777)))
        if amounts:
            self.struck["bank_stranger"] += len(amounts)
        return [
            Part(days=0, currency=currency, amount=amount, text="RENT AND INTEREST", payout="")
            for amount in amounts
        ]

    def _booking(self, part: Part, date: str) -> Booking:
        self._booked += 1
        return Booking(
            name=f"B{self._booked:08d}",
            currency=part.currency,
            amount=part.amount,
            booked_on=date,
            text=part.text,
            payout=part.payout,
        )

    def _files(self, told: Statement, wrong: str) -> list[tuple[str, bytes]]:
        """Names and contents; after what is wrong comes what is right, but a contradiction."""
        writes = self.rng.choice((camt053, mt940))
        right = "statement", writes(told)
        first, *rest = told.bookings
        more = replace(first, amount=first.amount + (1 if first.amount > 0 else -1))
        self.truth.refused += wrong in {"cut", "unproved", "lacking"}
        self.truth.contradicted += wrong == "contradicted"
        match wrong:
            case "twice":
                files = [right, ("again", writes(told))]
            case "both":
                files = [("camt", camt053(told)), ("swift", mt940(told))]
            case "cut":
                files = [("cut", right[1][: len(right[1]) // 2]), right]
            case "unproved":
                files = [("unproved", writes(replace(told, bookings=(more, *rest)))), right]
            case "lacking":
                files = [("lacking", writes(replace(told, bookings=tuple(rest)))), right]
            case "forgotten":
                lacking = replace(told, bookings=rest, closing=told.closing - first.amount)
                whole = replace(told, bookings=told.bookings[::-1])
                files = [("forgotten", writes(lacking)), ("corrected", writes(whole))]
            case "contradicted":
                closing = told.closing + more.amount - first.amount
                changed = replace(told, bookings=(more, *rest), closing=closing)
                files = [right, ("changed", writes(changed))]
            case _:
                files = [right]
        return files

    def _put(self, told: Statement, name: str, content: bytes) -> str:
        key = f"bank/{account_of(told.currency)}/{name}-{told.number}"
        self.bucket.files[key] = content
        return key


def _whole(whole: Part) -> list[Part]:
    return [whole]


def _halves(whole: Part) -> list[Part]:
    half = whole.amount // 2
    later = replace(whole, amount=whole.amount - half, days=whole.days + 1)
    return [replace(whole, amount=half), later]


_PARTS: Final[Mapping[str, Callable[[Part], list[Part]]]] = {
    "missing": lambda _: [],
    "short": lambda whole: [
        replace(whole, amount=whole.amount - (CHARGE if whole.amount > 0 else -CHARGE))
    ],
    "twice": lambda whole: [whole, whole],
    "again": lambda whole: [whole, replace(whole, days=whole.days + 2)],
    "split": _halves,
    "late": lambda whole: [replace(whole, days=LATE_DAYS)],
    "currency": lambda whole: [replace(whole, currency=other_currency(whole.currency))],
    "nameless": lambda whole: [replace(whole, text="CREDIT")],
    "nameless late": lambda whole: [replace(whole, text="CREDIT", days=LATE_DAYS)],
}
"""What a payout becomes at the bank, by its wrong; any other comes as it was sent."""
