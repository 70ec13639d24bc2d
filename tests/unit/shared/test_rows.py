"""A row holds text, whole numbers, truth, lists and maps: nothing that could be inexact."""

from typing import Any

import pytest

from shared.contracts.provider_notice import Operation
from shared.persistence.rows import dump, dump_row, load, load_row


@pytest.mark.parametrize(
    ("value", "attribute"),
    [
        ("pay_1", {"S": "pay_1"}),
        ("", {"S": ""}),
        (3998, {"N": "3998"}),
        (-1, {"N": "-1"}),
        (9007199254740991, {"N": "9007199254740991"}),
        (True, {"BOOL": True}),
        (False, {"BOOL": False}),
        (None, {"NULL": True}),
        ([1, "a", None], {"L": [{"N": "1"}, {"S": "a"}, {"NULL": True}]}),
        ({"a": {"b": [True]}}, {"M": {"a": {"M": {"b": {"L": [{"BOOL": True}]}}}}}),
    ],
)
def test_a_value_is_one_attribute_and_comes_back_as_it_was(
    value: Any, attribute: dict[str, Any]
) -> None:
    assert dump(value) == attribute
    assert load(attribute) == value
    assert type(load(attribute)) is type(value)


@pytest.mark.parametrize("value", [1.0, 0.1, float("nan"), b"raw", (1, 2), {1, 2}, object()])
def test_a_row_refuses_what_it_could_not_keep_exactly(value: Any) -> None:
    rows: list[dict[str, Any]] = [{"a": value}, {"a": [value]}, {"a": {"b": {"c": value}}}]
    for row in rows:
        with pytest.raises(TypeError, match=r"^a row cannot hold \w+$"):
            dump_row(row)


@pytest.mark.parametrize("attribute", [{"N": "39.98"}, {"N": "1E+2"}, {"B": b"raw"}, {"NS": ["1"]}])
def test_what_nobody_here_has_written_is_not_read(attribute: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=r"a row cannot hold|invalid literal"):
        load_row({"a": attribute})


def test_an_item_leaves_out_what_is_empty() -> None:
    assert dump_row({"a": "x", "b": None, "c": []}) == {"a": {"S": "x"}, "c": {"L": []}}
    assert load_row({"a": {"S": "x"}, "c": {"L": []}}) == {"a": "x", "c": []}


def test_a_word_of_an_enumeration_is_kept_as_text() -> None:
    assert load(dump(Operation.CAPTURE)) == "capture"
