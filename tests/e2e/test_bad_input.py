"""Bad input gets its problem document, names its place, and changes nothing."""

import json
import uuid
from collections.abc import Iterator
from copy import deepcopy
from typing import Any

import pytest

from apphost.capabilities import Capability
from client.transport import Answer
from tests.e2e.driver import ORDER, Platform, problem

CARD = "4111111111111111"
LINE = ORDER["lines"][0]


def changed(path: str, value: object) -> dict[str, Any]:
    """The good order with `value` at the place that `path` names."""
    order: Any = deepcopy(ORDER)
    *steps, last = [int(step) if step.isdecimal() else step for step in path.split("/")]
    place = order
    for step in steps:
        place = place[step]
    place[last] = value
    return dict(order)


def without(field: str) -> dict[str, Any]:
    return {name: value for name, value in ORDER.items() if name != field}


@pytest.fixture(autouse=True)
def _nothing_changes(quittance: Platform) -> Iterator[None]:
    """Neither in the tables nor at the provider, whatever was sent."""
    before = quittance.at_rest()
    yield
    assert quittance.footprint() == before


def post(quittance: Platform, body: object, key: str | None = None) -> Answer:
    headers = {"Idempotency-Key": key or str(uuid.uuid4())}
    return quittance.send("POST", "/orders", body=body, headers=headers)


@pytest.mark.parametrize(
    "body",
    [
        pytest.param(b"", marks=pytest.mark.needs(Capability.REFUSES_EMPTY_BODIES)),
        b"{",
        b"not json",
        b'{"a": 1}}',
        b"[]",
        b'"text"',
        b"null",
        b"\xff\xfe",
        b'{"customer_id": NaN}',
        b'{"customer_id": "a", "customer_id": "b"}',
        pytest.param(b"[" * 50_000, marks=pytest.mark.needs(Capability.READS_DEEP_BODIES)),
    ],
    ids=lambda body: repr(body[:20]),
)
def test_a_body_that_is_no_json_object_is_refused(quittance: Platform, body: bytes) -> None:
    answer = post(quittance, body)
    assert (answer.status, problem(answer)["code"]) == (400, "malformed_json")


WRONG_PLACES = {
    "a quantity as text": ("lines/0/quantity", "2"),
    "a quantity of zero": ("lines/0/quantity", 0),
    "a negative quantity": ("lines/0/quantity", -1),
    "a boolean quantity": ("lines/0/quantity", True),
    "an amount as text": ("lines/0/unit_amount", "1999"),
    "a negative amount": ("lines/0/unit_amount", -1999),
    "an amount of zero": ("lines/0/unit_amount", 0),
    "a fractional amount": ("lines/0/unit_amount", 19.99),
    "a whole amount as a fraction": ("lines/0/unit_amount", 1999.0),
    "an amount beyond 2^53": ("lines/0/unit_amount", 2**53),
    "an amount of sixty digits": ("lines/0/unit_amount", 10**60),
    "no amount": ("lines/0/unit_amount", None),
    "an unknown currency": ("currency", "XXX"),
    "a currency in small letters": ("currency", "eur"),
    "a precious metal": ("currency", "XAU"),
    "an empty order": ("lines", []),
    "ten thousand lines": ("lines", [LINE] * 10_000),
    "lines as an object": ("lines", {"0": LINE}),
    "a line as text": ("lines/0", "mug"),
    "a token as an object": ("payment_method/token", {"number": "1"}),
    "an empty customer": ("customer_id", ""),
    "a customer as a number": ("customer_id", 7),
    "an unknown way to capture": ("capture", "never"),
    "metadata that is no text": ("metadata", {"a": 1}),
}


@pytest.mark.parametrize(("path", "value"), WRONG_PLACES.values(), ids=WRONG_PLACES.keys())
def test_a_wrong_value_is_refused_with_its_place(
    quittance: Platform, path: str, value: object
) -> None:
    answer = post(quittance, changed(path, value))
    document = problem(answer)
    assert (answer.status, document["code"]) == (422, "invalid_request")
    assert [e for e in document["errors"] if e["pointer"].startswith(f"/{path}") and e["detail"]]


@pytest.mark.parametrize("field", ["customer_id", "currency", "lines", "payment_method"])
def test_a_missing_field_is_named(quittance: Platform, field: str) -> None:
    answer = post(quittance, without(field))
    document = problem(answer)
    assert (answer.status, document["code"]) == (422, "invalid_request")
    assert [error["pointer"] for error in document["errors"]] == [f"/{field}"]


@pytest.mark.parametrize("path", ["discount", "lines/0/color", "payment_method/cvc"])
def test_an_unknown_field_is_named(quittance: Platform, path: str) -> None:
    answer = post(quittance, changed(path, "x"))
    document = problem(answer)
    assert (answer.status, document["code"]) == (422, "invalid_request")
    assert [error["pointer"] for error in document["errors"]] == [f"/{path}"]


def test_a_total_that_overflows_is_refused(quittance: Platform) -> None:
    line = {"sku": "gold", "quantity": 1_000_000, "unit_amount": 2**53 - 1}
    answer = post(quittance, changed("lines", [line, line]))
    assert (answer.status, problem(answer)["code"]) == (422, "amount_too_large")


@pytest.mark.parametrize(
    ("key", "code"),
    [
        (None, "idempotency_key_missing"),
        ("", "idempotency_key_missing"),
        ("   ", "idempotency_key_missing"),
        ("k" * 300, "idempotency_key_invalid"),
        (CARD, "idempotency_key_invalid"),
    ],
    ids=["missing", "empty", "blank", "300 characters", "a card number"],
)
def test_an_unusable_idempotency_key_is_refused(
    quittance: Platform, key: str | None, code: str
) -> None:
    headers = {} if key is None else {"Idempotency-Key": key}
    answer = quittance.send("POST", "/orders", body=ORDER, headers=headers)
    assert (answer.status, problem(answer)["code"]) == (400, code)
    assert CARD.encode() not in answer.body


CARDS = {
    "as a customer": ("customer_id", CARD),
    "as a product": ("lines/0/sku", CARD),
    "as a token": ("payment_method/token", CARD),
    "in a note": ("metadata", {"note": f"card {CARD} please"}),
    "with blanks": ("metadata", {"note": "4111 1111 1111 1111"}),
    "with dashes": ("metadata", {"note": "4111-1111-1111-1111"}),
    "as the name of a field": ("metadata", {CARD: "x"}),
    "as a number": ("lines/0/unit_amount", int(CARD)),
    "in an unknown field": ("card_number", CARD),
    "of an American kind": ("metadata", {"note": "378282246310005"}),
}


@pytest.mark.parametrize(("path", "value"), CARDS.values(), ids=CARDS.keys())
def test_a_card_number_is_refused_and_never_repeated(
    quittance: Platform, path: str, value: object
) -> None:
    answer = post(quittance, changed(path, value))
    document = problem(answer)
    assert (answer.status, document["code"]) == (422, "card_number_refused")
    assert [error for error in document["errors"] if error["pointer"].startswith("/")]
    for digits in (CARD, "4111 1111 1111 1111", "4111-1111-1111-1111", "378282246310005"):
        assert digits.encode() not in answer.body


@pytest.mark.parametrize(
    "query", ["", "?currency=", "?currency=XXX", "?currency=EUR&at=yesterday"], ids=repr
)
def test_a_trial_balance_of_nothing_is_refused(quittance: Platform, query: str) -> None:
    answer = quittance.send("GET", f"/trial-balance{query}", role="auditor")
    document = problem(answer)
    assert (answer.status, document["code"]) == (422, "invalid_request")
    assert document["errors"]


def test_all_faults_of_an_order_are_told_at_once(quittance: Platform) -> None:
    body = json.loads(json.dumps(ORDER)) | {"currency": "XXX", "customer_id": ""}
    pointers = {error["pointer"] for error in problem(post(quittance, body))["errors"]}
    assert pointers == {"/currency", "/customer_id"}
