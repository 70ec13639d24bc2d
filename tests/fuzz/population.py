"""Orders, payments and journal entries in many states, and the ids under which they are found."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any, Final

from accounting.api import http as accounting_http
from orders import wiring as orders
from orders.domain.order import Order
from payments import wiring as payments
from payments.domain.payment import Payment
from shared.contracts.envelope import Cause
from shared.operations import wiring as operations
from shared.operations.replays import Replay
from shared.persistence.span import Span
from tests.fuzz.gateway import CONTEXT, proxy_event
from tests.fuzz.platform import KEY, NOW
from tests.unit.orders import lives as order_lives
from tests.unit.payments import lives as payment_lives
from tests.unit.shared.operations.graveyard import Graveyard, by

ORDERS: Final[tuple[Callable[[], Order], ...]] = (
    order_lives.placed,
    order_lives.authorized,
    order_lives.capturing,
    order_lives.paid,
    order_lives.failed,
)
PAYMENTS: Final[tuple[Callable[[], Payment], ...]] = (
    payment_lives.authorizing,
    payment_lives.authorized,
    payment_lives.capturing,
    payment_lives.captured,
    lambda: payment_lives.refunding(2000),
)
SMALL, LARGE = 180, 500_000
"""Booked at once; to be approved by a second person."""


def populate() -> dict[str, list[str]]:
    """Fill the installed platform; the ids by the name of the path parameter they are for."""
    ids: dict[str, list[str]] = {
        "code": ["1100", "4000", "9999"],
        "lane": ["0", "3", "8"],
        "day": ["2026-01-01", "2026-01-02"],
        "provider": ["sandbox", "stripe"],
        "service": ["payments", "orders"],
    }
    ids["order_id"] = [_order(number, life()) for number, life in enumerate(ORDERS)]
    ids["payment_id"] = [_payment(number, life()) for number, life in enumerate(PAYMENTS)]
    booked = [entry(f"entry-{number}", SMALL) for number in range(3)]
    held = entry("held", SMALL, hold_until="2026-01-05T00:00:00Z")
    ids["entry_id"] = [each["entry_ids"][0] for each in (*booked, held)]
    yard = Graveyard(table=operations.table())
    ids["dead_letter_id"] = [
        yard.one().dead_letter_id,
        yard.one(message_id="m-2", queue="relay-failures").dead_letter_id,
    ]
    asked = by("ann", at=NOW)
    span = Span(begins_at=NOW - timedelta(days=1), ends_at=NOW)
    replay = Replay(replay_id="rp_payments_1", span=span, per_second=100, asked=asked)
    ids["replay_id"] = [operations.replays().start(replay).replay_id]
    ids["proposal_id"] = [entry("large", LARGE)["proposal_id"]]
    return ids


def _order(number: int, order: Order) -> str:
    order_id = f"ord_{number}"
    named = replace(order, order_id=order_id, payment_id=f"pay_{number}")
    orders.orders().commit(named, (), _cause(order_id))
    return order_id


def _payment(number: int, payment: Payment) -> str:
    payment_id = f"pay_{number}"
    named = replace(payment, payment_id=payment_id, order_id=f"ord_{number}")
    payments.payments().commit(named, (), _cause(payment_id))
    return payment_id


def entry(key: str, minor: int, **more: Any) -> dict[str, Any]:
    """Book one through the API; its answer."""
    postings = [
        {"account": "5000", "side": "debit", "amount": minor, "currency": "EUR"},
        {"account": "1000", "side": "credit", "amount": minor, "currency": "EUR"},
    ]
    drafted = {"description": "A bank fee", "postings": postings, **more}
    body = {"actor": "ann", "reason": "the bank's statement", "entries": [drafted]}
    headers = {"Authorization": f"Bearer {KEY}", "Idempotency-Key": key}
    event = proxy_event(
        "POST", "/journal-entries", headers, query={}, body=json.dumps(body).encode()
    )
    answer = accounting_http.handler(event, CONTEXT)
    assert answer["statusCode"] == 202, answer["body"]
    document: dict[str, Any] = json.loads(answer["body"])
    return document


def _cause(name: str) -> Cause:
    return Cause(id=f"made-{name}", correlation_id="c", traceparent="t", now=NOW)
