"""A message goes out as CloudEvents JSON and comes in the same, or is refused without an echo."""

import json
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest

from shared.contracts.codec import UndecodableMessage, decode, encode
from shared.contracts.envelope import Cause, Envelope, Event
from shared.contracts.payments import AuthorizePayment, PaymentAuthorized, PaymentCaptured
from shared.moments import timestamp
from shared.money import Money

type Subscribed = AuthorizePayment | PaymentAuthorized | PaymentCaptured

TRACEPARENT = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
AUTHORIZED = Envelope(
    id="payments/pay_1/2/1",
    source="quittance.payments",
    subject="pay_1",
    time=datetime(2026, 1, 2, 3, 4, 5, 678, tzinfo=UTC),
    sequence=7,
    correlation_id="cor_1",
    causation_id="orders/ord_1/1/2",
    traceparent=TRACEPARENT,
    data=PaymentAuthorized(
        payment_id="pay_1",
        order_id="ord_1",
        amount=Money(3998, "EUR"),
        provider="sandbox",
        provider_reference="sbx_op_1",
        capture_before=datetime(2026, 1, 9, tzinfo=UTC),
    ),
)
DOCUMENT: dict[str, Any] = {
    "specversion": "1.0",
    "id": "payments/pay_1/2/1",
    "source": "quittance.payments",
    "type": "PaymentAuthorized",
    "subject": "pay_1",
    "time": "2026-01-02T03:04:05.000678Z",
    "sequence": "0000000007",
    "correlationid": "cor_1",
    "causationid": "orders/ord_1/1/2",
    "traceparent": TRACEPARENT,
    "data": {
        "payment_id": "pay_1",
        "order_id": "ord_1",
        "amount": {"minor": 3998, "currency": "EUR"},
        "provider": "sandbox",
        "provider_reference": "sbx_op_1",
        "capture_before": "2026-01-09T00:00:00Z",
    },
}
SECRET = "not-for-any-log"


def with_data(**changes: Any) -> dict[str, Any]:
    return {**DOCUMENT, "data": {**DOCUMENT["data"], **changes}}


def refusal(document: Any) -> str:
    with pytest.raises(UndecodableMessage) as caught:
        decode(Subscribed, document)
    assert SECRET not in str(caught.value)
    return caught.value.detail


def test_a_message_is_written_as_a_cloud_event() -> None:
    assert json.loads(encode(AUTHORIZED)) == DOCUMENT
    assert encode(AUTHORIZED).startswith('{"specversion":"1.0","id":"payments/pay_1/2/1",')


def test_a_cloud_event_is_read_as_the_message_that_was_written() -> None:
    assert decode(Subscribed, DOCUMENT) == AUTHORIZED
    assert decode(Subscribed, json.loads(encode(AUTHORIZED))) == AUTHORIZED
    assert decode(PaymentAuthorized, DOCUMENT) == AUTHORIZED


def test_what_a_newer_producer_adds_is_passed_over() -> None:
    newer = {**with_data(network="new"), "newattribute": "x"}
    assert decode(Subscribed, newer) == AUTHORIZED


def test_what_an_older_producer_left_out_takes_its_default() -> None:
    document = with_data()
    del document["data"]["capture_before"]
    assert decode(Subscribed, document).data.capture_before is None


@pytest.mark.parametrize("document", [None, [], "{}", 5, True, ["PaymentAuthorized"]])
def test_what_is_no_object_is_refused(document: Any) -> None:
    assert refusal(document) == "not a JSON object"


@pytest.mark.parametrize("kind", [SECRET, "PaymentSettled", "", None, 5, ["PaymentAuthorized"]])
def test_a_type_that_is_not_subscribed_to_is_refused(kind: Any) -> None:
    assert refusal({**DOCUMENT, "type": kind}) == "of a type that is not subscribed to"


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("minor", SECRET),
        ("minor", "3998"),
        ("minor", 3998.0),
        ("minor", 39.98),
        ("minor", True),
        ("minor", None),
        ("currency", SECRET),
        ("currency", "eur"),
        ("currency", 978),
    ],
)
def test_an_amount_that_is_not_exactly_one_is_refused(field: str, value: Any) -> None:
    amount = {"minor": 3998, "currency": "EUR", field: value}
    assert refusal(with_data(amount=amount)).startswith("PaymentAuthorized is wrong at amount")


@pytest.mark.parametrize(
    ("changes", "places"),
    [
        ({"payment_id": 5, "order_id": None}, "order_id, payment_id"),
        ({"capture_before": SECRET}, "capture_before"),
        ({"capture_before": 1767312000}, "capture_before"),
        ({"capture_before": "2026-01-09"}, "capture_before"),
        ({"provider": [SECRET]}, "provider"),
        ({"amount": None}, "amount"),
    ],
)
def test_wrong_places_are_named_without_their_content(changes: Any, places: str) -> None:
    assert refusal(with_data(**changes)) == f"PaymentAuthorized is wrong at {places}"


@pytest.mark.parametrize("data", [None, [], SECRET, 5])
def test_data_that_is_no_object_is_refused(data: Any) -> None:
    assert "is wrong at" in refusal({**DOCUMENT, "data": data})


@pytest.mark.parametrize(
    "attribute",
    [
        "id",
        "source",
        "subject",
        "time",
        "sequence",
        "correlationid",
        "causationid",
        "traceparent",
        "specversion",
    ],
)
@pytest.mark.parametrize("value", [None, "", 7, [SECRET]])
def test_an_attribute_that_is_missing_or_no_text_is_refused(attribute: str, value: Any) -> None:
    without = {name: text for name, text in DOCUMENT.items() if name != attribute}
    refusal({**DOCUMENT, attribute: value})
    assert refusal(without) == "the envelope is wrong: KeyError"


@pytest.mark.parametrize(
    ("attribute", "value"),
    [
        ("specversion", "0.3"),
        ("time", "yesterday"),
        ("time", "2026-01-02"),
        ("time", "2026-01-02T03:04:05"),
        ("sequence", "seven"),
        ("sequence", "-7"),
        ("sequence", "0"),
        ("sequence", " 7"),
        ("sequence", "1_0"),
        ("sequence", "7.0"),
        ("sequence", "\u0667"),
        ("sequence", "9" * 5000),
    ],
)
def test_an_attribute_of_another_form_is_refused(attribute: str, value: str) -> None:
    assert refusal({**DOCUMENT, attribute: value}).startswith("the envelope is wrong")


@pytest.mark.parametrize("depth", [250, 5_000, 100_000])
def test_data_of_any_depth_is_refused_and_breaks_nothing(depth: int) -> None:
    deep: Any = []
    for _ in range(depth):
        deep = [deep]
    refusal(with_data(provider=deep))


def test_text_that_is_not_unicode_is_refused() -> None:
    refusal(with_data(provider="\ud800"))


def test_a_time_is_written_in_utc_to_the_microsecond() -> None:
    berlin = timezone(timedelta(hours=1))
    assert timestamp(datetime(2026, 1, 2, 4, 4, 5, tzinfo=berlin)) == "2026-01-02T03:04:05.000000Z"
    assert timestamp(datetime(2026, 1, 2, 3, 4, 5, 9, tzinfo=UTC)) == "2026-01-02T03:04:05.000009Z"


def test_the_time_of_no_zone_is_no_time() -> None:
    with pytest.raises(AssertionError):
        timestamp(datetime(2026, 1, 2, 3, 4, 5))  # noqa: DTZ001


def test_a_message_is_the_cause_of_what_its_consumer_does() -> None:
    now = datetime(2026, 1, 2, 3, 5, tzinfo=UTC)
    cause = AUTHORIZED.cause(now=now, traceparent="child")
    assert cause == Cause(
        id="payments/pay_1/2/1", correlation_id="cor_1", traceparent="child", now=now
    )
    assert cause.within("cor_0") == Cause(
        id="payments/pay_1/2/1", correlation_id="cor_0", traceparent="child", now=now
    )


def test_a_message_cannot_be_changed() -> None:
    assert isinstance(AUTHORIZED.data, Event)
    with pytest.raises(AttributeError):
        AUTHORIZED.data.amount = Money(1, "EUR")  # type: ignore[misc]
