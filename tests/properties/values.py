"""Values of every type that a message may hold, made from the message's own class."""

import importlib
import pkgutil
from dataclasses import fields, is_dataclass
from datetime import UTC, date, datetime
from enum import Enum
from types import NoneType, UnionType
from typing import Any, Union, get_args, get_origin, get_type_hints

from hypothesis import strategies as st

import shared.contracts
from shared.contracts.envelope import Envelope, Message
from shared.money import AMOUNT_MAX, Money, currencies

moneys = st.builds(Money, st.integers(-AMOUNT_MAX, AMOUNT_MAX), st.sampled_from(currencies()))
moments = st.datetimes(timezones=st.just(UTC))
attributes = st.text(min_size=1, max_size=20)

_PLAIN: dict[Any, st.SearchStrategy[Any]] = {
    Money: moneys,
    NoneType: st.none(),
    bool: st.booleans(),
    date: st.dates(),
    datetime: moments,
    int: st.integers(),
    str: st.text(max_size=20),
}


def message_classes() -> list[type[Message]]:
    """Every message in the contracts, by its name."""
    found: dict[str, type[Message]] = {}
    for module in pkgutil.iter_modules(shared.contracts.__path__, "shared.contracts."):
        for name, value in vars(importlib.import_module(module.name)).items():
            if isinstance(value, type) and issubclass(value, Message) and fields(value):
                found[name] = value
    del found["Command"]
    return [found[name] for name in sorted(found)]


def values_of(hint: Any) -> st.SearchStrategy[Any]:
    """Values of one field's type."""
    if hint in _PLAIN:
        return _PLAIN[hint]
    if get_origin(hint) in {Union, UnionType}:
        return st.one_of(*map(values_of, get_args(hint)))
    if get_origin(hint) is tuple:
        return st.lists(values_of(get_args(hint)[0]), max_size=3).map(tuple)
    if isinstance(hint, type) and issubclass(hint, Enum):
        return st.sampled_from(hint)
    assert is_dataclass(hint), f"no values of {hint} are known here"
    assert isinstance(hint, type)
    hints = get_type_hints(hint)
    named = {field.name: values_of(hints[field.name]) for field in fields(hint)}
    return st.builds(hint, **named)


def envelopes_of(message_class: type[Message]) -> st.SearchStrategy[Envelope[Message]]:
    return st.builds(
        Envelope,
        id=attributes,
        source=attributes,
        subject=attributes,
        time=moments,
        sequence=st.integers(1, 10**10 - 1),
        correlation_id=attributes,
        causation_id=attributes,
        traceparent=attributes,
        data=values_of(message_class),
    )
