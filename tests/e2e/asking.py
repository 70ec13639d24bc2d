"""What the tests ask of an order over HTTP, and what they wait for and look at then."""

import json
import uuid
from collections.abc import Callable
from typing import Any

from client.answers import Order
from client.watch import until
from tests.e2e.driver import PATIENCE, Platform


def ask(quittance: Platform, order: Order, what: str, body: object = None) -> Any:
    """POST to a part of the order, with a key of its own."""
    return quittance.send(
        "POST",
        f"/orders/{order['order_id']}/{what}",
        body={} if body is None else body,
        headers={"Idempotency-Key": str(uuid.uuid4())},
    )


def refund(quittance: Platform, order: Order, amount: int) -> Any:
    return ask(quittance, order, "refunds", {"amount": amount, "reason": "returned"})


def order_becomes(quittance: Platform, order: Order, *statuses: str) -> Any:
    return until(
        lambda: quittance.api().order(order["order_id"]),
        lambda seen: seen["status"] in statuses,
        PATIENCE,
    )


def payment_becomes(quittance: Platform, order: Order, fits: Callable[[Any], bool]) -> Any:
    def look() -> Any:
        """None while payments has not heard of it."""
        answer = quittance.send("GET", f"/payments/{order['payment_id']}", role="operator")
        return json.loads(answer.body) if answer.status == 200 else None

    return until(look, lambda seen: seen is not None and bool(fits(seen)), PATIENCE)


def truth(quittance: Platform, order: Order) -> tuple[int, int, int]:
    """What the acquirer has captured, refunded and voided."""
    charges: Any = quittance.charges_of(order)
    return (
        sum(charge["captured"] for charge in charges),
        sum(charge["refunded"] for charge in charges),
        sum(charge["voided"] for charge in charges),
    )
