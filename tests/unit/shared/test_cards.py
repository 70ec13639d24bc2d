"""A card number is found however it is written; what only looks like one gets through."""

from typing import Any

import pytest

from shared.errors.taxonomy import CardNumberRefused
from shared.rest.cards import has_card_number, refuse_card_numbers

VISA = "4111111111111111"

NUMBERS = [
    "4222222222222",  # 13 digits
    "30569309025904",  # Diners
    "378282246310005",  # American Express
    VISA,
    "5555555555554444",  # Mastercard
    "6011111111111117",  # Discover
    "3530111333300000",  # JCB
    "4000000000000000006",  # 19 digits
]


@pytest.mark.parametrize("number", NUMBERS)
def test_a_card_number_of_any_scheme_is_found(number: str) -> None:
    assert has_card_number(number)


@pytest.mark.parametrize(
    "text",
    [
        "4111 1111 1111 1111",
        "4111-1111-1111-1111",
        "3782 822463 10005",
        "4111 1111-1111 1111",
        "card: 4111111111111111, thanks",
        "x4111111111111111y",
        "4111111111111111.0",
        "(4111111111111111)",
        "4111111111111111/0129",
        "order 12 4111111111111111",
        "4111 1111 1111 1111 12 29 123",
        "12 4111 1111 1111 1111",
        "2026-11-24 4111111111111111",
        "7-4111111111111111-7",
        '{"number":"4111111111111111"}',
        "\uff14\uff11\uff11\uff11\uff11\uff11\uff11\uff11\uff11\uff11\uff11\uff11\uff11\uff11\uff11\uff11",
        "4111\u00a01111\u00a01111\u00a01111",
        "\u0664\u0661\u0661\u0661\u0661\u0661\u0661\u0661\u0661\u0661\u0661\u0661\u0661\u0661\u0661\u0661",
    ],
)
def test_a_card_number_is_found_in_groups_and_among_other_text(text: str) -> None:
    assert has_card_number(text)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "4111111111111112",  # one digit off
        "411111111111",  # 12 digits
        "41111111111111111111",  # 20 digits, a Luhn-valid part in them
        "4006381333931",  # a GTIN-13
        "00012345600012",  # a GTIN-14
        "ord_y75nq95j6emr7w0708zf9b5eat",
        "2026-11-24T06:57:24.000678Z",
        "4111 1111  1111 1111",
        "39.98 EUR",
    ],
)
def test_what_is_no_card_number_gets_through(text: str) -> None:
    assert not has_card_number(text)


@pytest.mark.parametrize(
    "uuid",
    [
        "11111111-1111-4111-8111-111111111111",
        "550e8400-e29b-41d4-a716-446655440000",
        "3d0f4b2a-9c1e-4e5a-b111-411111111111",
        "ABCDEFAB-1111-4111-8111-111111111112",
    ],
)
def test_a_uuid_is_no_card_number_whatever_its_digits(uuid: str) -> None:
    assert not has_card_number(uuid)
    assert has_card_number(f"{uuid} {VISA}")
    assert has_card_number(f"{uuid}-4111111111111111")


def places(document: Any) -> list[str]:
    with pytest.raises(CardNumberRefused) as caught:
        refuse_card_numbers(document)
    assert "1111" not in str(caught.value)
    assert all("1111" not in error.detail for error in caught.value.errors)
    return [error.pointer for error in caught.value.errors]


def test_the_places_are_named_in_order() -> None:
    document = {
        "customer_id": "cus_1",
        "note": VISA,
        "lines": [{"sku": "book"}, {"sku": "4111-1111-1111-1111"}],
    }
    assert places(document) == ["/lines/1/sku", "/note"]


def test_a_number_that_is_no_text_is_found() -> None:
    assert places({"amount": 4111111111111111}) == ["/amount"]
    assert places({"amount": -4111111111111111}) == ["/amount"]
    assert places({"amount": 4111111111111111.0}) == ["/amount"]
    assert places([4111111111111111]) == ["/0"]
    assert places(4111111111111111) == [""]


def test_a_field_that_is_named_by_one_is_told_by_the_object_it_is_in() -> None:
    assert places({"metadata": {VISA: "x"}}) == ["/metadata"]
    assert places({VISA: VISA}) == ["/"]


def test_a_place_is_a_json_pointer() -> None:
    assert places({"a/b": {"c~d": VISA}}) == ["/a~1b/c~0d"]


def test_nesting_hides_nothing_and_breaks_nothing() -> None:
    document: Any = VISA
    for _ in range(50_000):
        document = [document]
    assert places(document) == ["/0" * 50_000]


def test_a_thousand_card_numbers_are_told_by_their_first_places() -> None:
    assert len(places([VISA] * 1000)) == 20


def test_a_clean_document_passes() -> None:
    refuse_card_numbers(
        {"lines": [{"sku": "4006381333931", "quantity": 2, "ok": True, "no": None, "x": 1.5}]}
    )
