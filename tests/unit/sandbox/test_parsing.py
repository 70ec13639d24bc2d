"""Requests are read strictly: what is not exactly right is refused."""

import pytest

from sandbox.parsing import (
    CURRENCIES,
    parse_authorization,
    parse_change,
    parse_idempotency_key,
    parse_object,
)
from sandbox.payment import Instruction, Kind, Refused

GOOD: dict[str, object] = {
    "amount": 3_998,
    "currency": "EUR",
    "payment_method": {"token": "tok_visa"},
    "reference": "pay_1:authorize:1",
    "metadata": {"order": "ord_1"},
}


def test_a_good_authorization_is_read() -> None:
    assert parse_authorization(GOOD) == (
        "tok_visa",
        Instruction("pay_1:authorize:1", {"order": "ord_1"}, 3_998, "EUR"),
    )


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("amount", 0),
        ("amount", -1),
        ("amount", 39.98),
        ("amount", 3_998.0),
        ("amount", "3998"),
        ("amount", True),
        ("amount", None),
        ("amount", 2**53),
        ("currency", "eur"),
        ("currency", "XXQ"),
        ("currency", ["EUR"]),
        ("payment_method", {"token": "tok_unheard_of"}),
        ("payment_method", {"token": ["tok_visa"]}),
        ("payment_method", {"token": "tok_visa", "cvc": "123"}),
        ("payment_method", "tok_visa"),
        ("reference", ""),
        ("reference", "  "),
        ("reference", "r" * 129),
        ("reference", 7),
        ("metadata", []),
        ("metadata", {"order": 7}),
        ("metadata", {"order": "x" * 501}),
        ("metadata", {f"field_{number}": "x" for number in range(51)}),
        ("surprise", "field"),
    ],
)
def test_a_bad_field_is_refused(field: str, value: object) -> None:
    with pytest.raises(Refused) as refused:
        parse_authorization(GOOD | {field: value})
    assert refused.value.code == "invalid_request"


@pytest.mark.parametrize("missing", ["amount", "currency", "payment_method", "reference"])
def test_a_missing_field_is_refused(missing: str) -> None:
    with pytest.raises(Refused):
        parse_authorization({name: value for name, value in GOOD.items() if name != missing})


def test_a_capture_may_be_final() -> None:
    body = {"amount": 100, "currency": "EUR", "reference": "ref_1", "final": True}
    assert parse_change(Kind.CAPTURE, body) == Instruction("ref_1", {}, 100, "EUR", final=True)
    with pytest.raises(Refused):
        parse_change(Kind.CAPTURE, body | {"final": "yes"})


def test_a_void_takes_no_amount() -> None:
    assert parse_change(Kind.VOID, {"reference": "ref_1"}) == Instruction("ref_1", {})
    with pytest.raises(Refused):
        parse_change(Kind.VOID, {"reference": "ref_1", "amount": 100})


@pytest.mark.parametrize(
    "body",
    [
        b"{",
        b"[]",
        b"null",
        b'"text"',
        b"\xff\xfe\xfd",
        b'{"amount": NaN}',
        b'{"amount": ' + b"9" * 5_000 + b"}",
        b"[" * 60_000,
    ],
    ids=["cut", "list", "null", "text", "not UTF-8", "NaN", "5000 digits", "60000 deep"],
)
def test_a_body_that_is_no_json_object_is_refused(body: bytes) -> None:
    with pytest.raises(Refused) as refused:
        parse_object(body)
    assert refused.value.code == "invalid_request"


def test_an_empty_body_is_an_empty_object() -> None:
    assert parse_object(b"") == {}


@pytest.mark.parametrize("key", [None, "", "   ", "k" * 65, "schlüssel", "a\tb"])
def test_an_idempotency_key_is_required_and_plain(key: str | None) -> None:
    with pytest.raises(Refused) as refused:
        parse_idempotency_key(key)
    assert refused.value.code == "invalid_request"


def test_an_idempotency_key_has_up_to_64_characters() -> None:
    assert parse_idempotency_key("pay_1:authorize:1") == "pay_1:authorize:1"
    assert parse_idempotency_key("k" * 64) == "k" * 64


def test_currencies_are_three_capital_letters() -> None:
    assert {"EUR", "USD", "JPY", "KWD", "CLF"} <= CURRENCIES
    assert all(len(code) == 3 and code.isalpha() and code.isupper() for code in CURRENCIES)
