"""A day of four orders from HTTP to the reconciled ledger, told through the API alone.

A is paid, B is declined, of C the acquirer takes the money and drops the line, D is refunded. Then
the acquirer settles, and the day is reconciled.
"""

import uuid
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, TypedDict

import urllib3

from apphost.outputs import Outputs
from apphost.progress import Progress
from client.answers import JournalEntry, Order, OrderLine, Payment, TrialBalance
from client.api import NewOrder, Reply
from client.connection import Connection
from client.motion import order_moves
from client.reconciliation_api import SETTLED, Item, ReconciliationApi, Run
from client.timeline import Timeline, read_timeline
from client.watch import Patience, until
from shared.ids import derived

PROVIDER = "sandbox"
CURRENCY = "EUR"
LINES: list[OrderLine] = [
    {"sku": "mug", "quantity": 2, "unit_amount": 1999},
    {"sku": "postage", "quantity": 1, "unit_amount": 490},
]
PATIENCE = Patience(timeout_seconds=90.0, pause_seconds=0.1)
TIMEOUT_SECONDS = 10.0


class Charge(TypedDict):
    """What the sandbox has truly done for one payment."""

    payment: str
    reference: str
    metadata: dict[str, str]
    currency: str
    authorized: int
    captured: int
    refunded: int


class Report(TypedDict):
    """A settlement report, as the sandbox says that it has made it; `lines` with the payout's."""

    number: int
    currency: str
    lines: int
    payout: int


@dataclass(frozen=True, slots=True)
class Told:
    """One order at its end, and everything said about it on the way."""

    order: Order
    payment: Payment
    entries: list[JournalEntry]
    timeline: Timeline
    requests: frozenset[str]
    """The ids of what a client asked for: an order begins with one of them."""


@dataclass(frozen=True, slots=True)
class Reconciled:
    """What the acquirer settled of these orders, and what was found when the day was reconciled."""

    reports: list[Report]
    run: Run
    items: list[Item]


@dataclass(frozen=True, slots=True)
class Story:
    paid: Told
    declined: Told
    silent: Told
    refunded: Told
    placed: Reply[Order]
    repeated: Reply[Order]
    reconciled: Reconciled
    balance: TrialBalance
    charges: list[Charge]

    @property
    def orders(self) -> tuple[Told, ...]:
        return self.paid, self.declined, self.silent, self.refunded


def tell(outputs: Outputs, progress: Progress) -> Story:
    """Live through it. Raises StillMoving where something does not come to rest in time."""
    day = _Day(outputs, progress)
    placed = day.place("A", "tok_visa", "placing it")
    repeated = day.place("A", "tok_visa", "placing it again under the same key")
    day.place("B", "tok_insufficient_funds", "placing it with a card that has no money")
    day.place("C", "tok_timeout_after_charge", "placing it with a card that nobody answers")
    day.place("D", "tok_visa", "placing it")
    for name, doing in (("A", "authorizing"), ("B", "declining"), ("C", "authorizing in silence")):
        day.rest(name, doing)
    day.rest("D", "authorizing")
    for name in "ACD":
        day.confirm(name)
    day.refund("D")
    reconciled = day.end("ACD")
    return Story(
        paid=day.told("A"),
        declined=day.told("B"),
        silent=day.told("C"),
        refunded=day.told("D"),
        placed=placed,
        repeated=repeated,
        reconciled=reconciled,
        balance=day.auditor.trial_balance(CURRENCY),
        charges=charges(outputs),
    )


def charges(outputs: Outputs) -> list[Charge]:
    """The truth: what the acquirer has taken, whatever anybody has noted down."""
    found: list[Charge] = _sandbox(outputs, "GET", "charges")["charges"]
    return found


class _Day:
    """What is done to each order; every key that a client asked with is remembered."""

    def __init__(self, outputs: Outputs, progress: Progress) -> None:
        self._outputs, self._progress = outputs, progress
        self.client, self.operator, self.auditor = (
            ReconciliationApi(Connection(outputs.api_url, outputs.api_keys[role]))
            for role in ("client", "operator", "auditor")
        )
        self._orders: dict[str, Order] = {}
        self._keys: dict[str, list[str]] = {}

    def place(self, name: str, token: str, doing: str) -> Reply[Order]:
        if name not in self._keys:
            self._keys[name] = [str(uuid.uuid4())]
        with self._progress.step(f"order {name}: {doing}"):
            reply = self.client.place_order(_order(token), idempotency_key=self._keys[name][0])
        self._orders[name] = reply.body
        return reply

    def rest(self, name: str, doing: str) -> None:
        with self._progress.step(f"order {name}: {doing}") as note:
            self._rest(name, note)

    def confirm(self, name: str) -> None:
        with self._progress.step(f"order {name}: confirming, capturing, booking") as note:
            self.client.confirm_order(self._id(name), idempotency_key=self._key(name))
            self._rest(name, note)

    def refund(self, name: str) -> None:
        with self._progress.step(f"order {name}: refunding") as note:
            self.client.refund_order(
                self._id(name), reason="the mugs are broken", idempotency_key=self._key(name)
            )
            self._rest(name, note)

    def end(self, names: str) -> Reconciled:
        """The acquirer settles, its reports are read and booked, the books are reconciled."""
        with self._progress.step("the day's end: settling, booking what was settled"):
            made: list[Report] = _sandbox(self._outputs, "POST", "settle", {})["reports"]
            for report in made:
                self._booked(report)
        with self._progress.step("the day's end: reconciling") as note:
            run = self._reconcile(made, note)
        found = self.auditor.reconciliation_items(run["reconciliation_id"], None)
        ours = {self._orders[name]["payment_id"] for name in names}
        return Reconciled(
            reports=[report for report in made if report["currency"] == CURRENCY],
            run=run,
            items=[item for item in found if item["payment_id"] in ours],
        )

    def told(self, name: str) -> Told:
        timeline = read_timeline(self.auditor, self._id(name))
        payment_id = timeline.order["payment_id"]
        payment = until(
            lambda: self.auditor.payment(payment_id),
            lambda payment: payment["status"] != "captured",  # its line has come by the end
            PATIENCE,
        )
        return Told(
            order=timeline.order,
            payment=payment,
            entries=self.auditor.journal_entries(payment_id),
            timeline=timeline,
            requests=frozenset(derived("req", "client", key) for key in self._keys[name]),
        )

    def _id(self, name: str) -> str:
        return self._orders[name]["order_id"]

    def _key(self, name: str) -> str:
        self._keys[name].append(str(uuid.uuid4()))
        return self._keys[name][-1]

    def _rest(self, name: str, note: Callable[[str], None]) -> None:
        def look() -> Order:
            order = self.client.order(self._id(name))
            note(order["status"])
            return order

        until(look, lambda order: not order_moves(order), PATIENCE)

    def _booked(self, report: Report) -> None:
        """The payout stands in the books; each of its lines travels for itself."""
        until(lambda: self.auditor.payout_entries(payout_of(report)), bool, PATIENCE)

    def _reconcile(self, made: Sequence[Report], note: Callable[[str], None]) -> Run:
        """The first run that has heard of every line that was settled."""
        lines = {payout_of(report): report["lines"] - 1 for report in made}

        def heard(run: Run) -> bool:
            sent = {each["payout_id"]: each for each in run["payouts"] if each["sent"] is not None}
            return all(name in sent and sent[name]["lines"] == lines[name] for name in lines)

        return until(lambda: self._run(note), heard, PATIENCE)

    def _run(self, note: Callable[[str], None]) -> Run:
        today = datetime.now(UTC).date().isoformat()
        asked = self.operator.reconcile(PROVIDER, today, idempotency_key=str(uuid.uuid4())).body

        def look() -> Run:
            run = self.auditor.reconciliation(asked["reconciliation_id"])
            note(f"{run['stage']}, {run['looked_at']} payments looked at")
            return run

        return until(look, lambda run: run["status"] == SETTLED, PATIENCE)


def payout_of(report: Report) -> str:
    """The acquirer's name for what it paid out with a report."""
    return f"sbx_po_{report['number']:06d}"


def _sandbox(outputs: Outputs, method: str, what: str, body: object = None) -> Any:
    answer = urllib3.request(
        method,
        f"{outputs.sandbox_url}/_control/{what}",
        json=body,
        timeout=TIMEOUT_SECONDS,
        retries=False,
    )
    return answer.json()


def _order(token: str) -> NewOrder:
    return {
        "customer_id": "ada",
        "currency": CURRENCY,
        "lines": LINES,
        "payment_method": {"token": token},
    }
