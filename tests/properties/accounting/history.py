"""Random histories of one ledger: its bus repeats and reorders, its workers are killed."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass, field
from datetime import timedelta
from random import Random
from typing import Final

from accounting.application.by_hand import expire_holds, resolve, reverse, submit
from accounting.application.fold import fold
from accounting.application.reactions import Subscribed
from accounting.domain.chart_of_accounts import BANK, CUSTOMER_CREDIT, REVENUE
from accounting.domain.errors import CaptureNotBooked
from accounting.domain.journal import Authorship, Person, credit, debit
from accounting.domain.manual import Draft
from shared.contracts.payments import DisputeLost, DisputeOpened, DisputeWon, Undoes
from shared.errors.taxonomy import DomainException, StaleRow
from shared.persistence.rows import Row
from tests.doubles.ledger import (
    START,
    Ledger,
    authorized,
    capture_failed,
    captured,
    dispute,
    eur,
    refund_failed,
    refund_requested,
    refunded,
    voided,
)

PAYMENTS: Final = 6
BY: Final = Authorship(actor=Person("operator", "ann"), reason="chance")


class Killed(BaseException):
    """The worker died here; no handler may catch this."""


def story(payment: str, rng: Random) -> list[Subscribed]:
    """What may become of one payment, in the order in which it is published."""
    amount = rng.randrange(100, 10_000)
    taken = rng.randrange(1, amount + 1)
    back = rng.randrange(1, taken + 1)
    refund = f"re_{payment}"
    events: list[Subscribed] = [authorized(amount, payment)]
    if rng.random() < 0.15:
        late = captured(taken, payment, unapplied=True)
        back_again = refund_requested(taken, payment, refund, unapplied=True)
        return [
            *events,
            voided(amount, payment),
            late,
            back_again,
            refunded(taken, payment, refund),
        ]
    events.append(captured(taken, payment))
    if taken < amount:
        events.append(voided(amount - taken, payment))
    endings: list[list[Subscribed]] = [
        [],
        [capture_failed(taken, payment)],
        [refund_requested(back, payment, refund), refunded(back, payment, refund)],
        [
            refund_requested(back, payment, refund),
            refund_failed(back, Undoes.REQUEST, payment, refund),
        ],
        [
            refund_requested(back, payment, refund),
            refunded(back, payment, refund),
            refund_failed(back, Undoes.REFUND, payment, refund),
        ],
        [dispute(DisputeOpened, back, payment), dispute(DisputeWon, back, payment)],
        [dispute(DisputeOpened, back, payment), dispute(DisputeLost, back, payment)],
    ]
    return events + rng.choice(endings)


@dataclass
class History:
    """One ledger under one seed: its bus repeats and reorders, its workers are killed."""

    seed: int
    ledger: Ledger = field(default_factory=Ledger)
    delivered: list[Row] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.rng = Random(self.seed)
        self.told = [
            (f"{payment}/{number}", event)
            for payment in (f"pay_{each}" for each in range(PAYMENTS))
            for number, event in enumerate(story(payment, self.rng))
        ]
        self.happened = {
            message_id: START + timedelta(seconds=number)
            for number, (message_id, _) in enumerate(self.told)
        }

    def run(self) -> None:
        waiting = self.told + self.rng.sample(self.told, len(self.told) // 3)
        self.rng.shuffle(waiting)
        self.ledger.now = START + timedelta(hours=1)
        self.ledger.table.on_write = self._strike
        while waiting:
            message_id, event = waiting.pop()
            self.ledger.tick(milliseconds=self.rng.randrange(1, 9000))
            try:
                self.ledger.hear(event, message_id, at=self.happened[message_id])
            except (Killed, CaptureNotBooked):
                waiting.insert(0, (message_id, event))
            if self.rng.random() < 0.2:
                self._by_hand()
            if self.rng.random() < 0.3:
                self._fold()
        self.ledger.table.on_write = None
        self.ledger.fold()

    def _fold(self) -> None:
        """A batch of the stream, out of order, some of it delivered before."""
        self.ledger.drain()
        self.delivered += self.ledger.stream
        batch = [*self.ledger.stream, *self.rng.sample(self.delivered, min(4, len(self.delivered)))]
        self.rng.shuffle(batch)
        with suppress(Killed):
            fold(batch, folds=self.ledger.folds, now=self.ledger.now)
            self.ledger.stream.clear()

    def _by_hand(self) -> None:
        ledger, rng = self.ledger, self.rng
        number = rng.randrange(5)
        known = str(rng.choice(self.delivered)["pk"])[6:] if self.delivered else "je_1"
        about = known if number in {2, 3} else str(rng.randrange(12))
        cause = ledger.cause(f"req_{number}_{about}")
        minor = rng.randrange(1, 400)
        give = debit(BANK, eur(minor)), credit(CUSTOMER_CREDIT, eur(minor))
        spend = debit(CUSTOMER_CREDIT, eur(minor)), credit(REVENUE, eur(minor))
        draft = Draft(
            description="by hand",
            postings=rng.choice((give, spend, spend)),
            effective_at=ledger.now,
            hold_until=rng.choice((None, ledger.now + timedelta(seconds=rng.randrange(9, 99)))),
        )
        acts = (
            lambda: submit([draft], BY, journal=ledger.journal, cause=cause),
            lambda: submit([draft, draft], BY, journal=ledger.journal, cause=cause),
            lambda: reverse(known, BY, effective_at=None, journal=ledger.journal, cause=cause),
            lambda: resolve(
                known,
                BY,
                postings=None,
                void=rng.random() < 0.5,
                journal=ledger.journal,
                cause=cause,
            ),
            lambda: expire_holds(journal=ledger.journal, cause=ledger.cause("")),
        )
        with suppress(Killed, DomainException, StaleRow):
            acts[number]()

    def _strike(self, moment: str) -> None:
        del moment
        if self.rng.random() < 0.02:
            raise Killed
