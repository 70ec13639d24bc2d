"""The wire format: what has been sent stays readable, and nothing half-right gets in."""

import copy
import json
from collections.abc import Iterator
from dataclasses import MISSING, fields
from typing import Any

import pytest

from shared.contracts.codec import UndecodableMessage, decode, encode
from shared.contracts.envelope import Envelope, Message
from shared.contracts.payments import AuthorizePayment, PaymentCaptured
from tests.contract.envelopes import FOLDER, document
from tests.contract.services import all_messages

MESSAGES = {message.__name__: message for message in all_messages()}
ATTRIBUTES = (
    "specversion",
    "id",
    "source",
    "subject",
    "time",
    "sequence",
    "correlationid",
    "causationid",
    "traceparent",
)
NO_AMOUNTS = [39.98, 3998.0, "3998", True, None, [3998], {"minor": 3998}]

every_message = pytest.mark.parametrize("message", MESSAGES.values(), ids=MESSAGES)


def decoded(document: dict[str, Any]) -> Envelope[Any]:
    return decode(MESSAGES[document["type"]], document)


def is_within(part: Any, whole: Any) -> bool:
    """Whether `whole` says all that `part` says; it may say more."""
    if isinstance(part, dict) and isinstance(whole, dict):
        return all(name in whole and is_within(part[name], whole[name]) for name in part)
    return bool(part == whole)


def places(document: Any, *path: str) -> Iterator[tuple[str, ...]]:
    """The path of every value within nested objects, the objects included."""
    if path:
        yield path
    if isinstance(document, dict):
        for name in document:
            yield from places(document[name], *path, name)


def changed(document: dict[str, Any], path: tuple[str, ...], value: Any) -> dict[str, Any]:
    """A copy with another value at `path`, or without it where the value is MISSING."""
    fresh = copy.deepcopy(document)
    *parents, name = path
    inner = fresh
    for parent in parents:
        inner = inner[parent]
    if value is MISSING:
        del inner[name]
    else:
        inner[name] = value
    return fresh


def whole(written: dict[str, Any], path: tuple[str, ...]) -> bool:
    """Whether a whole number stands there."""
    value = written["data"]
    for name in path:
        value = value[name]
    return isinstance(value, int)


def amounts(message: type[Message]) -> list[tuple[str, ...]]:
    """Where the message holds a whole number of minor units."""
    return [path for path in places(document(message)["data"]) if path[-1] == "minor"]


MOVING = [message for message in MESSAGES.values() if amounts(message)]
"""The messages that speak of money."""


def test_every_message_of_the_contracts_has_its_wire_format_kept_and_no_other() -> None:
    for message in MESSAGES.values():
        assert document(message)["type"] == message.__name__
    assert sorted(path.stem for path in FOLDER.iterdir()) == sorted(MESSAGES)


@every_message
def test_a_message_written_before_is_read_in_full_now(message: type[Message]) -> None:
    written = document(message)
    assert is_within(written, json.loads(encode(decoded(written))))


@every_message
def test_fields_that_a_newer_producer_adds_are_passed_over(message: type[Message]) -> None:
    written = document(message)
    newer = copy.deepcopy(written)
    newer["partitionkey"] = "a"
    for path in [(), *places(written["data"])]:
        inner = newer["data"]
        for name in path:
            inner = inner[name]
        if isinstance(inner, dict):
            inner["added_later"] = {"by": ["a", "newer", "producer"]}
    assert decoded(newer) == decoded(written)


@every_message
def test_a_required_field_that_is_missing_is_refused(message: type[Message]) -> None:
    written = document(message)
    required = [field.name for field in fields(message) if field.default is MISSING]
    assert required
    for name in required:
        with pytest.raises(UndecodableMessage, match=f"wrong at {name}"):
            decoded(changed(written, ("data", name), MISSING))


@every_message
def test_an_optional_field_that_is_missing_has_its_default(message: type[Message]) -> None:
    written = document(message)
    for field in fields(message):
        if field.default is not MISSING and field.name in written["data"]:
            read = decoded(changed(written, ("data", field.name), MISSING))
            assert getattr(read.data, field.name) == field.default


@every_message
def test_a_value_of_another_type_is_refused_wherever_it_stands(message: type[Message]) -> None:
    written = document(message)
    for path in places(written["data"]):
        for wrong in ("17" if whole(written, path) else 17, ["a list"]):
            with pytest.raises(UndecodableMessage):
                decoded(changed(written, ("data", *path), wrong))


@pytest.mark.parametrize("amount", NO_AMOUNTS, ids=repr)
@pytest.mark.parametrize("message", MOVING, ids=lambda message: message.__name__)
def test_an_amount_that_is_not_a_whole_number_is_refused(
    message: type[Message], amount: Any
) -> None:
    for path in amounts(message):
        with pytest.raises(UndecodableMessage):
            decoded(changed(document(message), ("data", *path), amount))


@pytest.mark.parametrize("currency", ["EURO", "eur", "XAU", "", 978, None], ids=repr)
@pytest.mark.parametrize("message", MOVING, ids=lambda message: message.__name__)
def test_a_currency_that_is_none_is_refused(message: type[Message], currency: Any) -> None:
    for path in amounts(message):
        place = ("data", *path[:-1], "currency")
        with pytest.raises(UndecodableMessage):
            decoded(changed(document(message), place, currency))


@pytest.mark.parametrize("attribute", ATTRIBUTES)
@pytest.mark.parametrize("wrong", [MISSING, None, "", 17], ids=["missing", "null", "empty", "17"])
def test_an_attribute_of_the_envelope_that_is_missing_or_no_text_is_refused(
    attribute: str, wrong: Any
) -> None:
    with pytest.raises(UndecodableMessage):
        decoded(changed(document(PaymentCaptured), (attribute,), wrong))


@pytest.mark.parametrize(
    ("attribute", "wrong"),
    [("time", "yesterday"), ("sequence", "first"), ("type", "PaymentCapture"), ("data", None)],
)
def test_an_attribute_that_cannot_be_read_is_refused(attribute: str, wrong: Any) -> None:
    with pytest.raises(UndecodableMessage):
        decode(PaymentCaptured, changed(document(PaymentCaptured), (attribute,), wrong))


def test_a_refusal_repeats_nothing_of_what_it_refuses() -> None:
    place = ("data", "amount", "minor")
    with pytest.raises(UndecodableMessage) as refused:
        decoded(changed(document(AuthorizePayment), place, "4111111111111111"))
    assert str(refused.value) == "AuthorizePayment is wrong at amount/minor"
