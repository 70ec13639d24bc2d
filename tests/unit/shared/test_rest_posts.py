"""A POST is carried out once for its key, and what it brings is checked before anything happens."""

import base64
import json
from collections.abc import Callable
from typing import Any

import pytest

from shared.errors.taxonomy import InvalidTransition
from tests.unit.shared.shop import Shop, header, refusal


@pytest.fixture
def shop() -> Shop:
    return Shop()


def test_a_post_runs_once_and_its_replay_is_marked(shop: Shop) -> None:
    first, second = shop.post('{"sku": "book"}'), shop.post('{ "sku" : "book" }')
    assert (first["statusCode"], second["statusCode"]) == (201, 201)
    assert json.loads(first["body"]) == json.loads(second["body"]) == {"order_id": "ord_1"}
    assert header(first, "Idempotency-Replayed") is None
    assert header(second, "Idempotency-Replayed") == "true"
    assert shop.orders == [{"sku": "book"}]


def test_another_key_is_another_order(shop: Shop) -> None:
    shop.post('{"sku": "book"}', key="once")
    assert json.loads(shop.post('{"sku": "book"}', key="twice")["body"]) == {"order_id": "ord_2"}


def test_the_same_key_with_another_body_is_refused(shop: Shop) -> None:
    shop.post('{"sku": "book"}')
    assert refusal(shop.post('{"sku": "pen"}')) == (422, "idempotency_key_reused")
    assert len(shop.orders) == 1


def test_the_same_key_on_another_route_is_refused(shop: Shop) -> None:
    shop.post("{}", key="once")
    headers = {"authorization": "Bearer qk_client", "idempotency-key": "once"}
    answer = shop.ask("POST", "/gifts", headers=headers, body="{}")
    assert refusal(answer) == (422, "idempotency_key_reused")


def test_the_same_key_while_the_first_request_runs_is_answered_with_409(shop: Shop) -> None:
    others: list[dict[str, Any]] = []
    other = Shop(shop.records)
    shop.meanwhile = lambda: others.append(other.post("{}"))
    assert shop.post("{}")["statusCode"] == 201
    assert refusal(others[0]) == (409, "still_processing")
    assert header(others[0], "Retry-After") == "1"
    assert other.orders == []


def test_a_refused_post_may_be_sent_again_with_its_key(shop: Shop) -> None:
    shop.failure = InvalidTransition("not now")
    assert refusal(shop.post("{}")) == (409, "invalid_transition")
    shop.failure = None
    answer = shop.post("{}")
    assert answer["statusCode"] == 201
    assert header(answer, "Idempotency-Replayed") is None


def test_without_its_records_a_post_is_not_carried_out(shop: Shop) -> None:
    shop.records.refuse = "ProvisionedThroughputExceededException"
    assert refusal(shop.post("{}")) == (503, "store_busy")
    assert shop.orders == []


@pytest.mark.parametrize("key", ["", " ", "\t"])
def test_a_post_without_a_key_is_refused(shop: Shop, key: str) -> None:
    assert refusal(shop.post("{}", key=key)) == (400, "idempotency_key_missing")
    answer = shop.ask("POST", "/orders", body="{}")
    assert refusal(answer) == (400, "idempotency_key_missing")
    assert shop.orders == []


def test_a_post_with_a_key_of_300_characters_is_refused(shop: Shop) -> None:
    assert refusal(shop.post("{}", key="k" * 300)) == (400, "idempotency_key_invalid")
    assert shop.orders == []


@pytest.mark.parametrize("body", ["{", "[]", "[" * 100_000, '{"a": 1, "a": 2}', '{"a": NaN}'])
def test_a_body_that_is_no_json_object_is_refused(shop: Shop, body: str) -> None:
    assert refusal(shop.post(body)) == (400, "malformed_json")
    assert shop.orders == []


@pytest.mark.parametrize("raw", [b"\xff\xfe", b'{"a": "\xc3"}', b"{"])
def test_an_encoded_body_that_is_no_json_text_is_refused(shop: Shop, raw: bytes) -> None:
    body = base64.b64encode(raw).decode()
    assert refusal(shop.post(body, encoded=True)) == (400, "malformed_json")


@pytest.mark.parametrize("body", ["e30", "schl\u00fcssel"])
def test_a_body_that_is_not_base64_though_it_says_so_is_refused(shop: Shop, body: str) -> None:
    assert refusal(shop.post(body, encoded=True)) == (400, "malformed_json")


def test_an_encoded_body_is_read(shop: Shop) -> None:
    body = base64.b64encode('{"name": "Zo\u00eb"}'.encode()).decode()
    assert shop.post(body, encoded=True)["statusCode"] == 201
    assert shop.orders == [{"name": "Zo\u00eb"}]


def test_a_card_number_is_refused_named_by_its_place_and_not_repeated(
    shop: Shop, logged: Callable[[], list[dict[str, Any]]]
) -> None:
    answer = shop.post('{"note": "4111 1111 1111 1111"}')
    assert refusal(answer) == (422, "card_number_refused")
    assert json.loads(answer["body"])["errors"] == [{"pointer": "/note", "detail": "a card number"}]
    assert "1111" not in json.dumps([answer["body"], logged()])
    assert shop.records.items == {}
