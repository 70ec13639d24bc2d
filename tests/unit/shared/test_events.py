"""An aggregate's messages are listed as they were said, in the order of time."""

from datetime import UTC, datetime

from shared.contracts.envelope import Envelope
from shared.contracts.orders import OrderPlaced
from shared.money import Money
from shared.persistence.outbox import outbox_attributes
from shared.persistence.rows import Row
from shared.rest.events import listing


def placed(*, sequence: int, second: int) -> Row:
    envelope = Envelope(
        id=f"orders/ord_1/1/{sequence}",
        source="quittance.orders",
        subject="ord_1",
        time=datetime(2026, 1, 2, 3, 4, second, tzinfo=UTC),
        sequence=sequence,
        correlation_id="cor_1",
        causation_id="req_1",
        traceparent="00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
        data=OrderPlaced(
            order_id="ord_1", customer_id="cus_1", payment_id="pay_1", amount=Money(3998, "EUR")
        ),
    )
    return outbox_attributes(envelope)


def test_a_message_is_listed_with_its_cause_and_when_the_bus_took_it() -> None:
    row = {**placed(sequence=1, second=5), "ProcessedOn": "2026-01-02T03:04:06.000000Z"}
    assert listing([row]) == {
        "data": [
            {
                "id": "orders/ord_1/1/1",
                "time": "2026-01-02T03:04:05.000000Z",
                "service": "orders",
                "type": "OrderPlaced",
                "sequence": 1,
                "correlation_id": "cor_1",
                "causation_id": "req_1",
                "data": {
                    "order_id": "ord_1",
                    "customer_id": "cus_1",
                    "payment_id": "pay_1",
                    "amount": {"minor": 3998, "currency": "EUR"},
                },
                "processed_at": "2026-01-02T03:04:06.000000Z",
            }
        ]
    }


def test_a_message_that_the_bus_has_not_taken_says_so() -> None:
    (event,) = listing([placed(sequence=1, second=5)])["data"]
    assert event["processed_at"] is None


def test_messages_are_listed_by_time_and_those_of_one_moment_by_sequence() -> None:
    rows = [
        placed(sequence=3, second=9),
        placed(sequence=10, second=7),
        placed(sequence=2, second=7),
        placed(sequence=1, second=5),
    ]
    assert [event["sequence"] for event in listing(rows)["data"]] == [1, 2, 10, 3]


def test_nothing_said_is_an_empty_list() -> None:
    assert listing([]) == {"data": []}
