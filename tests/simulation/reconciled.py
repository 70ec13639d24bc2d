"""A world whose provider settles what it does, and whose platform reconciles it every night.

Persons ask for runs of their own, and explain what stands in suspense, by the API.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from random import Random
from typing import Any, Final
from unittest.mock import patch

import payments.api.settlement
import payments.wiring
from payments.infrastructure.settlement import reading
from tests.doubles.expressions import Item
from tests.simulation import functions
from tests.simulation.agenda import DAY, HOUR, MINUTE, SECOND
from tests.simulation.bank import RATES as BANK_RATES
from tests.simulation.bank import Bank, BankPlan
from tests.simulation.bookkeeper import Bookkeeper
from tests.simulation.lives import Life
from tests.simulation.network import VISIBILITY, Answer
from tests.simulation.reports import Bucket, notice
from tests.simulation.settlement import RATES, Plan, Settlements
from tests.simulation.site import KEY, SECOND_KEY
from tests.simulation.watch_books import BooksWatch
from tests.simulation.world import START, World

PART_BYTES: Final = 1_000
READINGS_MAX: Final = 60
NIGHTS_AFTER: Final = 9
"""So many nights follow the last movement: whatever waits has been given up, or has come."""
NIGHTS_MAX: Final = 120
CLOCKWORK: Final = frozenset({"night", "report", "statement", "desk"})
BEARABLE: Final = {"killed": 0.003, "store_refuses": 0.005}
"""A run calls the store some hundred times: oftener than so it would come to no end."""
SLOW: Final = 2 * HOUR
ACCOUNTS: Final = ("5000", "5900")
WITHOUT_BANK: Final = 0.3
"""How often a house has no statements of its bank."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Habits:
    """`resolves` is the share of open discrepancies that a person explains on a day, `asks` how
    often somebody asks for a run. Everything begins with `first_night`, and goes on for
    `nights_after` nights when nothing moves any more; `proves` is whether the books are proved,
    `keeps_books` whether somebody books by hand. In a run that is `slow` everything else goes on
    for hours behind each of its writes. Where it is `crowded` many want the same credit at once,
    and each is asked in the middle of another's write.
    """

    resolves: float = 0.2
    asks: float = 0.3
    first_night: int = 1
    nights_after: int = NIGHTS_AFTER
    proves: bool = True
    keeps_books: bool = True
    slow: bool = False
    crowded: bool = False


class ReconciledWorld(World):
    """`settlements` knows the truth of what was settled, `bank` of what has come of it; a house
    may have no bank.
    """

    def __init__(  # noqa: PLR0913 - what is not given is drawn
        self,
        seed: int,
        *,
        payments: int = 4,
        lives: Sequence[Life] | None = None,
        rates: dict[str, float] | None = None,
        kill_at: Collection[int] = (),
        plan: Plan | None = None,
        habits: Habits | None = None,
        bank: BankPlan | None = None,
    ) -> None:
        super().__init__(seed, payments=payments, lives=lives, rates=rates, kill_at=kill_at)
        rng = Random(seed + 2)
        self.fate.rates = {
            fault: min(rate, BEARABLE.get(fault, rate)) for fault, rate in self.fate.rates.items()
        }
        self.habits = habits or Habits()
        bucket, struck = Bucket(self.calls), self.fate.struck
        self.settlements = Settlements(bucket, plan or Plan(rates=RATES), rng, struck=struck)
        told = Random(seed + 5)
        if bank is None and plan is None and told.random() >= WITHOUT_BANK:
            bank = BankPlan(rates=BANK_RATES)
        truth = self.settlements.truth.bank
        self.bank = None if bank is None else Bank(bucket, bank, told, truth, struck)
        self.books = BooksWatch()
        self.began_at = 0
        """The number of the moment at which the first report or night began."""
        self._rng = Random(seed + 3)
        self._bookkeeper = Bookkeeper(self, Random(seed + 4))
        self._last_change = 0
        self._asked = 0
        self._runs = 0
        self._store_call = self.dynamo.on_call
        self.dynamo.on_call = self._called

    def run(self) -> None:
        planned = partial(reading.plan, part_bytes=PART_BYTES)
        with (
            patch.object(payments.wiring, "report_bucket", lambda: self.settlements.bucket),
            patch.object(payments.api.settlement, "plan", planned),
        ):
            super().run()
            self.books.check()

    def _begin(self) -> None:
        super()._begin()
        self._on(self.habits.first_night)

    def _written(self, table: str, before: Item | None, after: Item | None) -> None:
        super()._written(table, before, after)
        self.books.written(table, after)

    def _called(self, moment: str, place: str) -> None:
        if moment == "before":
            self.books.check()  # between two writes, never within one
        if self.habits.crowded and (moment, place) == ("before", "accounting.commit"):
            self._go_on(SECOND, beside="accounting.http")
        self._store_call(moment, place)
        written = (moment, place) == ("after", "accounting.commit")
        if self.habits.slow and written:
            self._go_on(SLOW, beside="accounting.reconcile")

    def _go_on(self, within: int, *, beside: str) -> None:
        """Everything that is due within that time, while such a worker and nobody else waits."""
        if set(self._stack) != {beside}:
            return
        until = self.agenda.now + within
        while entry := self.agenda.near(until - self.agenda.now, but_not=()):
            self._step(entry)

    def _on(self, day: int) -> None:
        """Plan the clockwork of a day: what it closes at night, reports, the work at the desk."""
        until = day * DAY - self.agenda.now
        self.agenda.add(until + 2 * HOUR, "night", lambda: self._night(day))
        self.agenda.add(until + 5 * HOUR, "report", lambda: self._report(day))
        if self.bank is not None:
            self.agenda.add(until + 6 * HOUR, "statement", lambda: self._statements(day - 1))
        work = partial(self.agenda.add, 0, "accounting.http", partial(self._desk, day))
        self.agenda.add(until + 9 * HOUR, "desk", work)

    def _night(self, day: int) -> None:
        if not self.began_at:
            self.began_at = self.calls.passed + 1
        waits = self.settlements.waits or (self.bank is not None and self.bank.waits)
        if waits or self.agenda.waits_for_more_than(CLOCKWORK):
            self._last_change = day
        if self.habits.proves:
            self.invoke("payments.schedule", {})  # what the day before has done is attested
            self.agenda.add(HOUR, "night", lambda: self.invoke("accounting.proof", {}))
        self._nightly(2)
        assert day < NIGHTS_MAX, "the nights never end"
        if day <= self._last_change + self.habits.nights_after:
            self._on(day + 1)

    def _nightly(self, retries: int) -> None:
        """Lambda calls again what failed, twice."""
        if self.invoke("accounting.nightly", {}) is None and retries:
            self.agenda.add(MINUTE, "nightly again", lambda: self._nightly(retries - 1))

    def _report(self, day: int) -> None:
        date = _date(day)
        for key in self.settlements.settle(self.acquirer.charges, day, date):
            self._come([key], self.settlements.plan.held_back_hours, day)
        if self.bank is not None:
            for payout, (currency, _, sent) in self.settlements.truth.payouts.items():
                if payout not in self.bank.truth.sent:
                    self.bank.pay(payout, currency, sent, day=day, date=date)

    def _statements(self, day: int) -> None:
        assert self.bank is not None
        for days, keys in self.bank.statements(day, _date(day)):
            self._come(keys, days * 24, day)

    def _come(self, keys: Sequence[str], hours: int, day: int) -> None:
        """Files come so many hours late, one after the other, and are noticed once or twice."""
        self._last_change = day
        delay = self._rng.randrange(HOUR) + hours * HOUR
        if self.settlements.plan.rates and self._rng.random() < 0.1:
            delay += self._rng.randrange(5) * DAY
        if delay >= HOUR:
            self.fate.struck["file_late"] += 1
        notices = self._rng.choice((1, 1, 2))
        if notices > 1:
            self.fate.struck["file_noticed_twice"] += 1
        for _ in range(notices):
            self.agenda.add(delay, "payments.settlement", partial(self._read_report, keys, 1))

    def _read_report(self, keys: Sequence[str], number: int) -> None:
        """Until it is read to its end; the next file comes when it is."""
        assert number < READINGS_MAX, f"{keys[0]} was never read"
        answer = self.invoke("payments.settlement", {"Records": [notice(keys[0])]})
        if answer is None or answer["batchItemFailures"]:
            again = partial(self._read_report, keys, number + 1)
            self.agenda.add(VISIBILITY, "payments.settlement", again)
            return
        if keys[1:]:
            then = partial(self._read_report, keys[1:], 1)
            self.agenda.add(MINUTE, "payments.settlement", then)
        if self.bank is not None and self._rng.random() < self.habits.asks:
            ask = partial(self._ask, "bank", self.agenda.now // DAY)  # while its entries are told
            self.agenda.add(self._rng.randrange(MINUTE), "accounting.http", ask)

    def desk(self, method: str, path: str, body: Any, key: str, by: str = KEY) -> Answer:
        """A request of somebody who works here."""
        return self._request(method, path, body, key, by)

    def _desk(self, day: int) -> None:
        if self.habits.keeps_books:
            self._bookkeeper.work()
        if self.habits.crowded and day == 1:
            self._bookkeeper.crowd()
        for whose in ("sandbox", "bank") if self.bank is not None else ("sandbox",):
            if self._rng.random() < self.habits.asks:
                self._ask(whose, day)
            answer = self._request("GET", "/reconciliation-items", None, "", KEY, whose)
            page = {} if answer is None else json.loads(answer["body"])
            for each in page.get("data", ()):
                if each["class"] != "expected" and self._rng.random() < self.habits.resolves:
                    self._resolve(each["item_id"])

    def _ask(self, provider: str, day: int) -> None:
        self._runs += 1
        body = {"provider": provider, "date": _date(day)}
        self._post("/reconciliations", body, f"run-{self._runs}", KEY)

    def _resolve(self, item_id: str) -> None:
        """One person, the same under another name, and a second one: refused, where one is enough,
        and where one agrees with oneself.
        """
        self._asked += 1
        path = f"/reconciliation-items/{item_id}/resolution"
        account = self._rng.choice(ACCOUNTS)
        later = self._rng.randrange(HOUR)
        for name, key, delay in (("Ada", KEY, 0), ("Ann", KEY, MINUTE), ("Bob", SECOND_KEY, later)):
            body = {"account": account, "actor": name, "reason": "seen at the bank"}
            said = partial(self._post, path, body, f"resolve-{self._asked}-{name}", key)
            self.agenda.add(delay, "accounting.http", said)

    def _post(self, path: str, body: dict[str, Any], key: str, by: str) -> None:
        """Until there is an answer that is one."""
        answer = self._request("POST", path, body, key, by)
        document = {} if answer is None else json.loads(answer["body"])
        status = 0 if answer is None else answer["statusCode"]
        if status == 0 or document.get("retryable", status >= 500):
            delay = self._rng.randrange(SECOND, MINUTE)
            self.agenda.add(delay, "accounting.http", partial(self._post, path, body, key, by))
        else:
            self.tell(f"answer {path} {status} {document.get('code', '')}")

    def _request(
        self, method: str, path: str, body: Any, key: str, by: str, whose: str = ""
    ) -> Answer:
        asked = functions.request(method, path, body=body, key=key, flow="desk", by=by)
        if whose:
            asked["queryStringParameters"] = {"provider": whose, "limit": "100"}
        return self.invoke("accounting.http", asked)


def _date(day: int) -> str:
    return (START + timedelta(days=day)).date().isoformat()
