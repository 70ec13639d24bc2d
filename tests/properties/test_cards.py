"""No card number gets through, however it is grouped and wherever it is hidden."""

from itertools import pairwise
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.errors.taxonomy import CardNumberRefused
from shared.rest.cards import has_card_number, refuse_card_numbers

DIGITS = "0123456789"
SEPARATORS = [" ", "-", "\u00a0", "\u2013"]


def check_digit(payload: str) -> str:
    """The digit that makes the number valid, from the definition of ISO/IEC 7812-1, annex B."""
    luhn = 0
    for place, digit in enumerate(reversed(payload)):
        value = int(digit) * (2 if place % 2 == 0 else 1)
        luhn += value - 9 if value > 9 else value
    return str(-luhn % 10)


numbers = st.text(DIGITS, min_size=12, max_size=18).map(lambda text: text + check_digit(text))


@st.composite
def grouped(draw: st.DrawFn) -> str:
    """A card number with single separators between some of its digits."""
    number = draw(numbers)
    cuts = sorted(draw(st.sets(st.integers(1, len(number) - 1), max_size=6)))
    groups = [number[start:end] for start, end in pairwise([0, *cuts, len(number)])]
    separators = [draw(st.sampled_from(SEPARATORS)) for _ in cuts]
    return "".join(map("".join, zip(groups, [*separators, ""], strict=True)))


words = st.text(max_size=20)


@st.composite
def texts(draw: st.DrawFn) -> str:
    """A card number among other text, whose own digits do not touch it."""
    before = draw(words.filter(lambda text: not text[-1:].isdecimal()))
    after = draw(words.filter(lambda text: not text[:1].isdecimal()))
    return before + draw(grouped()) + after


@given(texts())
def test_a_card_number_in_a_text_is_found(text: str) -> None:
    assert has_card_number(text)


@given(grouped(), st.lists(st.text(DIGITS, min_size=1, max_size=6), max_size=4), st.data())
def test_a_card_number_among_other_groups_of_digits_is_found(
    number: str, others: list[str], data: st.DataObject
) -> None:
    place = data.draw(st.integers(0, len(others)))
    separator = data.draw(st.sampled_from(SEPARATORS))
    assert has_card_number(separator.join([*others[:place], number, *others[place:]]))


@given(texts() | numbers.map(int).filter(lambda number: number >= 10**12), st.data())
def test_a_card_number_anywhere_in_a_document_is_refused(hidden: Any, data: st.DataObject) -> None:
    document: Any = hidden
    for step in data.draw(st.lists(st.none() | st.text(), max_size=8)):
        document = ["x", document] if step is None else {"a": 1, step: document}
    with pytest.raises(CardNumberRefused):
        refuse_card_numbers(document)


@given(texts(), st.integers())
def test_a_card_number_as_a_fields_name_is_refused(name: str, value: int) -> None:
    with pytest.raises(CardNumberRefused):
        refuse_card_numbers([{"metadata": {name: value}}])


@given(numbers, st.data())
def test_a_number_with_one_digit_wrong_is_no_card_number(number: str, data: st.DataObject) -> None:
    place = data.draw(st.integers(0, len(number) - 1))
    wrong = data.draw(st.sampled_from(DIGITS.replace(number[place], "")))
    assert not has_card_number(number[:place] + wrong + number[place + 1 :])


@given(st.uuids(version=4))
def test_a_random_uuid_is_no_card_number(uuid: UUID) -> None:
    assert not has_card_number(str(uuid))
    assert not has_card_number(str(uuid).upper())


@given(st.text(DIGITS, max_size=12) | st.text(DIGITS, min_size=20))
def test_a_run_of_digits_of_another_length_is_no_card_number(digits: str) -> None:
    assert not has_card_number(digits)
