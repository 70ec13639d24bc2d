"""What a caller sends is parsed and bounded, and every fault is named by its place."""

from typing import Annotated, Any

import pytest
from pydantic import BaseModel, ConfigDict, Field

from shared.errors.taxonomy import (
    CardNumberRefused,
    IdempotencyKeyInvalid,
    IdempotencyKeyMissing,
    InputError,
    InvalidRequest,
    MalformedJson,
    PayloadTooLarge,
)
from shared.rest.requests import checked, correlation_id, idempotency_key, json_object


class Line(BaseModel):
    model_config = ConfigDict(strict=True, extra="forbid")

    sku: str
    quantity: Annotated[int, Field(ge=1)]


class Basket(BaseModel):
    model_config = ConfigDict(strict=True, extra="forbid")

    lines: list[Line]


def test_a_json_object_is_read() -> None:
    assert json_object('{"lines": [{"sku": "book", "quantity": 2}]}') == {
        "lines": [{"sku": "book", "quantity": 2}]
    }


@pytest.mark.parametrize("body", [None, "", "{}"])
def test_an_absent_body_is_an_empty_object(body: str | None) -> None:
    assert json_object(body) == {}


@pytest.mark.parametrize(
    "body",
    [
        "{",
        " ",
        "nonsense",
        '{"a": 1,}',
        "{'a': 1}",
        '{"a": 1} {"b": 2}',
        '{"a": NaN}',
        '{"a": Infinity}',
        '{"a": -Infinity}',
        '{"a": "\\ud800"}',
        '{"\\udfff": 1}',
        '{"a": 1, "a": 2}',
        '{"a": {"b": 1, "b": 1}}',
        '{"a": "\t"}',
        '{"a": ' + "9" * 5000 + "}",
        "\ufeff{}",
        "[" * 100_000,
        "[" * 100_000 + "]" * 100_000,
        '{"a":' * 100_000 + "1" + "}" * 100_000,
    ],
)
def test_what_is_no_json_is_refused(body: str) -> None:
    with pytest.raises(MalformedJson) as caught:
        json_object(body)
    assert caught.value.detail == "The body is not a JSON object"


@pytest.mark.parametrize("body", ["[]", '"text"', "5", "true", "null", "[{}]"])
def test_json_that_is_no_object_is_refused(body: str) -> None:
    with pytest.raises(MalformedJson, match="JSON, but not an object"):
        json_object(body)


def test_a_card_number_is_refused_before_anything_looks_at_the_shape() -> None:
    with pytest.raises(CardNumberRefused) as caught:
        json_object('{"surprise": {"4111111111111111": 1}, "b": "4111 1111 1111 1111"}')
    assert [error.pointer for error in caught.value.errors] == ["/b", "/surprise"]


def test_a_document_of_the_right_shape_is_taken() -> None:
    basket = checked(Basket, {"lines": [{"sku": "book", "quantity": 2}]})
    assert basket.lines[0].quantity == 2


def faults(document: dict[str, Any]) -> dict[str, str]:
    with pytest.raises(InvalidRequest) as caught:
        checked(Basket, document)
    assert "secret" not in str([error.detail for error in caught.value.errors])
    return {error.pointer: error.detail for error in caught.value.errors}


def test_each_fault_is_named_by_its_place_without_its_content() -> None:
    assert faults(
        {
            "lines": [
                {"sku": "book", "quantity": 0},
                {"sku": 5, "quantity": "secret"},
                {"quantity": 1.5, "sku": "pen"},
            ],
            "surprise": "secret",
        }
    ) == {
        "/lines/0/quantity": "Input should be greater than or equal to 1",
        "/lines/1/sku": "Input should be a valid string",
        "/lines/1/quantity": "Input should be a valid integer",
        "/lines/2/quantity": "Input should be a valid integer",
        "/surprise": "Extra inputs are not permitted",
    }


def test_a_missing_field_is_named_where_it_should_be() -> None:
    assert faults({}) == {"/lines": "Field required"}


def test_the_name_of_an_unknown_field_is_told_as_a_json_pointer() -> None:
    assert list(faults({"lines": [], "a/b~c": 1})) == ["/a~1b~0c"]


def test_a_number_beyond_every_float_is_a_fault_of_its_place() -> None:
    document = json_object('{"lines": [{"sku": "book", "quantity": 1e400}]}')
    assert list(faults(document)) == ["/lines/0/quantity"]


def test_of_many_faults_the_first_twenty_are_told() -> None:
    assert len(faults({"lines": [{}] * 1000})) == 20


@pytest.mark.parametrize(
    "key",
    [
        "k",
        "0" * 12,
        "k" * 255,
        "550e8400-e29b-41d4-a716-446655440000",
        '!"#$%&()*+,-./:;<=>?@[]^_`{|}~',
    ],
)
def test_a_key_of_visible_ascii_is_taken(key: str) -> None:
    assert idempotency_key(key) == key
    assert idempotency_key(f"  {key} ") == key


@pytest.mark.parametrize("header", [None, "", " ", "\t", "\u00a0"])
def test_a_missing_or_blank_key_is_asked_for(header: str | None) -> None:
    with pytest.raises(IdempotencyKeyMissing) as caught:
        idempotency_key(header)
    assert caught.value.status == 400


@pytest.mark.parametrize(
    "header",
    ["k" * 256, "k" * 300, "a b", "a\tb", "a\nb", "a\x00b", "\x7f", "schl\u00fcssel", "\U0001f511"],
)
def test_a_key_of_another_form_is_refused(header: str) -> None:
    with pytest.raises(IdempotencyKeyInvalid, match="1 to 255 visible ASCII characters") as caught:
        idempotency_key(header)
    assert caught.value.status == 400


def test_a_key_that_is_a_card_number_is_refused() -> None:
    with pytest.raises(IdempotencyKeyInvalid, match="must not hold a card number"):
        idempotency_key("order-4111111111111111")


@pytest.mark.parametrize("header", ["c", "cor_1", "a.b:c-D_9", "x" * 128])
def test_a_well_formed_correlation_id_is_kept(header: str) -> None:
    assert correlation_id(header) == header


@pytest.mark.parametrize(
    "header",
    [None, "", " ", "a b", "a\n", "x" * 129, "<script>", "\u00e9", "4111111111111111", "a/b"],
)
def test_any_other_correlation_id_is_passed_over(header: str | None) -> None:
    assert correlation_id(header) is None


def test_an_input_error_is_a_value() -> None:
    assert InputError("/a", "b") == InputError("/a", "b")


def test_a_body_of_more_than_a_million_characters_is_too_large() -> None:
    longest = '{"note": "' + "x" * (1_000_000 - 12) + '"}'
    assert len(longest) == 1_000_000
    assert list(json_object(longest)) == ["note"]
    with pytest.raises(PayloadTooLarge):
        json_object(longest + " ")
