"""An aggregate's state and its messages are one commit, and its messages keep their sequence."""

import json
from datetime import UTC, datetime
from typing import Any

import pytest

from shared.contracts.envelope import Cause
from shared.contracts.orders import OrderPlaced
from shared.contracts.payments import PaymentFailed
from shared.errors.taxonomy import AlreadyHandled, StaleRow
from shared.money import Money
from shared.persistence.aggregate import Aggregates, Snapshot
from shared.persistence.table import Key, Table
from tests.integration.racing import race

NOW = datetime(2026, 1, 2, 3, 4, 5, 678, tzinfo=UTC)
TRACEPARENT = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
PLACED = OrderPlaced(
    order_id="ord_1", customer_id="cus_1", payment_id="pay_1", amount=Money(3998, "EUR")
)
FAILED = PaymentFailed(
    payment_id="pay_1", order_id="ord_1", amount=Money(3998, "EUR"), decline_code="lost_card"
)


@pytest.fixture
def orders(table: Table) -> Aggregates:
    return Aggregates(table, service="orders", kind="ORDER")


def snapshot(*, version: int, sequence: int, **row: Any) -> Snapshot:
    return Snapshot(
        aggregate_id="ord_1", row=row, version=version, sequence=sequence, correlation_id="cor_1"
    )


def cause(id_: str) -> Cause:
    return Cause(id=id_, correlation_id="cor_elsewhere", traceparent=TRACEPARENT, now=NOW)


def place(orders: Aggregates) -> None:
    before = snapshot(version=0, sequence=0, status="pending")
    orders.commit(before, [PLACED, FAILED], cause("req_1"), handled=True)


def test_the_state_is_kept_with_its_version_sequence_and_flow(orders: Aggregates) -> None:
    assert orders.find("ord_1") is None
    place(orders)
    assert orders.find("ord_1") == {
        "pk": "ORDER#ord_1",
        "sk": "STATE",
        "status": "pending",
        "version": 1,
        "sequence": 2,
        "correlation_id": "cor_1",
    }


def test_a_message_is_an_outbox_row_as_the_outside_knows_it(
    orders: Aggregates, table: Table
) -> None:
    place(orders)
    row = table.get(Key("ORDER#ord_1", "MESSAGE#0000000001"))
    assert row is not None
    payload = json.loads(str(row.pop("Payload")))
    assert row == {
        "pk": "ORDER#ord_1",
        "sk": "MESSAGE#0000000001",
        "Id": "orders/ord_1/1/1",
        "OccurredOn": "2026-01-02T03:04:05.000678Z",
        "Type": "OrderPlaced",
        "Retries": 0,
        "Unprocessed": "4",
    }
    assert payload == {
        "specversion": "1.0",
        "id": "orders/ord_1/1/1",
        "source": "quittance.orders",
        "type": "OrderPlaced",
        "subject": "ord_1",
        "time": "2026-01-02T03:04:05.000678Z",
        "sequence": "0000000001",
        "correlationid": "cor_1",
        "causationid": "req_1",
        "traceparent": TRACEPARENT,
        "data": {
            "order_id": "ord_1",
            "customer_id": "cus_1",
            "payment_id": "pay_1",
            "amount": {"minor": 3998, "currency": "EUR"},
        },
    }


def test_messages_are_numbered_through_over_all_versions(orders: Aggregates) -> None:
    place(orders)
    for version in range(1, 10):
        before = snapshot(version=version, sequence=version + 1, status="pending")
        orders.commit(before, [PLACED], cause(f"req_{version + 1}"), handled=True)
    documents = [json.loads(str(row["Payload"])) for row in orders.messages("ord_1")]
    assert [int(document["sequence"]) for document in documents] == list(range(1, 12))
    assert [document["id"] for document in documents][:4] == [
        "orders/ord_1/1/1",
        "orders/ord_1/1/2",
        "orders/ord_1/2/1",
        "orders/ord_1/3/1",
    ]
    assert documents[-1]["id"] == "orders/ord_1/10/1"


def test_an_aggregate_has_its_own_messages_alone(orders: Aggregates) -> None:
    place(orders)
    other = Snapshot(aggregate_id="ord_10", row={}, version=0, sequence=0, correlation_id="cor_10")
    orders.commit(other, [PLACED], cause("req_10"), handled=True)
    assert len(list(orders.messages("ord_1"))) == 2
    assert len(list(orders.messages("ord_10"))) == 1
    assert list(orders.messages("ord_9")) == []


def test_a_cause_is_marked_when_it_is_handled_and_stays_open_until_then(
    orders: Aggregates, table: Table
) -> None:
    before = snapshot(version=0, sequence=0)
    orders.commit(before, [], cause("req_1"), handled=False)
    assert not table.handled("req_1")
    orders.commit(snapshot(version=1, sequence=0), [PLACED], cause("req_1"), handled=True)
    assert table.handled("req_1")
    with pytest.raises(AlreadyHandled):
        orders.commit(snapshot(version=2, sequence=1), [PLACED], cause("req_1"), handled=True)
    assert len(list(orders.messages("ord_1"))) == 1


def test_a_change_of_an_older_state_is_refused_with_its_messages(orders: Aggregates) -> None:
    place(orders)
    for version in (0, 2):
        stale = snapshot(version=version, sequence=9, status="other")
        with pytest.raises(StaleRow):
            orders.commit(stale, [PLACED], cause("req_2"), handled=True)
    assert len(list(orders.messages("ord_1"))) == 2
    state = orders.find("ord_1")
    assert state is not None
    assert state["status"] == "pending"


def test_of_many_changes_of_one_state_one_is_made_and_the_sequence_has_no_gap(
    orders: Aggregates,
) -> None:
    place(orders)

    def change(number: int) -> bool:
        try:
            orders.commit(
                snapshot(version=1, sequence=2), [PLACED], cause(f"race_{number}"), handled=True
            )
        except StaleRow:
            return False
        return True

    assert race(20, change).count(True) == 1
    sequences = [
        int(json.loads(str(row["Payload"]))["sequence"]) for row in orders.messages("ord_1")
    ]
    assert sequences == [1, 2, 3]
