"""Orders at a steady rate, as many customers would place them: nobody waits for the one before."""

from __future__ import annotations

import random
import threading
import time
import uuid
from collections import Counter
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Final

from client.answers import Order
from client.api import Api, NewOrder
from client.problem import Problem
from client.transport import Unreachable

CUSTOMERS: Final = 24
ACTS_AT_ONCE: Final = 48
"""Customers who wait with what they will do next, and keep nobody from placing an order."""
ANSWERED_WITHIN_SECONDS: Final = 120.0
SECOND_ACT_AFTER_SECONDS: Final = 5.0
SECOND_ACTS_MAX: Final = 180
"""A killed worker's message comes again after minutes, and its next worker may be killed too."""
PAUSE_SECONDS: Final = 0.5
SERVER_ERROR: Final = 500
AMOUNT: Final = 3998


@dataclass(frozen=True, slots=True)
class Plan:
    """What a customer does; `then` once the order is `when`; how the order ends."""

    token: str = "tok_visa"  # noqa: S105
    capture: str = "automatic"
    when: str = ""
    then: str = ""
    end: str = "paid"


PAID: Final = Plan()
PLANS: Final = (
    *[PAID] * 84,
    *[Plan(token="tok_timeout_after_charge")] * 4,  # noqa: S106
    *[Plan(token="tok_webhook_twice")] * 2,  # noqa: S106
    *[Plan(token="tok_insufficient_funds", end="payment_failed")] * 4,  # noqa: S106
    *[Plan(when="paid", then="refund", end="refunded")] * 4,
    *[Plan(capture="on_confirmation", when="authorized", then="cancel", end="cancelled")] * 2,
)


@dataclass(frozen=True, slots=True)
class Placed:
    """An order, and how long its customer waited for the answer."""

    order_id: str
    payment_id: str
    plan: Plan
    answered_seconds: float


class GivenUp(Exception):
    """A customer has waited too long for an answer, or for an order to move."""


@dataclass
class Load:
    """Places orders through `api` until it is told that it is over; keeps what was placed."""

    api: Api
    plans: tuple[Plan, ...] = (PAID,)
    placed: list[Placed] = field(default_factory=list)
    repeated: Counter[str] = field(default_factory=Counter)
    chance: random.Random = field(default_factory=lambda: random.Random(7))  # noqa: S311
    acts: list[Future[None]] = field(default_factory=list)
    _acts: ThreadPoolExecutor = field(default_factory=lambda: ThreadPoolExecutor(ACTS_AT_ONCE))
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def steadily(self, *, orders_per_second: float, seconds: float) -> None:
        """Each order at its moment, however long the others take; returns when all have ended."""
        count = max(1, round(orders_per_second * seconds))
        began = time.monotonic()
        lives: list[Future[None]] = []
        with ThreadPoolExecutor(CUSTOMERS) as pool, self._acts:
            for number in range(count):
                due = began + number / orders_per_second
                time.sleep(max(0.0, due - time.monotonic()))
                lives.append(pool.submit(self._live, self.chance.choice(self.plans), due))
            for life in lives:
                life.result()
        for act in self.acts:
            act.result()

    def at_once(self, orders: int) -> None:
        """As fast as a few customers can."""
        with ThreadPoolExecutor(CUSTOMERS // 3) as pool:
            list(pool.map(lambda _: self._live(PAID, time.monotonic()), range(orders)))

    def _live(self, plan: Plan, due: float) -> None:
        order = self._place(plan)
        answered = time.monotonic() - due
        with self._lock:
            self.placed.append(Placed(order["order_id"], order["payment_id"], plan, answered))
        if plan.then:
            with self._lock:
                act = self._acts.submit(self._second_act, order["order_id"], plan)
                self.acts.append(act)

    def _place(self, plan: Plan) -> Order:
        key = str(uuid.uuid4())
        order: NewOrder = {
            "customer_id": "ada",
            "currency": "EUR",
            "lines": [{"sku": "mug", "quantity": 2, "unit_amount": AMOUNT // 2}],
            "payment_method": {"token": plan.token},
            "capture": plan.capture,
        }
        return self._asked(lambda: self.api.place_order(order, idempotency_key=key)).body

    def _second_act(self, order_id: str, plan: Plan) -> None:
        for _ in range(SECOND_ACTS_MAX):
            time.sleep(SECOND_ACT_AFTER_SECONDS)
            if self._asked(lambda: self.api.order(order_id))["status"] == plan.when:
                break
        else:
            raise GivenUp(f"{order_id} is not {plan.when}")
        key = str(uuid.uuid4())
        if plan.then == "refund":
            self._asked(
                lambda: self.api.refund_order(order_id, reason="returned", idempotency_key=key)
            )
        else:
            self._asked(lambda: self.api.cancel_order(order_id, idempotency_key=key))

    def _asked[T](self, call: Callable[[], T]) -> T:
        """The answer, asked for again under the same key while there is none, or one of 5xx."""
        ends = time.monotonic() + ANSWERED_WITHIN_SECONDS
        while time.monotonic() < ends:
            try:
                return call()
            except Unreachable:
                reason = "no answer"
            except Problem as problem:
                if problem.status < SERVER_ERROR and not problem.retryable:
                    raise
                reason = problem.code
            with self._lock:
                self.repeated[reason] += 1
            time.sleep(PAUSE_SECONDS)
        raise GivenUp("no answer in time")
