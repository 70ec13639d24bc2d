"""A capture that was given up as unknown at the provider, and takes the money after all."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from client.answers import Order
from tests.e2e.asking import ask, order_becomes, payment_becomes, truth
from tests.e2e.driver import Platform
from tests.e2e.test_settlement import control
from tests.e2e.undoing import books_become, executions, told, undone

LATE = "tok_capture_late"


def held_up(quittance: Platform) -> tuple[Order, str]:
    """An order whose capture nobody has heard of, and the reference of that."""
    order = quittance.rest(quittance.place(LATE))
    ask(quittance, order, "confirm")
    payment = payment_becomes(quittance, order, lambda seen: unheard(seen) is not None)
    attempt = unheard(payment)
    assert attempt is not None
    return order, attempt["attempt_id"]


def unheard(payment: Any) -> Any:
    found = [each for each in payment["attempts"] if each["operation"] == "capture"]
    return found[0] if found and found[0]["status"] == "unknown" else None


def give_up(quittance: Platform, order: Order) -> None:
    """As if an hour had passed: the provider is asked, and knows of nothing."""
    then = (datetime.now(UTC) - timedelta(hours=1)).isoformat(timespec="microseconds")
    quittance.aws("dynamodb").update_item(
        TableName=quittance.outputs.tables["payments"],
        Key={"pk": {"S": f"PAYMENT#{order['payment_id']}"}, "sk": {"S": "STATE"}},
        UpdateExpression="SET attempts[1].started_at = :then",
        ExpressionAttributeValues={":then": {"S": then.replace("+00:00", "Z")}},
    )
    path = f"/payments/{order['payment_id']}/sync"
    key = {"Idempotency-Key": f"late-{order['payment_id']}"}
    answer = quittance.send("POST", path, body={}, headers=key, role="operator")
    assert answer.status < 300, answer.body


@pytest.mark.parametrize(
    ("cancelled", "status", "reason"),
    [(False, "payment_failed", "capture_failed"), (True, "cancelled", "order_cancelled")],
)
def test_a_late_capture_on_an_order_that_was_given_up_is_refunded(
    quittance: Platform, cancelled: bool, status: str, reason: str
) -> None:
    order, reference = held_up(quittance)
    if cancelled:
        assert ask(quittance, order, "cancel").status == 202
    give_up(quittance, order)
    order_becomes(quittance, order, status)
    undone(quittance, order, reason)
    books_become(quittance, order, {})
    assert truth(quittance, order) == (0, 0, 3998)
    control(quittance, "late", {"reference": reference})
    end = undone(quittance, order, "captured_late")
    assert [(step["action"], step["outcome"]) for step in end["tried"]] == [("refund", "succeeded")]
    seen = order_becomes(quittance, order, status)
    assert (seen["captured"], seen["refundable"]) == (0, 0)
    payment = payment_becomes(quittance, order, lambda each: each["status"] == "refunded")
    assert (payment["captured"], payment["refunded"]) == (3998, 3998)
    books_become(quittance, order, {"1100": 3998, "1200": -3998})
    assert truth(quittance, order) == (3998, 3998, 0)
    assert executions(quittance, order) == ["SUCCEEDED", "SUCCEEDED"]


def test_a_late_capture_from_what_is_still_held_pays_the_order_after_all(
    quittance: Platform,
) -> None:
    """It came before anybody had given up: nothing is undone."""
    order, reference = held_up(quittance)
    control(quittance, "late", {"reference": reference})
    order_becomes(quittance, order, "paid")
    books_become(quittance, order, {"1100": 3998, "4000": -3998})
    assert truth(quittance, order) == (3998, 0, 0)
    assert told(quittance, order, "CompensationRequested") == []
