"""Whatever a row may hold comes back from the database as it was, and a float never gets in."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.persistence.rows import dump, dump_row, load, load_row

names = st.text(min_size=1, max_size=8)
scalars: st.SearchStrategy[Any] = (
    st.none() | st.booleans() | st.integers(1 - 10**38, 10**38 - 1) | st.text()
)
values: st.SearchStrategy[Any] = st.recursive(
    scalars,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(names, inner, max_size=3),
    max_leaves=8,
)
rows: st.SearchStrategy[dict[str, Any]] = st.dictionaries(names, values, max_size=4)


def with_types(value: Any) -> Any:
    """The value with the type of each part: True is not 1."""
    if isinstance(value, list):
        return [with_types(item) for item in value]
    if isinstance(value, dict):
        return {name: with_types(item) for name, item in value.items()}
    return type(value), value


@given(values)
def test_a_value_comes_back_as_it_was(value: Any) -> None:
    assert with_types(load(dump(value))) == with_types(value)


@given(rows)
def test_a_row_comes_back_without_what_was_empty(row: dict[str, Any]) -> None:
    kept = {name: value for name, value in row.items() if value is not None}
    assert with_types(load_row(dump_row(row))) == with_types(kept)


@given(rows, st.floats(), st.data())
def test_a_float_is_refused_wherever_it_stands(
    row: dict[str, Any], number: float, data: st.DataObject
) -> None:
    hidden: Any = number
    for wrap in data.draw(st.lists(st.sampled_from([list, dict]), max_size=5)):
        hidden = ["before", hidden] if wrap is list else {"a": 1, "b": hidden}
    with pytest.raises(TypeError, match="a row cannot hold float"):
        dump_row({**row, "amount": hidden})
