"""A request is authenticated, traced and answered with a document, whatever happens inside."""

import json
from collections.abc import Callable
from typing import Any

import pytest

from shared.errors.taxonomy import NotFound, StoreBusy
from tests.unit.shared.gateway import proxy_event
from tests.unit.shared.shop import CONTEXT, Shop, header, refusal

TRACE = "0af7651916cd43dd8448eb211c80319c"


@pytest.fixture
def shop() -> Shop:
    return Shop()


def test_an_answer_is_json_with_the_callers_correlation_and_trace(shop: Shop) -> None:
    answer = shop.ask(
        "GET",
        "/orders/ord_1",
        headers={
            "Authorization": "Bearer qk_client",
            "X-Correlation-Id": "cor_1",
            "Traceparent": f"00-{TRACE}-b7ad6b7169203331-01",
        },
    )
    document = json.loads(answer["body"])
    assert answer["statusCode"] == 200
    assert header(answer, "Content-Type") == "application/json"
    assert header(answer, "X-Correlation-Id") == "cor_1"
    assert str(header(answer, "traceparent")).startswith(f"00-{TRACE}-")
    assert document == {
        "order_id": "ord_1",
        "principal": "client",
        "cause": ["req_1", "cor_1", header(answer, "traceparent")],
        "now": "2026-01-02T03:04:05+00:00",
    }


@pytest.mark.parametrize("given", [None, "not well formed", "4111111111111111", "x" * 129])
def test_without_a_usable_correlation_id_the_answer_has_a_new_one(
    shop: Shop, given: str | None
) -> None:
    headers = {"Authorization": "Bearer qk_client"} | ({"X-Correlation-Id": given} if given else {})
    answers = [shop.ask("GET", "/orders/ord_1", headers=headers) for _ in range(2)]
    ids = {str(header(answer, "X-Correlation-Id")) for answer in answers}
    assert len(ids) == 2
    assert all(id_.startswith("cor_") for id_ in ids)


@pytest.mark.parametrize("headers", [{}, {"Authorization": "Bearer wrong"}, {"Authorization": ""}])
def test_without_a_known_key_the_answer_is_401(shop: Shop, headers: dict[str, str]) -> None:
    assert refusal(shop.ask("GET", "/orders/ord_1", headers=headers)) == (401, "unauthenticated")
    assert refusal(shop.ask("GET", "/nowhere", headers=headers)) == (401, "unauthenticated")
    assert refusal(shop.ask("POST", "/orders", headers=headers, body="{")) == (
        401,
        "unauthenticated",
    )


def test_no_headers_at_all_are_answered_with_401(shop: Shop) -> None:
    event = {**proxy_event("GET", "/orders/ord_1"), "headers": None, "multiValueHeaders": None}
    assert refusal(shop.app.on_request(event, CONTEXT)) == (401, "unauthenticated")


def test_a_key_without_the_scope_is_answered_with_403(shop: Shop) -> None:
    answer = shop.ask("GET", "/payments")
    assert refusal(answer) == (403, "scope_missing")
    assert json.loads(answer["body"])["detail"] == "payments:read is needed"


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/nowhere"),
        ("GET", "/orders"),
        ("PUT", "/orders/ord_1"),
        ("DELETE", "/orders/ord_1"),
        ("GET", "/orders/ord_1/secrets"),
        ("GET", "/"),
    ],
)
def test_a_route_that_is_not_there_is_answered_with_404(shop: Shop, method: str, path: str) -> None:
    assert refusal(shop.ask(method, path)) == (404, "not_found")


def test_a_refusal_from_inside_is_told_as_it_is(shop: Shop) -> None:
    shop.failure = NotFound("no such order")
    answer = shop.ask("GET", "/orders/ord_1")
    assert refusal(answer) == (404, "not_found")
    assert json.loads(answer["body"])["detail"] == "no such order"
    assert header(answer, "Retry-After") is None


def test_a_failure_that_may_pass_says_when_to_come_again(shop: Shop) -> None:
    shop.failure = StoreBusy()
    answer = shop.ask("GET", "/orders/ord_1")
    assert refusal(answer) == (503, "store_busy")
    assert header(answer, "Retry-After") == "1"


def test_what_nobody_expected_is_answered_with_500_without_its_text(
    shop: Shop, logged: Callable[[], list[dict[str, Any]]], capsys: pytest.CaptureFixture[str]
) -> None:
    shop.failure = RuntimeError("the password is swordfish")
    answer = shop.ask(
        "GET",
        "/orders/ord_1",
        headers={"Authorization": "Bearer qk_client", "X-Correlation-Id": "cor_9"},
    )
    assert refusal(answer) == (500, "internal_error")
    assert "swordfish" not in json.dumps(answer)
    (line,) = [line for line in logged() if line["level"] == "ERROR"]
    assert line["message"] == "request failed unexpectedly"
    assert line["exception_name"] == "RuntimeError"
    assert "get_order" in line["exception"]
    assert line["correlation_id"] == "cor_9"
    assert '"RequestFailed"' in capsys.readouterr().out


@pytest.mark.parametrize("event", [{}, {"headers": {"Authorization": "Bearer qk_client"}}])
def test_what_is_no_request_at_all_is_answered_too(shop: Shop, event: dict[str, Any]) -> None:
    answer = shop.app.on_request(event, CONTEXT)
    assert answer["statusCode"] in {401, 500}
    refusal(answer)


def test_a_handlers_caller_is_forgotten_with_its_request(shop: Shop) -> None:
    shop.ask("GET", "/orders/ord_1")
    with pytest.raises(AssertionError):
        _ = shop.app.caller


def test_the_log_tells_route_and_status_and_nothing_that_was_sent(
    shop: Shop, logged: Callable[[], list[dict[str, Any]]]
) -> None:
    shop.post('{"customer_id": "Ada Lovelace"}', resource="/orders")
    (line,) = logged()
    assert (line["message"], line["status"]) == ("request answered", 201)
    assert (line["method"], line["route"]) == ("POST", "/orders")
    assert "Ada" not in json.dumps(line)
    assert "qk_client" not in json.dumps(line)
