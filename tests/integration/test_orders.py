"""An order is read as it was saved, with its messages behind it, whatever became of it."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from orders.application.place_order import place_order
from orders.domain import facts
from orders.domain.compensation import Terms
from orders.domain.decisions import confirm, pay_anew, place, refund
from orders.domain.order import CaptureMode, DisputeStatus, Line, Order, Purchase
from orders.domain.states import OrderStatus
from orders.domain.undoing import Decision, Move, ended, followed, sent, waiting
from orders.infrastructure.dynamodb_orders import DynamoDbOrders
from shared.contracts.envelope import Cause, Message
from shared.contracts.payments import CaptureFailed
from shared.errors.taxonomy import AlreadyHandled, IdempotencyKeyReused, StaleRow
from shared.money import Money
from shared.persistence.table import Table
from tests.integration.racing import race

NOW = datetime(2026, 1, 2, 3, 4, 5, 678, tzinfo=UTC)
TERMS = Terms(
    now=NOW,
    confirmation=timedelta(days=6),
    watch=timedelta(minutes=90),
    patience=timedelta(days=3),
)
RELEASE, COMPLETE = Decision(Move.RELEASE_HOLD), Decision(Move.COMPLETE)
PURCHASE = Purchase(
    customer_id="cus_1",
    currency="KWD",
    lines=(
        Line(sku="b\u00fccher", quantity=2, unit_amount=Money(1999, "KWD")),
        Line(sku="pen", quantity=1, unit_amount=Money(9007199254736993, "KWD")),
    ),
    payment_method_token="tok_visa",
    capture=CaptureMode.AUTOMATIC,
    metadata={"gift": "", "note": "Zo\u00eb \U0001f381"},
)


NOT_CAPTURED = CaptureFailed(
    payment_id="pay_1", order_id="ord_1", amount=Money(1, "KWD"), code="expired_card"
)


@pytest.fixture
def orders(table: Table) -> DynamoDbOrders:
    return DynamoDbOrders(table)


def cause(id_: str) -> Cause:
    traceparent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
    return Cause(id=id_, correlation_id="cor_1", traceparent=traceparent, now=NOW)


def new(purchase: Purchase = PURCHASE) -> tuple[Order, tuple[Message, ...]]:
    return place(purchase, order_id="ord_1", payment_id="pay_1", correlation_id="cor_1", now=NOW)


def saved(orders: DynamoDbOrders) -> Order:
    order, messages = new()
    return orders.commit(order, messages, cause("req_1"))


def test_an_order_is_read_as_it_was_saved(orders: DynamoDbOrders) -> None:
    assert orders.find("ord_1") is None
    order = saved(orders)
    assert (order.version, order.sequence) == (1, 2)
    assert orders.find("ord_1") == order
    assert order.amount == Money(9007199254740991, "KWD")


def test_every_change_of_an_order_is_read_as_it_was_saved(orders: DynamoDbOrders) -> None:
    order = saved(orders)
    changes: list[Any] = [
        lambda each: facts.payment_failed(each, "lost_card", sequence=1),
        lambda each: pay_anew(each, "tok_other"),
        lambda each: facts.payment_authorized(each, sequence=2),
        lambda each: facts.capture_failed(each, NOT_CAPTURED),
        lambda each: followed(each, TERMS),
        lambda each: sent(each, each.compensations[0], RELEASE, TERMS),
        lambda each: (waiting(each, each.compensations[0].compensation_id, "token", TERMS), ()),
        lambda each: facts.payment_voided(each, sequence=3),
        lambda each: ended(each, each.compensations[0], COMPLETE),
        lambda each: pay_anew(each, "tok_visa"),
        lambda each: facts.payment_authorized(each, sequence=4),
        lambda each: facts.capture_booked(each, Money(1999, "KWD")),
        lambda each: facts.dispute_told(each, "dp_1", Money(9, "KWD"), DisputeStatus.WON),
        lambda each: refund(each, Money(100, "KWD"), refund_id="ref_1", reason="returned"),
    ]
    for number, change in enumerate(changes, start=2):
        changed, messages = change(order)
        order = orders.commit(changed, messages, cause(f"req_{number}"))
        assert order.version == number
        assert orders.find("ord_1") == order
    assert (order.status, order.captured) == (OrderStatus.PAID, Money(1999, "KWD"))
    assert [row["Type"] for row in orders.messages("ord_1")] == [
        "OrderPlaced",
        "AuthorizePayment",
        "AuthorizePayment",
        "OrderConfirmed",
        "CapturePayment",
        "CompensationRequested",
        "CancelPayment",
        "CompensationCompleted",
        "AuthorizePayment",
        "OrderConfirmed",
        "CapturePayment",
        "RefundPayment",
    ]


def test_an_order_is_found_by_the_clock_while_it_waits_and_no_longer(
    orders: DynamoDbOrders,
) -> None:
    held, _ = followed(*facts.payment_authorized(saved(orders), sequence=1)[:1], TERMS)
    on_confirmation = replace(held, status=OrderStatus.AUTHORIZED, capturing=False)
    waits, _ = followed(on_confirmation, TERMS)
    kept = orders.keep(waits, (), cause("req_2"))
    assert list(orders.due(NOW + timedelta(days=6))) == []
    assert list(orders.due(NOW + timedelta(days=6, seconds=1))) == ["ord_1"]
    confirmed, messages = confirm(kept, Money(1, "KWD"))
    orders.commit(followed(confirmed, TERMS)[0], messages, cause("req_3"))
    assert list(orders.due(NOW + timedelta(days=7))) == []


def test_a_failed_order_keeps_its_code(orders: DynamoDbOrders) -> None:
    failed, messages = facts.payment_failed(saved(orders), "insufficient_funds", sequence=1)
    order = orders.commit(failed, messages, cause("req_2"))
    assert orders.find("ord_1") == order
    assert order.failure_code == "insufficient_funds"


def test_the_largest_order_is_kept(orders: DynamoDbOrders) -> None:
    lines = tuple(
        Line(sku=f"{number:04d}" + "s" * 60, quantity=1, unit_amount=Money(1, "EUR"))
        for number in range(200)
    )
    metadata = {f"{number:02d}" + "n" * 38: "\U0001f381" * 500 for number in range(50)}
    purchase = replace(PURCHASE, currency="EUR", lines=lines, metadata=metadata)
    order, messages = new(purchase)
    order = orders.commit(order, messages, cause("req_1"))
    assert orders.find("ord_1") == order


def test_a_cause_changes_an_order_once(orders: DynamoDbOrders) -> None:
    authorized, messages = facts.payment_authorized(saved(orders), sequence=1)
    changed = orders.commit(authorized, messages, cause("req_2"))
    with pytest.raises(AlreadyHandled):
        orders.commit(changed, messages, cause("req_2"))
    assert orders.find("ord_1") == changed


def test_a_change_of_an_older_order_is_refused(orders: DynamoDbOrders) -> None:
    order = saved(orders)
    authorized, messages = facts.payment_authorized(order, sequence=1)
    changed = orders.commit(authorized, messages, cause("req_2"))
    failed, _ = facts.payment_failed(order, "lost_card", sequence=1)
    with pytest.raises(StaleRow):
        orders.commit(failed, (), cause("req_3"))
    assert orders.find("ord_1") == changed


def test_the_same_order_placed_many_times_at_once_is_one_order(orders: DynamoDbOrders) -> None:
    order, messages = new()

    def attempt(number: int) -> Order:
        del number
        return place_order(order, messages, orders=orders, cause=cause("req_1"))

    placed = race(20, attempt)
    assert all(each == orders.find("ord_1") for each in placed)
    assert len(list(orders.messages("ord_1"))) == 2


def test_another_order_under_the_same_key_is_refused(orders: DynamoDbOrders) -> None:
    saved(orders)
    order, messages = new(replace(PURCHASE, customer_id="cus_2"))
    with pytest.raises(IdempotencyKeyReused):
        place_order(order, messages, orders=orders, cause=cause("req_1"))
    kept = orders.find("ord_1")
    assert kept is not None
    assert kept.purchase == PURCHASE
