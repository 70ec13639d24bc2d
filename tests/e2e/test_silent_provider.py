"""A provider that nobody reaches for days: nothing is guessed, and a person is called."""

import json
import os
import signal
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

from apphost import platform, processes
from client.answers import Order
from tests.e2e.asking import order_becomes, payment_becomes, truth
from tests.e2e.driver import Platform
from tests.e2e.test_cases import case_of, decide


@contextmanager
def unreachable(quittance: Platform) -> Iterator[None]:
    """The acquirer takes connections, and answers none of them."""
    acquirer = processes.load(quittance.outputs_file.parent)[platform.SANDBOX].pid
    os.kill(acquirer, signal.SIGSTOP)
    try:
        yield
    finally:
        os.kill(acquirer, signal.SIGCONT)


def days_pass(quittance: Platform, order: Order, days: int) -> None:
    """As if the attempt had been begun so long ago."""
    then = (datetime.now(UTC) - timedelta(days=days)).isoformat(timespec="microseconds")
    quittance.aws("dynamodb").update_item(
        TableName=quittance.outputs.tables["payments"],
        Key={"pk": {"S": f"PAYMENT#{order['payment_id']}"}, "sk": {"S": "STATE"}},
        UpdateExpression="SET attempts[0].started_at = :then",
        ExpressionAttributeValues={":then": {"S": then.replace("+00:00", "Z")}},
    )


def sync(quittance: Platform, order: Order) -> Any:
    return quittance.send(
        "POST",
        f"/payments/{order['payment_id']}/sync",
        body={},
        headers={"Idempotency-Key": str(uuid.uuid4())},
        role="operator",
    )


def test_a_provider_that_nobody_reaches_for_days_is_a_case_and_no_guess(
    quittance: Platform,
) -> None:
    order = quittance.place("tok_timeout_before_charge")
    payment_becomes(quittance, order, lambda seen: _statuses(seen) == ["unknown"])
    with unreachable(quittance):
        days_pass(quittance, order, 4)
        answer = sync(quittance, order)
        assert (answer.status, json.loads(answer.body)["code"]) == (503, "outcome_unknown")
        case = case_of(quittance, order)
    assert (case["code"], case["payment_id"]) == ("outcome_unknown", order["payment_id"])
    attempt = f"{order['payment_id']}-authorize-1"
    assert attempt in case["detail"]
    assert _statuses(quittance.payment(order)) == ["unknown"]
    assert quittance.api().order(order["order_id"])["status"] == "pending"
    assert sync(quittance, order).status == 200
    order_becomes(quittance, order, "payment_failed")
    assert truth(quittance, order) == (0, 0, 0)
    assert decide(quittance, case, "accept").status == 200


def _statuses(payment: Any) -> list[str]:
    return [attempt["status"] for attempt in payment["attempts"]]
