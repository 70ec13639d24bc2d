"""What an order refuses once it stands: another body under its key, too much, too late."""

import json
import uuid

from client.answers import Order
from client.transport import Answer
from tests.e2e.driver import ORDER, Platform, problem


def confirm(quittance: Platform, order: Order, body: object, key: str | None = None) -> Answer:
    return quittance.send(
        "POST",
        f"/orders/{order['order_id']}/confirm",
        body=body,
        headers={"Idempotency-Key": key or str(uuid.uuid4())},
    )


def test_the_same_key_with_another_body_is_refused(quittance: Platform) -> None:
    headers = {"Idempotency-Key": str(uuid.uuid4())}
    first = quittance.send("POST", "/orders", body=ORDER, headers=headers)
    other = {**ORDER, "customer_id": "bob"}
    second = quittance.send("POST", "/orders", body=other, headers=headers)
    assert first.status == 201
    assert (second.status, problem(second)["code"]) == (422, "idempotency_key_reused")


def test_the_same_body_written_differently_is_the_same_request(quittance: Platform) -> None:
    headers = {"Idempotency-Key": str(uuid.uuid4())}
    first = quittance.send("POST", "/orders", body=ORDER, headers=headers)
    turned = dict(reversed(ORDER.items())) | {"capture": "on_confirmation", "metadata": {}}
    second = quittance.send("POST", "/orders", body=turned, headers=headers)
    assert (second.status, json.loads(second.body)) == (201, json.loads(first.body))
    assert second.headers["idempotency-replayed"] == "true"


def test_an_order_cannot_be_confirmed_twice(quittance: Platform) -> None:
    paid = quittance.paid()
    answer = confirm(quittance, paid, {})
    assert (answer.status, problem(answer)["code"]) == (409, "confirmation_not_possible")
    assert quittance.api().order(paid["order_id"]) == paid


def test_a_repeated_confirmation_captures_once(quittance: Platform) -> None:
    order, key = quittance.rest(quittance.place()), str(uuid.uuid4())
    first, second = (confirm(quittance, order, {}, key) for _ in range(2))
    assert (first.status, second.status) == (202, 202)
    assert second.headers["idempotency-replayed"] == "true"
    paid = quittance.rest(order)
    assert [charge["captured"] for charge in quittance.charges_of(paid)] == [3998]


def test_what_is_refused_leaves_an_authorized_order_as_it_is(quittance: Platform) -> None:
    order = quittance.rest(quittance.place())
    more = confirm(quittance, order, {"amount": 3999})
    assert (more.status, problem(more)["code"]) == (422, "amount_exceeds_authorized")
    dollars = confirm(quittance, order, {"amount": 1000, "currency": "USD"})
    assert (dollars.status, problem(dollars)["code"]) == (422, "invalid_request")
    nothing = confirm(quittance, order, {"amount": 0})
    assert (nothing.status, problem(nothing)["code"]) == (422, "invalid_request")
    keyless = quittance.send("POST", f"/orders/{order['order_id']}/confirm", body={})
    assert (keyless.status, problem(keyless)["code"]) == (400, "idempotency_key_missing")
    assert quittance.api().order(order["order_id"]) == order


def test_a_declined_order_cannot_be_confirmed(quittance: Platform) -> None:
    failed = quittance.rest(quittance.place("tok_lost_card"))
    answer = confirm(quittance, failed, {})
    assert (answer.status, problem(answer)["code"]) == (409, "confirmation_not_possible")


def test_an_unknown_order_cannot_be_confirmed(quittance: Platform) -> None:
    unknown = quittance.place() | {"order_id": "ord_00000000000000000000000000"}
    answer = confirm(quittance, unknown, {})
    assert (answer.status, problem(answer)["code"]) == (404, "not_found")
