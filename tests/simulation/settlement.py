"""The provider that settles every day what it did since: in reports that are right, or wrong.

`Truth` is what it wrote, and what it did wrong on purpose. A wrong is one of `WRONGS`, planted in a
movement of a payment that has no other.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from random import Random
from typing import Final

from tests.simulation.acquirer import Charge
from tests.simulation.evidence import Plain
from tests.simulation.reports import Bucket, Movement, payout_id, payout_row, row, written
from tests.simulation.statements import BankTruth

LATE_DAYS: Final = 6
WRONGS: Final = ("missing", "late", "doubled", "short", "fee", "currency", "split")
RATES: Final = {"wrong": 0.25, "stranger": 0.15, "off": 0.15}
FEES_CHECKED: Final = frozenset({"EUR", "USD"})
STANDS: Final[Mapping[tuple[str, str], tuple[tuple[str, int], ...]]] = {
    ("capture", "succeeded"): (("capture", 1),),
    ("capture", "reversed"): (("capture", 1), ("capture_reversed", -1)),
    ("refund", "succeeded"): (("refund", -1),),
    ("refund", "reversed"): (("refund", -1), ("refund_reversed", 1)),
    ("dispute", "opened"): (("dispute", -1),),
    ("dispute", "lost"): (("dispute", -1),),
    ("dispute", "won"): (("dispute", -1), ("dispute_won", 1)),
}
"""What has moved of an operation that stands so: its kinds and their signs."""

type Lines = list[Movement]


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What goes wrong in the reports: at random by `rates`, or the wrong of a movement by its kind.

    `off` is what payouts are sent above the sum of their lines.
    """

    rates: Mapping[str, float] = field(default_factory=dict)
    wrongs: Mapping[str, str] = field(default_factory=dict)
    strangers: tuple[str, ...] = ()
    off: int = 0
    copies: bool = False
    held_back_hours: int = 0


@dataclass
class Truth:
    """`wrong` is by the movement's name, as what it `moved`; `payouts` by id: currency, sum of the
    lines, and sent; `payout_of` names the payout of each of the `lines`; `strangers` are the kinds
    of lines of nobody, by their names. `bank` is what has come of the payouts.
    """

    wrong: dict[str, str] = field(default_factory=dict)
    moved: dict[str, tuple[str, int]] = field(default_factory=dict)
    lines: list[tuple[str, Movement]] = field(default_factory=list)
    payout_of: list[str] = field(default_factory=list)
    payouts: dict[str, tuple[str, int, int]] = field(default_factory=dict)
    strangers: dict[str, str] = field(default_factory=dict)
    bank: BankTruth = field(default_factory=BankTruth)


@dataclass
class Settlements:
    """Writes the reports, keeps in `truth` what it wrote, and counts in `struck` what is wrong."""

    bucket: Bucket
    plan: Plan
    rng: Random
    truth: Truth = field(default_factory=Truth)
    struck: Counter[str] = field(default_factory=Counter)
    _known: set[str] = field(default_factory=set)
    _wronged: set[str] = field(default_factory=set)
    _held: list[tuple[int, Movement, str]] = field(default_factory=list)

    @property
    def waits(self) -> bool:
        return bool(self._held)

    def settle(self, charges: Mapping[str, Charge], day: int, date: str) -> Iterator[str]:
        """Write the reports of a day; the keys of what now lies in the bucket, in their order."""
        by_currency: dict[str, Lines] = {}
        for movement, currency in self._new(charges, date):
            for line, of in self._told(movement, currency, day):
                by_currency.setdefault(of, []).append(line)
        for due, line, currency in list(self._held):
            if due <= day:
                self._held.remove((due, line, currency))
                by_currency.setdefault(currency, []).append(replace(line, settled_on=date))
        for currency, lines in sorted(by_currency.items()):
            yield from self._report(currency, [*lines, *self._strange(date)], date)

    def _new(self, charges: Mapping[str, Charge], date: str) -> Iterator[tuple[Movement, str]]:
        """What moved and was in no report yet; what was undone before it was, may never be."""
        for charge in charges.values():
            for operation in charge.operations:
                stands = STANDS.get((operation["operation"], operation["status"]), ())
                fresh = [
                    _movement(operation, kind, sign, date)
                    for kind, sign in stands
                    if f"{operation['id']}/{kind}" not in self._known
                ]
                self._known |= {each.name for each in fresh}
                if len(fresh) == 2 and self.rng.random() < 0.5:
                    continue
                yield from ((each, operation["currency"]) for each in fresh)

    def _told(self, movement: Movement, currency: str, day: int) -> list[tuple[Movement, str]]:
        """The lines of a movement, with what is wrong about them."""
        wrong = self._drawn(movement, currency)
        if wrong:
            self.truth.wrong[movement.name] = wrong
            self.truth.moved[movement.name] = currency, movement.gross
        if wrong == "late":
            self._held.append((day + LATE_DAYS, movement, currency))
        of = currency if wrong != "currency" else other_currency(currency)
        return [(line, of) for line in _LINES.get(wrong, _as_it_is)(movement)]

    def _drawn(self, movement: Movement, currency: str) -> str:
        charge = movement.operation["payment"]
        planned = self.plan.wrongs.get(movement.kind, "")
        if not planned and self.rng.random() < self.plan.rates.get("wrong", 0):
            planned = self.rng.choice(WRONGS)
        if charge in self._wronged or not _possible(planned, movement, currency):
            return ""
        self._wronged.add(charge)
        self.struck[f"settled_{planned}"] += 1
        return planned

    def _strange(self, date: str) -> Lines:
        """Lines about nothing of ours."""
        kinds = list(self.plan.strangers)
        if self.rng.random() < self.plan.rates.get("stranger", 0):
            kinds.append(self.rng.choice(("capture", "fee", "mystery")))
        return [self._stranger(kind, date) for kind in kinds]

    def _stranger(self, kind: str, date: str) -> Movement:
        name = f"stranger-{len(self.truth.strangers) + 1}"
        self.truth.strangers[name] = kind
        self.struck["settled_stranger"] += 1
        operation: Plain = {"payment": "acq_nobody", "id": name, "reference": ""}
        gross = -120 if kind == "fee" else 777
        return Movement(
            name=name, kind=kind, operation=operation, gross=gross, fee=0, settled_on=date
        )

    def _report(self, currency: str, lines: Lines, date: str) -> Iterator[str]:
        number = len(self.truth.payouts) + 1
        net, off = sum(each.net for each in lines), self.plan.off
        if self.rng.random() < self.plan.rates.get("off", 0):
            off = self.rng.choice((1, -1, 250))
        if off:
            self.struck["settled_off"] += 1
        self.truth.lines += [(currency, each) for each in lines]
        self.truth.payout_of += [payout_id(number)] * len(lines)
        self.truth.payouts[payout_id(number)] = currency, net, net + off
        rows = [row(number, currency, each) for each in lines]
        rows.append(payout_row(number, currency, net + off, date))
        copies = self.plan.copies or self.rng.random() < self.plan.rates.get("wrong", 0)
        if copies:
            self.struck["settled_copied"] += 1
            yield self._put(f"cut-{number}", written(rows)[: -self.rng.randrange(5, 40)])
        yield self._put(f"settlement-{number}", written(rows))
        if copies:
            yield self._put(f"again-{number}", written(rows))
            yield self._put(f"turned-{number}", written(rows[::-1]))

    def _put(self, name: str, content: bytes) -> str:
        key = f"sandbox/quittance/{name}.csv"
        self.bucket.files[key] = content
        return key


def _movement(operation: Plain, kind: str, sign: int, date: str) -> Movement:
    amount = operation["amount"]
    return Movement(
        name=f"{operation['id']}/{kind}",
        kind=kind,
        operation=operation,
        gross=sign * amount,
        fee=amount * 15 // 1000 + 25 if kind == "capture" else 0,
        settled_on=date,
    )


def _halves(movement: Movement) -> Lines:
    half = movement.gross // 2
    rest = movement.gross - half
    return [
        replace(movement, name=f"{movement.name}/1", gross=half),
        replace(movement, name=f"{movement.name}/2", gross=rest, fee=0),
    ]


def _as_it_is(movement: Movement) -> Lines:
    return [movement]


def _less(movement: Movement) -> Lines:
    return [replace(movement, gross=movement.gross - (1 if movement.gross > 0 else -1))]


_LINES: Final[Mapping[str, Callable[[Movement], Lines]]] = {
    "missing": lambda _: [],
    "late": lambda _: [],
    "doubled": lambda movement: [movement, replace(movement, name=f"{movement.name}/again")],
    "short": _less,
    "fee": lambda movement: [replace(movement, fee=movement.fee + 7)],
    "split": _halves,
}
"""What a movement becomes in the report, by its wrong."""


def other_currency(currency: str) -> str:
    return "USD" if currency == "EUR" else "EUR"


_NEEDS: Final[Mapping[str, Callable[[Movement, str], bool]]] = {
    "short": lambda movement, _: abs(movement.gross) > 1,
    "split": lambda movement, _: abs(movement.gross) > 1,
    "fee": lambda movement, currency: movement.kind == "capture" and currency in FEES_CHECKED,
}


def _possible(wrong: str, movement: Movement, currency: str) -> bool:
    """Whether that can go wrong with it so that anybody can know."""
    needs = _NEEDS.get(wrong)
    return bool(wrong) and (needs is None or needs(movement, currency))
