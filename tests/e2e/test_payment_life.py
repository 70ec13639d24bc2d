"""A payment over HTTP: voids, refunds, disputes, bad luck, and races for one payment."""

import json
import uuid
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import urllib3

from client.answers import Order
from client.watch import until
from tests.e2e.asking import ask, order_becomes, payment_becomes, refund, truth
from tests.e2e.driver import PATIENCE, Platform, problem

RACERS = 50


def test_a_cancelled_order_gives_the_hold_back(quittance: Platform) -> None:
    order = quittance.rest(quittance.place())
    assert ask(quittance, order, "cancel").status == 202
    order_becomes(quittance, order, "cancelled")
    assert quittance.payment(order)["status"] == "voided"
    assert truth(quittance, order) == (0, 0, 3998)
    assert quittance.booked(order) == []


def test_an_order_cancelled_while_it_is_authorized_ends_cancelled(quittance: Platform) -> None:
    order = quittance.place("tok_requires_action")
    assert ask(quittance, order, "cancel").status == 202
    order_becomes(quittance, order, "cancelled")
    assert truth(quittance, order) == (0, 0, 3998)


def test_partial_refunds_end_refunded_and_booked(quittance: Platform) -> None:
    order = quittance.paid()
    answer = refund(quittance, order, 1000)
    assert answer.status == 202
    assert json.loads(answer.body)["status"] == "pending"
    order_becomes(quittance, order, "partially_refunded")
    rest = ask(quittance, order, "refunds", {"reason": "returned"})
    assert json.loads(rest.body)["amount"] == 2998
    seen = order_becomes(quittance, order, "refunded")
    assert (seen["refunded"], seen["refundable"]) == (3998, 0)
    assert truth(quittance, order) == (3998, 3998, 0)


def test_a_refund_that_fails_later_can_be_asked_for_again(quittance: Platform) -> None:
    order = quittance.paid(payment_method={"token": "tok_refund_fails_later"})
    refund(quittance, order, 1000)
    payment_becomes(
        quittance, order, lambda seen: seen["refunds"] and seen["refunds"][0]["withdrawn"]
    )
    seen = until(
        lambda: quittance.api().order(order["order_id"]),
        lambda each: bool(each["failure_code"]),
        PATIENCE,
    )
    assert (seen["status"], seen["refundable"]) == ("paid", 3998)
    assert truth(quittance, order) == (3998, 0, 0)


def test_a_hold_that_expires_is_no_longer_authorized(quittance: Platform) -> None:
    order = quittance.place("tok_expires")
    seen = order_becomes(quittance, order, "payment_failed")
    assert seen["failure_code"] == "authorization_expired"
    assert quittance.payment(order)["status"] == "expired"
    assert problem(ask(quittance, order, "confirm"))["code"] == "confirmation_not_possible"


def test_another_card_pays_a_declined_order(quittance: Platform) -> None:
    order = quittance.rest(quittance.place("tok_do_not_honor"))
    again = ask(quittance, order, "payment-method", {"payment_method": {"token": "tok_visa"}})
    assert again.status == 202
    order_becomes(quittance, order, "authorized")
    assert quittance.confirm(order)["status"] == "paid"
    attempts: Any = quittance.payment(order)["attempts"]
    keys = [attempt["key"] for attempt in attempts]
    assert len(set(keys)) == 3


@pytest.mark.parametrize(
    ("token", "order_status", "payment_status"),
    [
        ("tok_dispute_lost", "disputed", "charged_back"),
        ("tok_dispute_won", "paid", "captured"),
    ],
)
def test_a_dispute_ends_as_the_bank_decides(
    quittance: Platform, token: str, order_status: str, payment_status: str
) -> None:
    order = quittance.paid(payment_method={"token": token})
    payment_becomes(
        quittance,
        order,
        lambda seen: seen["disputes"] and seen["disputes"][0]["status"] != "opened",
    )
    order_becomes(quittance, order, order_status)
    assert quittance.payment(order)["status"] == payment_status


@pytest.mark.parametrize(
    "token",
    [
        "tok_timeout_after_charge",
        "tok_charge_and_say_pending",
        "tok_webhook_first",
        "tok_webhook_twice",
        "tok_webhooks_reversed",
        "tok_requires_action",
    ],
)
def test_bad_luck_on_the_way_to_the_provider_charges_once(quittance: Platform, token: str) -> None:
    order = quittance.rest(quittance.place(token))
    order_becomes(quittance, order, "authorized")
    assert quittance.confirm(order)["status"] == "paid"
    assert truth(quittance, order) == (3998, 0, 0)
    assert len(quittance.charges_of(order)) == 1


def test_a_webhook_that_never_comes_is_asked_for(quittance: Platform) -> None:
    order = quittance.place("tok_webhook_never")
    payment_becomes(quittance, order, lambda seen: seen["attempts"][0]["status"] == "pending")
    synced = quittance.send(
        "POST",
        f"/payments/{order['payment_id']}/sync",
        body={},
        headers={"Idempotency-Key": str(uuid.uuid4())},
        role="operator",
    )
    assert json.loads(synced.body)["status"] == "authorized"
    order_becomes(quittance, order, "authorized")


def test_the_schedule_asks_for_what_nobody_told(quittance: Platform) -> None:
    """It runs each minute, and asks of what has been open for twenty seconds."""
    order = quittance.place("tok_webhook_never")
    order_becomes(quittance, order, "authorized")


def age(quittance: Platform, order: Order) -> None:
    """As if the payment's first attempt had been made an hour ago."""
    quittance.aws("dynamodb").update_item(
        TableName=quittance.outputs.tables["payments"],
        Key={"pk": {"S": f"PAYMENT#{order['payment_id']}"}, "sk": {"S": "STATE"}},
        UpdateExpression="SET attempts[0].started_at = :then",
        ExpressionAttributeValues={
            ":then": {"S": (datetime.now(UTC) - timedelta(hours=1)).isoformat()}
        },
    )


def test_an_unknown_outcome_is_listed_and_decided_by_the_provider_alone(
    quittance: Platform,
) -> None:
    order = quittance.place("tok_timeout_before_charge")
    payment_becomes(quittance, order, lambda seen: seen["attempts"][0]["status"] == "unknown")
    answer = quittance.send("GET", "/payments?attempt_status=unknown&limit=100", role="operator")
    listed = [payment["payment_id"] for payment in json.loads(answer.body)["data"]]
    assert order["payment_id"] in listed
    assert quittance.api().order(order["order_id"])["status"] == "pending"
    assert problem(ask(quittance, order, "confirm"))["code"] == "confirmation_not_possible"
    age(quittance, order)
    seen = order_becomes(quittance, order, "payment_failed")
    assert seen["failure_code"] == "not_found_at_provider"
    assert truth(quittance, order) == (0, 0, 0)


def test_fifty_refunds_captures_voids_and_disputes_at_once_keep_every_limit(
    quittance: Platform,
) -> None:
    """60 of 100 may be refunded once, however many ask, whoever else wants the money."""
    order = quittance.paid()
    (charge,) = quittance.charges_of(order)
    http = urllib3.PoolManager(maxsize=10)

    def strike(number: int) -> int:
        match number % 10:
            case 0:
                return ask(quittance, order, "cancel").status  # type: ignore[no-any-return]
            case 1:
                return ask(quittance, order, "confirm", {"amount": 500}).status  # type: ignore[no-any-return]
            case 2:
                url = f"{quittance.outputs.sandbox_url}/_control/disputes"
                body = {"payment": charge["payment"], "amount": 700}
                return http.request("POST", url, json=body).status
            case _:
                return refund(quittance, order, 900).status  # type: ignore[no-any-return]

    with ThreadPoolExecutor(max_workers=10) as pool:
        answers = list(pool.map(strike, range(RACERS)))
    assert 202 in answers
    assert 500 not in answers
    payment = payment_becomes(
        quittance,
        order,
        lambda seen: (
            seen["refunding"] == 0
            and all(
                each["status"] in {"succeeded", "declined", "failed"} for each in seen["attempts"]
            )
        ),
    )
    quittance.at_rest()
    payment = quittance.payment(order)
    now: Any = quittance.charges_of(order)[0]
    assert payment["refunded"] == now["refunded"]
    assert payment["disputed"] == now["disputed"]
    assert payment["captured"] == now["captured"] == 3998
    assert payment["refunded"] + payment["disputed"] <= 3998
    assert payment["refundable"] == 3998 - payment["refunded"] - payment["disputed"]
    assert quittance.api().order(order["order_id"])["refunding"] == 0
