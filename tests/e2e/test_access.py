"""Who may do what: no key 401, a key without the scope 403, and every answer is traceable."""

import json
import re
import uuid

import pytest

from tests.e2e.driver import ORDER, Platform, problem


@pytest.mark.parametrize(
    "authorization",
    ["Bearer qk_wrong", "Bearer ", "Basic cXVpdHRhbmNlOng=", "qk_wrong"],
    ids=["wrong key", "empty key", "another scheme", "no scheme"],
)
def test_a_wrong_key_is_refused(quittance: Platform, authorization: str) -> None:
    answer = quittance.send(
        "GET", "/orders/ord_1", headers={"Authorization": authorization}, role=None
    )
    assert (answer.status, problem(answer)["code"]) == (401, "unauthenticated")


def test_no_key_is_refused(quittance: Platform) -> None:
    answer = quittance.send("GET", "/orders/ord_1", role=None)
    assert (answer.status, problem(answer)["code"]) == (401, "unauthenticated")


@pytest.mark.parametrize(
    ("role", "method", "path"),
    [
        ("auditor", "POST", "/orders"),
        ("auditor", "POST", "/orders/ord_1/confirm"),
        ("client", "GET", "/trial-balance?currency=EUR"),
        ("client", "GET", "/journal-entries?payment_id=pay_1"),
        ("client", "POST", "/payments/pay_1/sync"),
    ],
)
def test_a_key_without_the_scope_is_refused(
    quittance: Platform, role: str, method: str, path: str
) -> None:
    before = quittance.rows("orders")
    headers = {"Idempotency-Key": str(uuid.uuid4())}
    body = {"POST": ORDER, "GET": None}[method]
    answer = quittance.send(method, path, body=body, headers=headers, role=role)
    assert (answer.status, problem(answer)["code"]) == (403, "scope_missing")
    assert quittance.rows("orders") == before


def test_an_operator_may_ask_the_provider_about_a_payment(quittance: Platform) -> None:
    order = quittance.rest(quittance.place())
    answer = quittance.send(
        "POST",
        f"/payments/{order['payment_id']}/sync",
        body={},
        headers={"Idempotency-Key": str(uuid.uuid4())},
        role="operator",
    )
    assert answer.status == 200
    assert quittance.payment(order)["status"] == "authorized"


@pytest.mark.parametrize(
    "path",
    ["/orders/ord_1", "/orders/ord_1/events", "/payments/pay_1", "/nothing", "/orders/a/b/c"],
)
def test_what_is_not_there_is_not_found(quittance: Platform, path: str) -> None:
    answer = quittance.send("GET", path)
    assert (answer.status, problem(answer)["code"]) == (404, "not_found")


def test_a_callers_correlation_id_comes_back(quittance: Platform) -> None:
    headers = {"X-Correlation-Id": "shop-4711", "Idempotency-Key": str(uuid.uuid4())}
    answer = quittance.send("POST", "/orders", body=ORDER, headers=headers)
    assert answer.headers["x-correlation-id"] == "shop-4711"
    assert b'"correlation_id": "shop-4711"' in answer.body
    assert re.fullmatch(r"00-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}", answer.headers["traceparent"])
    quittance.rest(json.loads(answer.body))


def test_a_malformed_correlation_id_is_replaced(quittance: Platform) -> None:
    answer = quittance.send("GET", "/orders/ord_1", headers={"X-Correlation-Id": "<script>"})
    assert answer.headers["x-correlation-id"].startswith("cor_")
