"""What the acquirer settles wrongly is found, stands in suspense, and leaves it when explained."""

from __future__ import annotations

import json
import uuid
from datetime import UTC, datetime
from typing import Any

from client.answers import Order
from client.watch import Patience, until
from tests.e2e.driver import PATIENCE, Platform
from tests.e2e.test_settlement import balances, read, settle

RUN = Patience(timeout_seconds=120)


def reconcile(quittance: Platform, provider: str = "sandbox") -> dict[str, Any]:
    """A run with the provider through today, once it is completed."""
    asked = quittance.send(
        "POST",
        "/reconciliations",
        body={"provider": provider, "date": datetime.now(UTC).date().isoformat()},
        headers={"Idempotency-Key": str(uuid.uuid4())},
        role="operator",
    )
    assert asked.status == 202, asked.body
    path = f"/reconciliations/{json.loads(asked.body)['reconciliation_id']}"
    run: dict[str, Any] = until(
        lambda: json.loads(quittance.send("GET", path, role="auditor").body),
        lambda seen: seen["status"] == "completed",
        RUN,
    )
    return run


def items(quittance: Platform, run: dict[str, Any], order: Order) -> dict[str, dict[str, Any]]:
    """The run's items of the order's payment, by class."""
    found: list[dict[str, Any]] = []
    cursor = ""
    while True:
        path = f"/reconciliations/{run['reconciliation_id']}/items?limit=100{cursor}"
        page = json.loads(quittance.send("GET", path, role="auditor").body)
        found += page["data"]
        if page["next_cursor"] is None:
            return {
                each["class"]: each for each in found if each["payment_id"] == order["payment_id"]
            }
        cursor = f"&cursor={page['next_cursor'].replace('#', '%23')}"


def waits(quittance: Platform, order: Order) -> list[dict[str, Any]]:
    """What waits of the order's payment."""
    page = quittance.send("GET", "/reconciliation-items?provider=sandbox&limit=100", role="auditor")
    found: list[dict[str, Any]] = json.loads(page.body)["data"]
    return [each for each in found if each["payment_id"] == order["payment_id"]]


def capture_of(order: Order) -> str:
    return f"{order['payment_id']}-capture-1"


def resolve(quittance: Platform, item: str, role: str, actor: str) -> dict[str, Any]:
    answer = quittance.send(
        "POST",
        f"/reconciliation-items/{item}/resolution",
        body={"account": "5900", "actor": actor, "reason": "a penny that nobody claims"},
        headers={"Idempotency-Key": str(uuid.uuid4())},
        role=role,
    )
    assert answer.status == 202, answer.body
    done: dict[str, Any] = json.loads(answer.body)
    return done


def test_a_day_is_reconciled_its_faults_found_and_its_payouts_explained(
    quittance: Platform,
) -> None:
    right, short, late = (quittance.paid(currency="GBP") for _ in range(3))
    wrong = [
        {"kind": "amount", "reference": capture_of(short)},
        {"kind": "late", "reference": capture_of(late)},
    ]
    (report,) = [
        each for each in settle(quittance, discrepancies=wrong) if each["currency"] == "GBP"
    ]
    assert read(quittance, report["number"])["refused"] == 0
    run = reconcile(quittance)

    assert list(items(quittance, run, right)) == ["matched"]
    assert list(items(quittance, run, late)) == ["expected"]
    mismatch = items(quittance, run, short)
    assert list(mismatch) == ["amount_mismatch"]
    assert mismatch["amount_mismatch"]["residual"] == {"GBP": 1}
    payout = {each["payout_id"]: each for each in run["payouts"]}[f"sbx_po_{report['number']:06d}"]
    assert (payout["state"], payout["lines"], payout["difference"]) == ("explained", 2, 0)
    books = balances(quittance, "GBP")
    assert (books["1100"], books["1900"]) == (3998, 1)  # what is expected, what is unexplained

    (waiting,) = waits(quittance, short)
    assert resolve(quittance, waiting["item_id"], "operator", "ann")["status"] == "resolved"
    assert waits(quittance, short) == []
    (again,) = [each for each in settle(quittance) if each["currency"] == "GBP"]
    read(quittance, again["number"])
    second = reconcile(quittance)
    assert list(items(quittance, second, late)) == ["matched"]
    assert until(lambda: waits(quittance, late), lambda left: not left, PATIENCE) == []
    books = balances(quittance, "GBP")
    assert (books["1100"], books["1900"], books["5900"]) == (0, 0, 1)


def test_what_is_asked_wrongly_is_refused(quittance: Platform) -> None:
    for body, status in (
        ({"provider": "nobody", "date": "2026-01-01"}, 422),
        ({"provider": "sandbox", "date": "2999-01-01"}, 422),
        ({"provider": "sandbox", "date": "yesterday"}, 422),
    ):
        headers = {"Idempotency-Key": str(uuid.uuid4())}
        path = "/reconciliations"
        answer = quittance.send("POST", path, body=body, headers=headers, role="operator")
        assert answer.status == status, answer.body
    body = {"provider": "sandbox", "date": "2026-01-01"}
    headers = {"Idempotency-Key": str(uuid.uuid4())}
    answer = quittance.send("POST", "/reconciliations", body=body, headers=headers, role="auditor")
    assert answer.status == 403, answer.body
    for path in ("/reconciliations/rec_none", "/reconciliations/rec_none/items"):
        assert quittance.send("GET", path, role="auditor").status == 404
    path = "/reconciliation-items/pay_x~capture:pay_x-capture-1/resolution"
    decided = {"account": "5900", "actor": "ann", "reason": "none"}
    headers = {"Idempotency-Key": str(uuid.uuid4())}
    answer = quittance.send("POST", path, body=decided, headers=headers, role="operator")
    assert answer.status == 404, answer.body
