"""Two orders from HTTP to the ledger: one paid, one declined. Told through the API alone."""

import uuid
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TypedDict

import urllib3

from apphost.outputs import Outputs
from apphost.progress import Progress
from client.answers import JournalEntry, Order, OrderLine, Payment, TrialBalance
from client.api import Api, NewOrder, Reply
from client.connection import Connection
from client.motion import order_moves
from client.timeline import Timeline, read_timeline
from client.watch import Patience, until
from shared.ids import derived

CURRENCY = "EUR"
LINES: list[OrderLine] = [
    {"sku": "mug", "quantity": 2, "unit_amount": 1999},
    {"sku": "postage", "quantity": 1, "unit_amount": 490},
]
PATIENCE = Patience(timeout_seconds=60.0, pause_seconds=0.1)
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


@dataclass(frozen=True, slots=True)
class Told:
    """One order at its end, and everything said about it on the way."""

    order: Order
    payment: Payment
    entries: list[JournalEntry]
    timeline: Timeline
    requests: frozenset[str]
    """The ids of what a client asked for: whatever happened began with one of them."""


@dataclass(frozen=True, slots=True)
class Story:
    paid: Told
    declined: Told
    placed: Reply[Order]
    repeated: Reply[Order]
    balance: TrialBalance
    charges: list[Charge]


def tell(outputs: Outputs, progress: Progress) -> Story:
    """Live through it. Raises StillMoving where an order does not come to rest in time."""
    client, auditor = _api(outputs, "client"), _api(outputs, "auditor")
    place_a, confirm_a, place_b = (str(uuid.uuid4()) for _ in range(3))
    with progress.step("order A: placing it, twice under one key"):
        placed = client.place_order(_order("tok_visa"), idempotency_key=place_a)
        repeated = client.place_order(_order("tok_visa"), idempotency_key=place_a)
    with progress.step("order B: placing it with a card that has no money"):
        refused = client.place_order(_order("tok_insufficient_funds"), idempotency_key=place_b)
    order_id = placed.body["order_id"]
    with progress.step("order A: authorizing") as note:
        _rest(client, order_id, note)
    with progress.step("order A: confirming, capturing, booking") as note:
        client.confirm_order(order_id, idempotency_key=confirm_a)
        _rest(client, order_id, note)
    with progress.step("order B: declining") as note:
        _rest(client, refused.body["order_id"], note)
    return Story(
        paid=_told(auditor, order_id, keys=(place_a, confirm_a)),
        declined=_told(auditor, refused.body["order_id"], keys=(place_b,)),
        placed=placed,
        repeated=repeated,
        balance=auditor.trial_balance(CURRENCY),
        charges=charges(outputs),
    )


def charges(outputs: Outputs) -> list[Charge]:
    """The truth: what the acquirer has taken, whatever anybody has noted down."""
    answer = urllib3.request(
        "GET",
        f"{outputs.sandbox_url}/_control/charges",
        timeout=TIMEOUT_SECONDS,
        retries=False,
    )
    found: list[Charge] = answer.json()["charges"]
    return found


def _api(outputs: Outputs, role: str) -> Api:
    return Api(Connection(outputs.api_url, outputs.api_keys[role]))


def _order(token: str) -> NewOrder:
    return {
        "customer_id": "ada",
        "currency": CURRENCY,
        "lines": LINES,
        "payment_method": {"token": token},
    }


def _rest(client: Api, order_id: str, note: Callable[[str], None]) -> Order:
    def look() -> Order:
        order = client.order(order_id)
        note(order["status"])
        return order

    return until(look, lambda order: not order_moves(order), PATIENCE)


def _told(auditor: Api, order_id: str, *, keys: Sequence[str]) -> Told:
    timeline = read_timeline(auditor, order_id)
    payment_id = timeline.order["payment_id"]
    return Told(
        order=timeline.order,
        payment=auditor.payment(payment_id),
        entries=auditor.journal_entries(payment_id),
        timeline=timeline,
        requests=frozenset(derived("req", "client", key) for key in keys),
    )
