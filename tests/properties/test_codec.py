"""Whatever a message holds, its reader gets exactly what its writer said."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.contracts.codec import UndecodableMessage, decode, encode
from shared.contracts.envelope import Message
from shared.contracts.payments import PaymentCaptured
from shared.moments import timestamp
from shared.persistence.outbox import SHARDS, outbox_attributes
from shared.persistence.rows import dump_row, load_row
from tests.properties.values import envelopes_of, message_classes, moments

documents: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)


@pytest.mark.parametrize("message_class", message_classes(), ids=lambda kind: kind.__name__)
@given(data=st.data())
def test_a_message_is_read_as_it_was_written(
    message_class: type[Message], data: st.DataObject
) -> None:
    envelope = data.draw(envelopes_of(message_class))
    written = encode(envelope)
    assert decode(message_class, json.loads(written)) == envelope
    assert encode(decode(message_class, json.loads(written))) == written


@given(envelopes_of(PaymentCaptured))
def test_an_outbox_row_keeps_the_message(envelope: Any) -> None:
    row = load_row(dump_row(outbox_attributes(envelope)))
    assert decode(PaymentCaptured, json.loads(str(row["Payload"]))) == envelope
    assert row["Unprocessed"] in SHARDS


@given(envelopes_of(PaymentCaptured), st.data())
def test_a_message_with_any_one_field_spoilt_is_read_as_itself_or_refused(
    envelope: Any, data: st.DataObject
) -> None:
    document = json.loads(encode(envelope))
    place = data.draw(st.sampled_from([document, document["data"], document["data"]["amount"]]))
    place[data.draw(st.sampled_from(sorted(place)))] = data.draw(documents)
    try:
        read = decode(PaymentCaptured, document)
    except UndecodableMessage:
        return
    assert json.loads(encode(read))["data"] == document["data"]
    assert type(read.data.amount.minor) is int


@given(documents)
def test_any_other_document_is_refused(document: Any) -> None:
    with pytest.raises(UndecodableMessage):
        decode(PaymentCaptured, document)


@given(moments, moments)
def test_the_order_of_written_times_is_the_order_of_time(one: Any, other: Any) -> None:
    assert (timestamp(one) < timestamp(other)) == (one < other)
