"""Operations over HTTP: the answers, the refusals and the truth behind them."""

import pytest

from tests.integration.sandbox.merchant import Merchant


def test_an_authorization_answers_201_with_its_operation(merchant: Merchant) -> None:
    reply = merchant.authorize(amount=3_998)
    assert reply.status == 201
    assert reply.body.pop("id").startswith("sbx_op_")
    assert reply.body.pop("payment").startswith("sbx_pay_")
    assert reply.body.pop("created_at")[-1] == "Z"
    assert reply.body.pop("capture_before")[-1] == "Z"
    assert reply.body == {
        "operation": "authorize",
        "reference": "auth_1",
        "status": "succeeded",
        "amount": 3_998,
        "currency": "EUR",
        "decline_code": None,
        "metadata": {"order": "ord_1"},
    }


@pytest.mark.parametrize(
    ("token", "code"),
    [
        ("tok_insufficient_funds", "insufficient_funds"),
        ("tok_lost_card", "lost_card"),
        ("tok_expired_card", "expired_card"),
        ("tok_do_not_honor", "do_not_honor"),
    ],
)
def test_a_decline_answers_402_with_its_code(merchant: Merchant, token: str, code: str) -> None:
    reply = merchant.authorize(token)
    assert reply.status == 402
    assert reply.body["error"]["type"] == "card_error"
    assert reply.code == code
    operation = reply.body["operation"]
    assert (operation["status"], operation["decline_code"]) == ("declined", code)
    assert merchant.operations("auth_1") == [operation]
    assert merchant.charged() == []


def test_a_payment_is_authorized_captured_refunded_and_the_rest_voided(
    merchant: Merchant,
) -> None:
    payment = merchant.authorize(amount=5_000).body["payment"]
    replies = [
        merchant.change("captures", payment, 3_000),
        merchant.change("refunds", payment, 1_200),
        merchant.change("voids", payment),
    ]
    assert [(r.status, r.body["operation"], r.body["amount"]) for r in replies] == [
        (201, "capture", 3_000),
        (201, "refund", 1_200),
        (201, "void", 2_000),
    ]
    assert {reply.body["status"] for reply in replies} == {"succeeded"}
    assert merchant.charged() == [(5_000, 3_000, 1_200, 2_000)]
    assert merchant.control("charges")["totals"] == {
        "EUR": {"captured": 3_000, "refunded": 1_200, "disputed": 0, "charged_back": 0}
    }
    assert merchant.request("GET", "/_control/charges").body == merchant.control("charges")


def test_limits_are_kept(merchant: Merchant) -> None:
    payment = merchant.authorize(amount=5_000).body["payment"]
    too_large = merchant.change("captures", payment, 5_001)
    assert (too_large.status, too_large.code) == (400, "amount_too_large")
    assert merchant.change("captures", payment, 5_000).status == 201
    for collection, amount in [("captures", 1), ("voids", None)]:
        refused = merchant.change(collection, payment, amount)
        assert (refused.status, refused.code) == (409, "invalid_state")
    assert merchant.change("refunds", payment, 5_001).code == "amount_too_large"
    assert merchant.charged() == [(5_000, 5_000, 0, 0)]


@pytest.mark.parametrize(
    ("token", "collection", "code"),
    [
        ("tok_capture_fails", "captures", "capture_rejected"),
        ("tok_void_fails", "voids", "void_rejected"),
    ],
)
def test_a_failing_operation_answers_201_failed_and_takes_nothing(
    merchant: Merchant, token: str, collection: str, code: str
) -> None:
    payment = merchant.authorize(token).body["payment"]
    reply = merchant.change(collection, payment, 5_000 if collection == "captures" else None)
    assert (reply.status, reply.body["status"]) == (201, "failed")
    assert reply.body["decline_code"] == code
    assert merchant.charged() == [(5_000, 0, 0, 0)]


def test_pending_is_answered_while_the_money_is_taken(merchant: Merchant) -> None:
    authorized = merchant.authorize("tok_charge_and_say_pending").body
    assert (authorized["status"], authorized["capture_before"]) == ("pending", None)
    captured = merchant.change("captures", authorized["payment"], 5_000).body
    assert captured["status"] == "pending"
    assert merchant.operations("auth_1")[0]["status"] == "succeeded"
    assert merchant.operations("captures_1")[0]["status"] == "succeeded"
    assert merchant.charged() == [(5_000, 5_000, 0, 0)]


def test_operations_are_found_by_the_merchants_reference_alone(merchant: Merchant) -> None:
    first = merchant.authorize(reference="pay_1:authorize:1").body
    second = merchant.authorize(reference="pay_1:authorize:1").body
    merchant.authorize(reference="pay_2:authorize:1")
    assert merchant.operations("pay_1:authorize:1") == [first, second]
    assert merchant.operations("unheard_of") == []


def test_a_request_without_the_key_of_the_merchant_is_401(merchant: Merchant) -> None:
    for authorization in ("", "Bearer wrong", "sandbox-key"):
        reply = merchant.request("GET", "/v1/operations?reference=x", Authorization=authorization)
        assert (reply.status, reply.code) == (401, "unauthorized")


def test_bad_requests_are_refused_and_change_nothing(merchant: Merchant) -> None:
    unknown_token = merchant.authorize("tok_unheard_of")
    assert (unknown_token.status, unknown_token.code) == (400, "invalid_request")
    assert merchant.authorize(amount=0).code == "invalid_request"
    not_json = merchant.request("POST", "/v1/payments", body=b"{", Idempotency_Key="k")
    assert (not_json.status, not_json.code) == (400, "invalid_request")
    for key in ("", " ", "k" * 65):
        reply = merchant.request("POST", "/v1/payments", body=b"{}", Idempotency_Key=key)
        assert (reply.status, reply.code) == (400, "invalid_request")
    assert merchant.request("GET", "/v1/operations").status == 400
    assert merchant.request("GET", "/v1/disputes").status == 400
    assert merchant.change("captures", "sbx_pay_none", 1).status == 404
    assert merchant.request("GET", "/v1/nothing").status == 404
    assert merchant.request("DELETE", "/v1/payments").status == 405
    assert merchant.request("POST", "/v1/payments", body=b" " * 65_537).status == 413
    assert merchant.control("charges") == {"charges": [], "totals": {}}
