"""A dispute fought over HTTP: its evidence reaches the acquirer once; a second chargeback is one
more dispute.
"""

import json
from typing import Any

import urllib3

from client.answers import Order, Payment
from client.watch import until
from tests.e2e.driver import PATIENCE, Platform

EVIDENCE = {"text": "signed for on the 4th", "document": "deliveries/1001.pdf"}


def disputed(quittance: Platform, order: Order) -> Payment:
    """The order's payment, once all that it has is disputed."""
    payment = quittance.payment(order)
    reference = payment["attempts"][0]["attempt_id"]
    answer = urllib3.request(
        "POST",
        f"{quittance.outputs.sandbox_url}/_control/disputes",
        json={"reference": reference},
        timeout=30.0,
        retries=False,
    )
    assert answer.status == 201
    return until(lambda: quittance.payment(order), lambda seen: bool(seen["disputes"]), PATIENCE)


def give(quittance: Platform, payment: Payment, dispute: str, key: str) -> tuple[int, Any]:
    answer = quittance.send(
        "POST",
        f"/payments/{payment['payment_id']}/disputes/{dispute}/evidence",
        role="operator",
        headers={"Idempotency-Key": key},
        body=EVIDENCE,
    )
    return answer.status, json.loads(answer.body)


def test_evidence_reaches_the_acquirer_once_and_only_while_it_is_taken(
    quittance: Platform,
) -> None:
    order = quittance.paid()
    payment = disputed(quittance, order)
    dispute: Any = payment["disputes"][0]
    assert dispute["evidence_due"] > "2026"
    key = f"evidence-{order['order_id']}"
    status, shown = give(quittance, payment, dispute["dispute_id"], key)
    assert status == 200, shown
    assert give(quittance, payment, dispute["dispute_id"], key) == (status, shown)
    (evidence,) = shown["disputes"][0]["evidence"]
    assert (evidence["status"], evidence["document"]) == ("submitted", "deliveries/1001.pdf")
    charge: Any = quittance.charges_of(order)[0]
    heard = [each["evidence"] for each in charge["operations"] if each["operation"] == "dispute"]
    assert heard == [1]
    status, refusal = give(quittance, payment, "sbx_dp_none", f"{key}-2")
    assert (status, refusal["code"]) == (404, "not_found")
    urllib3.request(
        "POST",
        f"{quittance.outputs.sandbox_url}/_control/disputes",
        json={"dispute": dispute["dispute_id"], "outcome": "won"},
        timeout=30.0,
        retries=False,
    )
    until(
        lambda: quittance.payment(order)["disputes"][0]["status"],
        lambda seen: seen == "won",
        PATIENCE,
    )
    status, refusal = give(quittance, payment, dispute["dispute_id"], f"{key}-3")
    assert (status, refusal["code"]) == (409, "dispute_over")


def test_a_second_chargeback_after_a_win_takes_the_money_for_good(quittance: Platform) -> None:
    order = quittance.paid(payment_method={"token": "tok_dispute_again"})
    payment = until(
        lambda: quittance.payment(order),
        lambda seen: [each["status"] for each in seen["disputes"]] == ["won", "lost"],
        PATIENCE,
    )
    assert (payment["status"], payment["charged_back"], payment["refundable"]) == (
        "charged_back",
        3998,
        0,
    )
