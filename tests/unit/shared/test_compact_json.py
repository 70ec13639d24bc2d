"""The encoder that is made once writes what JSONEncoder writes."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared import compact_json

VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(st.characters(codec="utf-8")),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
)


@pytest.mark.parametrize("ascii_only", [True, False])
@pytest.mark.parametrize("sort_keys", [True, False])
@given(value=VALUES)
def test_it_writes_what_the_standard_encoder_writes(
    value: object, sort_keys: bool, ascii_only: bool
) -> None:
    written = compact_json.encoder(sort_keys=sort_keys, ascii_only=ascii_only)(value)
    assert written == json.dumps(
        value, separators=(",", ":"), sort_keys=sort_keys, ensure_ascii=ascii_only
    )


@pytest.mark.parametrize("value", [b"bytes", {1, 2}, object()])
def test_what_is_no_json_is_refused(value: object) -> None:
    with pytest.raises(TypeError):
        compact_json.encoder()({"a": value})


def test_it_writes_the_same_where_no_c_encoder_is(monkeypatch: pytest.MonkeyPatch) -> None:
    value = {"b": ["é", 1, None], "a": "\x7f"}
    quick = compact_json.encoder(sort_keys=True)(value)
    monkeypatch.setattr(compact_json, "_MAKE", None)
    assert (
        compact_json.encoder(sort_keys=True)(value)
        == quick
        == r'{"a":"\u007f","b":["\u00e9",1,null]}'
    )
