"""Everything that was ever said about an order, said again, changes nothing."""

from typing import Any

from client.answers import Order
from tests.e2e.driver import Platform

ENTRIES_MAX = 10  # what one PutEvents takes
SERVICES = ("orders", "payments", "accounting")


def outbox(quittance: Platform, order: Order) -> list[dict[str, str]]:
    """The order's messages as the three relays have put them on the bus."""
    ids = (order["order_id"], order["payment_id"])
    pages = quittance.aws("dynamodb").get_paginator("scan")
    rows: list[Any] = [
        item
        for service in SERVICES
        for page in pages.paginate(
            TableName=quittance.outputs.tables[service],
            FilterExpression="attribute_exists(Payload)",
        )
        for item in page["Items"]
    ]
    return [
        {
            "EventBusName": quittance.outputs.bus,
            "Source": f"quittance.{row['Id']['S'].split('/')[0]}",
            "DetailType": row["Type"]["S"],
            "Detail": row["Payload"]["S"],
        }
        for row in rows
        if any(one in row["Payload"]["S"] for one in ids)
    ]


def story(quittance: Platform, order: Order) -> tuple[object, ...]:
    """All that can be seen of an order."""
    api = quittance.api()
    return (
        api.order(order["order_id"]),
        api.payment(order["payment_id"]),
        [event["id"] for event in api.order_events(order["order_id"])],
        [event["id"] for event in api.payment_events(order["payment_id"])],
        quittance.entries(order),
        quittance.charges_of(order),
    )


def test_every_message_put_on_the_bus_twice_again_changes_nothing(quittance: Platform) -> None:
    paid = quittance.paid()
    declined = quittance.rest(quittance.place("tok_insufficient_funds"))
    said = outbox(quittance, paid) + outbox(quittance, declined)
    assert sorted({entry["DetailType"] for entry in said}) == [
        "AuthorizePayment",
        "CapturePayment",
        "LedgerEntryCreated",
        "OrderConfirmed",
        "OrderPlaced",
        "PaymentAuthorized",
        "PaymentCaptured",
        "PaymentFailed",
        "WebhookReceived",
    ]
    resting = quittance.at_rest()
    before = story(quittance, paid), story(quittance, declined), resting
    again = said + said[::-1]
    for start in range(0, len(again), ENTRIES_MAX):
        answer = quittance.aws("events").put_events(Entries=again[start : start + ENTRIES_MAX])
        assert answer["FailedEntryCount"] == 0
    resting = quittance.at_rest()
    assert (story(quittance, paid), story(quittance, declined), resting) == before
    assert quittance.truth_equals_the_ledger()
