"""Whatever comes in is read or refused by name, and never takes its reader down."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.fuzz.parsers import PARSERS

EXAMPLES = 300


@st.composite
def spoilt(draw: st.DrawFn, seeds: tuple[bytes, ...]) -> bytes:
    """A sound input with a few pieces changed, or any bytes at all."""
    data = bytearray(draw(st.sampled_from(seeds)))
    for _ in range(draw(st.integers(0, 3))):
        at = draw(st.integers(0, len(data)))
        data[at : at + draw(st.integers(0, 4))] = draw(st.binary(max_size=4))
    return bytes(data)


texts = st.text(max_size=60).map(str.encode)


@pytest.mark.parametrize("name", PARSERS)
def test_any_bytes_are_read_or_refused_by_name(name: str) -> None:
    parser = PARSERS[name]

    @settings(max_examples=EXAMPLES, deadline=None)
    @given(st.one_of(st.binary(max_size=80), texts, spoilt(parser.seeds)))
    def try_it(data: bytes) -> None:
        parser.try_(data)

    try_it()


@pytest.mark.parametrize("name", PARSERS)
def test_what_every_parser_is_tried_with_first_is_sound(name: str) -> None:
    """But for signatures: without the secret none is."""
    for seed in PARSERS[name].seeds:
        assert PARSERS[name].try_(seed)
