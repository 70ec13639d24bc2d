"""What stands in the outbox arrives through a real bus, rule and queue, with the ids it has."""

import json
import time
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from shared.contracts.codec import decode
from shared.contracts.envelope import Cause
from shared.contracts.orders import OrderPlaced
from shared.messaging.consumer import Consumer
from shared.messaging.relay import Relay
from shared.money import Money
from shared.persistence.aggregate import Aggregates, Snapshot
from shared.persistence.table import Key, Table
from tests.cloud import Account
from tests.doubles.memory_table import stream_event
from tests.integration.tables import MAIN

NOW = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
LATER = NOW + timedelta(minutes=6)
BUS = "quittance-test"
WAIT_SECONDS = 10.0


class Inbox:
    """A bus with a rule that brings the messages of the orders service into a queue."""

    def __init__(self, account: Account) -> None:
        self.events = account.client("events")
        self._sqs = account.client("sqs")
        self._url = self._sqs.create_queue(QueueName="inbox")["QueueUrl"]
        self.events.create_event_bus(Name=BUS)
        pattern = {"source": [{"prefix": "quittance."}], "detail-type": ["OrderPlaced"]}
        self.events.put_rule(Name="inbox", EventBusName=BUS, EventPattern=json.dumps(pattern))
        arn = f"arn:aws:sqs:us-east-1:{account.account_id}:inbox"
        self.events.put_targets(
            Rule="inbox", EventBusName=BUS, Targets=[{"Id": "inbox", "Arn": arn}]
        )

    def receive(self, number: int) -> list[dict[str, Any]]:
        """So many messages, as SQS gives them."""
        found: list[dict[str, Any]] = []
        deadline = time.monotonic() + WAIT_SECONDS
        while len(found) < number and time.monotonic() < deadline:
            answer = self._sqs.receive_message(
                QueueUrl=self._url, MaxNumberOfMessages=10, WaitTimeSeconds=1
            )
            for message in answer.get("Messages", []):
                found.append(message)
                self._sqs.delete_message(QueueUrl=self._url, ReceiptHandle=message["ReceiptHandle"])
        assert len(found) == number
        return found

    def receive_details(self, number: int) -> list[dict[str, Any]]:
        return [json.loads(message["Body"])["detail"] for message in self.receive(number)]


class Orders:
    """A service that places orders, with its relay."""

    def __init__(self, table: Table, inbox: Inbox) -> None:
        self.table = table
        self.relay = Relay(service="orders", table=table, bus=inbox.events, bus_name=BUS)
        self._aggregates = Aggregates(table, service="orders", kind="ORDER")

    def place(self, *order_ids: str) -> dict[str, Any]:
        """The stream's records of their messages."""
        for order_id in order_ids:
            placed = OrderPlaced(
                order_id=order_id,
                customer_id="cus_1",
                payment_id=f"pay_{order_id}",
                amount=Money(3998, "EUR"),
            )
            before = Snapshot(
                aggregate_id=order_id, row={}, version=0, sequence=0, correlation_id="cor_1"
            )
            traceparent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
            cause = Cause(
                id=f"req_{order_id}", correlation_id="cor_1", traceparent=traceparent, now=NOW
            )
            self._aggregates.commit(before, [placed], cause, handled=True)
        return stream_event(
            row for order_id in order_ids for row in self._aggregates.messages(order_id)
        )

    def stamps(self, order_id: str) -> list[Any]:
        return [row.get("ProcessedOn") for row in self._aggregates.messages(order_id)]


def stream_records(account: Account) -> list[dict[str, Any]]:
    """Everything that the table's stream tells, as Lambda would be told."""
    description = account.client("dynamodb").describe_table(TableName=MAIN)
    arn = description["Table"]["LatestStreamArn"]
    streams = account.client("dynamodbstreams")
    found: list[dict[str, Any]] = []
    for shard in streams.describe_stream(StreamArn=arn)["StreamDescription"]["Shards"]:
        iterator = streams.get_shard_iterator(
            StreamArn=arn, ShardId=shard["ShardId"], ShardIteratorType="TRIM_HORIZON"
        )
        answer = streams.get_records(ShardIterator=iterator["ShardIterator"])
        found += answer["Records"]
    return found


@pytest.fixture
def inbox(account: Account) -> Inbox:
    return Inbox(account)


@pytest.fixture
def orders(cloud_table: Table, inbox: Inbox) -> Orders:
    return Orders(cloud_table, inbox)


def test_messages_arrive_as_they_were_written_and_are_stamped(orders: Orders, inbox: Inbox) -> None:
    names = [f"ord_{number:02d}" for number in range(12)]
    event = orders.place(*names)
    assert orders.relay.on_stream(event, now=LATER) == {"batchItemFailures": []}
    envelopes = [decode(OrderPlaced, detail) for detail in inbox.receive_details(12)]
    assert sorted(envelope.id for envelope in envelopes) == [f"orders/{name}/1/1" for name in names]
    assert {envelope.data.amount for envelope in envelopes} == {Money(3998, "EUR")}
    assert {stamp for name in names for stamp in orders.stamps(name)} == {
        "2026-01-02T03:10:05.000000Z"
    }


def test_the_tables_own_stream_is_relayed(orders: Orders, inbox: Inbox, account: Account) -> None:
    orders.place("ord_1", "ord_2")
    orders.table.count_retry(Key("ORDER#ord_1", "MESSAGE#0000000001"))
    records = stream_records(account)
    assert [record["eventName"] for record in records].count("MODIFY") == 1
    answer = orders.relay.on_stream({"Records": records}, now=LATER)
    assert answer == {"batchItemFailures": []}
    ids = sorted(detail["id"] for detail in inbox.receive_details(2))
    assert ids == ["orders/ord_1/1/1", "orders/ord_2/1/1"]
    assert orders.stamps("ord_2") == ["2026-01-02T03:10:05.000000Z"]


def test_a_message_that_is_published_again_keeps_its_id(orders: Orders, inbox: Inbox) -> None:
    event = orders.place("ord_1")
    for _ in range(2):
        assert orders.relay.on_stream(event, now=LATER) == {"batchItemFailures": []}
    first, second = inbox.receive_details(2)
    assert first == second
    assert first["id"] == "orders/ord_1/1/1"


def test_the_bus_names_the_source_and_the_type(orders: Orders, inbox: Inbox) -> None:
    orders.relay.on_stream(orders.place("ord_1"), now=LATER)
    (message,) = inbox.receive(1)
    wrapped = json.loads(message["Body"])
    assert (wrapped["source"], wrapped["detail-type"]) == ("quittance.orders", "OrderPlaced")


def test_what_the_stream_has_lost_is_swept_once(orders: Orders, inbox: Inbox) -> None:
    orders.place("ord_1", "ord_2", "ord_3")
    assert orders.relay.sweep(now=NOW + timedelta(minutes=5)) == 0
    assert orders.relay.sweep(now=LATER) == 3
    assert orders.relay.sweep(now=LATER) == 0
    assert len(inbox.receive_details(3)) == 3
    assert orders.stamps("ord_1") == ["2026-01-02T03:10:05.000000Z"]


def test_what_the_bus_refuses_stays_and_what_went_before_it_is_stamped(
    orders: Orders, inbox: Inbox
) -> None:
    event = orders.place("ord_1", "ord_2", "ord_3")
    spoilt = event["Records"][1]["dynamodb"]["NewImage"]
    spoilt["Payload"] = {"S": "no JSON"}
    answer = orders.relay.on_stream(event, now=LATER)
    assert answer == {"batchItemFailures": [{"itemIdentifier": "000000000000000000002"}]}
    assert orders.stamps("ord_1") == ["2026-01-02T03:10:05.000000Z"]
    assert (orders.stamps("ord_2"), orders.stamps("ord_3")) == ([None], [None])
    row = orders.table.get(Key("ORDER#ord_2", "MESSAGE#0000000001"))
    assert row is not None
    assert row["Retries"] == 1
    assert orders.relay.sweep(now=LATER) == 2
    ids = sorted(detail["id"] for detail in inbox.receive_details(4))
    assert ids == ["orders/ord_1/1/1", "orders/ord_2/1/1", "orders/ord_3/1/1", "orders/ord_3/1/1"]


def test_what_arrives_is_handled_once_by_a_consumer(orders: Orders, inbox: Inbox) -> None:
    event = orders.place("ord_1")
    for _ in range(2):
        orders.relay.on_stream(event, now=LATER)
    records = [
        {"messageId": message["MessageId"], "body": message["Body"], "eventSource": "aws:sqs"}
        for message in inbox.receive(2)
    ]
    effects: list[str] = []

    def react(envelope: Any, cause: Cause) -> None:
        orders.table.commit([], cause_id=cause.id, now=cause.now)
        effects.append(envelope.data.order_id)

    consumer = Consumer(OrderPlaced, react=react, handled=orders.table.handled, clock=lambda: LATER)
    answer = consumer.on_queue({"Records": records})
    assert answer == {"batchItemFailures": []}
    assert effects == ["ord_1"]
