"""Three services, one hostile network and one provider, in one process, decided by one seed.

The services' own code runs: use cases, repositories, relay and consumers. What is replaced is what
lies outside: the tables, the bus, the queues, the clock and the provider.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import partial
from random import Random
from types import SimpleNamespace
from typing import Any, Final, cast

from accounting.application import reactions as accounting
from accounting.infrastructure.dynamodb_journal import DynamoDbJournal
from infra.constructs.compensation_states import Waits, definition
from orders.api.compensation import carry_out
from orders.application import reactions as orders
from orders.application import recover
from orders.application.decide import decide
from orders.application.place_order import place_order
from orders.domain.compensation import Terms
from orders.domain.decisions import place
from orders.domain.order import CaptureMode, Line, Purchase
from orders.infrastructure.dynamodb_orders import DynamoDbOrders
from payments.application import reactions as payments
from payments.application.resolve_payment import resolve_payment
from payments.domain.attempt import payment_of
from payments.infrastructure.dynamodb_payments import DynamoDbPayments
from shared.contracts.envelope import Cause
from shared.contracts.payments import WebhookReceived
from shared.contracts.union import message_types
from shared.errors.taxonomy import DomainException, TransientException
from shared.ids import derived
from shared.messaging.consumer import Consumer
from shared.messaging.relay import Relay
from shared.money import Money
from shared.persistence.rows import Row
from tests.doubles.memory_table import MemoryTable, stream_event
from tests.doubles.step_functions import MemoryStepFunctions
from tests.simulation.merchant import decision
from tests.simulation.provider import HostileProvider

STEPS_MAX: Final = 20_000
WAITS: Final = Waits(heartbeat_seconds=1800, timeout_seconds=21_600, pause_seconds=900)
CONTEXT: Final = SimpleNamespace(get_remaining_time_in_millis=lambda: 10_000)


class Crash(BaseException):
    """The worker was killed here; no handler may catch this."""


@dataclass
class Queue:
    """What one consumer still has to handle; a message leaves only when it was handled."""

    consumer: Consumer
    types: frozenset[str]
    bodies: list[str] = field(default_factory=list)


def terms(now: datetime) -> Terms:
    """As on a stage with real waits."""
    return Terms(
        now=now,
        confirmation=timedelta(days=6),
        watch=timedelta(minutes=90),
        patience=timedelta(days=3),
    )


class World:
    """Runs until nothing is left to do. `kill_at` kills the worker at that store call, once."""

    def __init__(self, seed: int, *, faults: bool = True, kill_at: int | None = None) -> None:
        self.rng = Random(seed)
        self.faults = faults
        self.kill_at = kill_at
        self.store_calls = 0
        self.time = datetime(2026, 1, 1, tzinfo=UTC)
        self.provider = HostileProvider(self.rng, faults=faults)
        self.tables = {name: MemoryTable() for name in ("orders", "payments", "accounting")}
        for table in self.tables.values():
            table.on_write = self._on_store_call
        self.orders = DynamoDbOrders(self.tables["orders"])
        self.payments = DynamoDbPayments(self.tables["payments"])
        self.journal = DynamoDbJournal(self.tables["accounting"])
        self.executions = MemoryStepFunctions(
            definition(function_arn="compensation", waits=WAITS),
            invoke=self._compensation,
            clock=self.now,
        )
        self.streams: dict[str, list[Row]] = {name: [] for name in self.tables}
        self.relays = {
            name: Relay(service=name, table=table, bus=cast("Any", self), bus_name="bus")
            for name, table in self.tables.items()
        }
        obey = partial(
            payments.obey,
            provider="hostile",
            payments=self.payments,
            gateways=lambda _: self.provider,
        )
        self.queues = [
            self._queue(payments.Accepted, obey, self.tables["payments"].handled),
            self._queue(
                payments.Subscribed,
                partial(payments.react, payments=self.payments),
                self.tables["payments"].handled,
            ),
            self._queue(
                orders.Subscribed,
                partial(orders.react, orders=self.orders, terms=terms),
                self.tables["orders"].handled,
            ),
            self._queue(
                recover.Subscribed,
                partial(recover.recover, orders=self.orders, executions=self.executions),
                self.tables["orders"].handled,
            ),
            self._queue(
                accounting.Subscribed,
                partial(accounting.react, journal=self.journal),
                lambda _: False,
            ),
        ]
        self.published: list[dict[str, Any]] = []
        self.to_place: list[int] = []
        self.to_decide: list[str] = []
        self.misfortunes = 0
        self.decisions = 0
        self.checks = 0
        self.patience = 400

    def run(self, *, orders_placed: int) -> None:
        """Place orders, confirm them, and let everything happen in an order the seed decides."""
        self.to_place = list(range(orders_placed))
        for _ in range(STEPS_MAX):
            todo = self._todo()
            if not todo:
                return
            self.time += timedelta(milliseconds=self.rng.randrange(1, 5000))
            try:
                self.rng.choice(todo)()
            except Crash:
                continue
            except TransientException:
                continue  # the caller, or the provider, tries again
            self._keep_limits()
        raise AssertionError("the network never went quiet")

    def _keep_limits(self) -> None:
        """No payment is ever over its limits, at no moment."""
        for row in self.tables["payments"].scan(sk="STATE"):
            payment = self.payments.find(str(row["payment_id"]))
            assert payment is not None
            taken = payment.captured + payment.capturing
            gone = payment.released + payment.expired
            assert min(each.minor for each in (payment.captured, payment.capturing, gone)) >= 0
            assert taken + gone <= payment.authorized
            back = payment.refunded + payment.disputed + payment.charged_back
            assert min(payment.refunding.minor, payment.refunded.minor) >= 0
            assert back <= payment.captured

    def put_events(self, *, Entries: list[dict[str, Any]]) -> dict[str, Any]:  # noqa: N803
        """The bus: some entries may be refused in an answer that says 200."""
        results = []
        for entry in Entries:
            if self._strikes(0.1):
                results.append({"ErrorCode": "InternalFailure"})
                continue
            document = json.loads(entry["Detail"])
            self.published.append(document)
            for queue in self.queues:
                if entry["DetailType"] in queue.types:
                    body = json.dumps({"detail": document})
                    queue.bodies += [body] * (2 if self._strikes(0.2) else 1)
            results.append({"EventId": str(len(self.published))})
        return {"Entries": results}

    def now(self) -> datetime:
        return self.time

    def _todo(self) -> list[Callable[[], None]]:
        todo: list[Callable[[], None]] = []
        for name, table in self.tables.items():
            self.streams[name] += table.drain_inserts()
            if self.streams[name]:
                todo.append(partial(self._relay, name))
        todo += [partial(self._consume, queue) for queue in self.queues if queue.bodies]
        todo += [partial(self._webhook, number) for number in range(len(self.provider.waiting))]
        todo += [partial(self.executions.step, walk) for walk in self.executions.ready()]
        if self.to_place:
            todo.append(self._place)
        todo += [partial(self._decide, order_id) for order_id in self.to_decide]
        if todo and self.misfortunes and self.provider.payments():
            todo.append(self._misfortune)
        if self.rng.random() < 0.05:
            todo += [partial(self._check, name) for name in self.payments.to_check(self.time)]
            todo += [partial(self._attend, name) for name in self.orders.due(self.time)]
        return todo or self._overdue()

    def _overdue(self) -> list[Callable[[], None]]:
        """When nothing else happens time passes, until there is something to ask or to give up."""
        waiting = [row for row in self.tables["payments"].scan(sk="STATE") if row.get("CheckAt")]
        moments = [datetime.fromisoformat(str(row["CheckAt"])) for row in waiting]
        if (wake := self.executions.next_at()) is not None:
            moments.append(wake)
        due = [row for row in self.tables["orders"].scan(sk="STATE") if row.get("DueAt")]
        moments += [datetime.fromisoformat(str(row["DueAt"])) for row in due]
        if not moments:
            return []
        self.time = max(self.time, min(moments) + timedelta(seconds=1))
        todo = [partial(self._check, name) for name in self.payments.to_check(self.time)]
        todo += [partial(self.executions.step, walk) for walk in self.executions.ready()]
        return [*todo, *(partial(self._attend, name) for name in self.orders.due(self.time))]

    def _compensation(self, task: dict[str, Any]) -> dict[str, str]:
        return carry_out(
            task, orders=self.orders, executions=self.executions, terms=terms(self.time)
        )

    def _attend(self, order_id: str) -> None:
        cause = self._cause(f"watch-{order_id}")
        recover.attend(order_id, orders=self.orders, terms=terms, cause=cause)

    def _check(self, payment_id: str) -> None:
        self.checks += 1
        resolve_payment(
            payment_id,
            payments=self.payments,
            gateways=lambda _: self.provider,
            cause=self._cause(f"check-{self.checks}"),
        )

    def _misfortune(self) -> None:
        self.misfortunes -= 1
        self.provider.misfortune()

    def _relay(self, name: str) -> None:
        batch = self.streams[name][: self.rng.randint(1, 5)]
        answer = self.relays[name].on_stream(stream_event(batch), now=self.time)
        failed = [int(each["itemIdentifier"]) - 1 for each in answer["batchItemFailures"]]
        done = min(failed, default=len(batch))
        self.streams[name] = self.streams[name][done:]

    def _consume(self, queue: Queue) -> None:
        self.rng.shuffle(queue.bodies)
        batch = queue.bodies[: self.rng.randint(1, 3)]
        records = [
            {"messageId": str(number), "body": body, "eventSource": "aws:sqs"}
            for number, body in enumerate(batch)
        ]
        answer = queue.consumer.on_queue({"Records": records}, CONTEXT)
        failed = {int(each["itemIdentifier"]) for each in answer["batchItemFailures"]}
        again = [body for number, body in enumerate(batch) if number in failed]
        queue.bodies = again + queue.bodies[len(batch) :]

    def _webhook(self, number: int) -> None:
        notice = self.provider.waiting[number]
        name = f"{notice.provider_reference}-{notice.verdict}"
        webhook = WebhookReceived(
            provider="hostile",
            webhook_id=name,
            payment_id=payment_of(notice.reference),
            notice=notice,
        )
        self.payments.keep(webhook, "{}", self._cause(f"webhook-{name}"))
        del self.provider.waiting[number]

    def _place(self) -> None:
        number = self.to_place[0]
        order_id = derived("ord", str(number))
        purchase = Purchase(
            customer_id="cus_1",
            currency="EUR",
            lines=(Line(sku="book", quantity=1, unit_amount=Money(1000 + number, "EUR")),),
            payment_method_token="tok_visa",
            capture=CaptureMode.AUTOMATIC if number % 3 == 0 else CaptureMode.ON_CONFIRMATION,
        )
        order, messages = place(
            purchase,
            order_id=order_id,
            payment_id=derived("pay", order_id),
            correlation_id=f"correlation-{number}",
            now=self.time,
        )
        cause = self._cause(f"req-{number}").within(f"correlation-{number}")
        place_order(order, messages, orders=self.orders, cause=cause)
        if not self._strikes(0.2):  # else the client has not heard the answer, and repeats
            self.to_place.remove(number)
            self.to_decide += [order_id] * 4
            self.misfortunes += 1 if self.faults else 0

    def _decide(self, order_id: str) -> None:
        """The merchant tries something: what fits the order's state, or what does not."""
        self.to_decide.remove(order_id)
        self.decisions += 1
        name = f"decision-{self.decisions}"

        try:
            decide(
                order_id,
                lambda order: decision(order, self.rng, name),
                orders=self.orders,
                cause=self._cause(name),
                terms=terms,
            )
        except DomainException:
            if self.patience:
                self.patience -= 1
                self.to_decide.append(order_id)

    def _queue(self, union: Any, react: Any, handled: Callable[[str], bool]) -> Queue:
        consumer = Consumer(union, react=react, handled=handled, clock=self.now)
        return Queue(consumer, frozenset(kind.__name__ for kind in message_types(union)))

    def _cause(self, cause_id: str) -> Cause:
        return Cause(id=cause_id, correlation_id="c", traceparent="t", now=self.time)

    def _on_store_call(self, moment: str) -> None:
        """Called before and after each call to a table; either may be the last of its worker."""
        del moment
        self.store_calls += 1
        if self.store_calls == self.kill_at or self._strikes(0.02):
            raise Crash

    def _strikes(self, chance: float) -> bool:
        return self.faults and self.rng.random() < chance
