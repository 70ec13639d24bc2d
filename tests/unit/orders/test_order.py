"""What an order does with each fact, and what it refuses."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from orders.domain.errors import AmountExceedsAuthorized
from orders.domain.order import CaptureMode, Line, Order, OrderStatus, Purchase, place
from shared.contracts.orders import OrderConfirmed, OrderPlaced
from shared.contracts.payments import AuthorizePayment, CapturePayment
from shared.errors.taxonomy import AmountTooLarge, InvalidTransition
from shared.money import Money

NOW = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
BOOKS = Line(sku="book", quantity=2, unit_amount=Money(1999, "EUR"))
PURCHASE = Purchase(
    customer_id="cus_1", currency="EUR", lines=(BOOKS,), payment_method_token="tok_visa"
)


def placed(purchase: Purchase = PURCHASE) -> Order:
    order, _ = place(purchase, order_id="ord_1", payment_id="pay_1", correlation_id="c", now=NOW)
    return order


def authorized() -> Order:
    order, _ = placed().payment_authorized()
    return order


def test_a_placed_order_asks_for_the_authorization_of_its_sum() -> None:
    order, messages = place(
        PURCHASE, order_id="ord_1", payment_id="pay_1", correlation_id="c", now=NOW
    )
    assert order.status is OrderStatus.PENDING
    assert order.amount == Money(3998, "EUR")
    assert messages == (
        OrderPlaced(
            order_id="ord_1", customer_id="cus_1", payment_id="pay_1", amount=Money(3998, "EUR")
        ),
        AuthorizePayment(
            idempotency_key="ord_1-authorize-1",
            payment_id="pay_1",
            order_id="ord_1",
            amount=Money(3998, "EUR"),
            payment_method_token="tok_visa",
        ),
    )


def test_a_sum_that_json_cannot_keep_exactly_is_refused() -> None:
    largest = Line(sku="yacht", quantity=1, unit_amount=Money(2**53 - 1, "EUR"))
    assert placed(replace(PURCHASE, lines=(largest,))).amount == Money(9007199254740991, "EUR")
    with pytest.raises(AmountTooLarge):
        placed(replace(PURCHASE, lines=(largest, BOOKS)))


def test_a_confirmed_order_asks_for_the_capture() -> None:
    order, messages = authorized().confirm(Money(3998, "EUR"))
    assert order.status is OrderStatus.CAPTURING
    assert messages == (
        OrderConfirmed(order_id="ord_1", payment_id="pay_1", amount=Money(3998, "EUR")),
        CapturePayment(
            idempotency_key="ord_1-capture-1",
            payment_id="pay_1",
            order_id="ord_1",
            amount=Money(3998, "EUR"),
        ),
    )


def test_an_order_is_paid_when_its_capture_is_in_the_books() -> None:
    capturing, _ = authorized().confirm(Money(3998, "EUR"))
    order, messages = capturing.capture_booked(Money(3998, "EUR"))
    assert (order.status, order.captured, messages) == (OrderStatus.PAID, Money(3998, "EUR"), ())


def test_an_order_with_automatic_capture_is_confirmed_by_its_authorization() -> None:
    automatic = placed(replace(PURCHASE, capture=CaptureMode.AUTOMATIC))
    order, messages = automatic.payment_authorized()
    assert order.status is OrderStatus.CAPTURING
    assert [type(message) for message in messages] == [OrderConfirmed, CapturePayment]


def test_a_declined_order_says_why() -> None:
    order, messages = placed().payment_failed("insufficient_funds")
    assert order.status is OrderStatus.PAYMENT_FAILED
    assert (order.failure_code, messages) == ("insufficient_funds", ())


def test_an_order_can_be_confirmed_again_after_a_failed_capture_with_a_new_key() -> None:
    capturing, _ = authorized().confirm(Money(3998, "EUR"))
    failed, _ = capturing.capture_failed("capture_rejected")
    assert (failed.status, failed.failure_code) == (OrderStatus.AUTHORIZED, "capture_rejected")
    again, messages = failed.confirm(Money(1000, "EUR"))
    assert again.failure_code is None
    assert messages[1] == CapturePayment(
        idempotency_key="ord_1-capture-2",
        payment_id="pay_1",
        order_id="ord_1",
        amount=Money(1000, "EUR"),
    )


def test_no_more_than_the_order_is_captured() -> None:
    with pytest.raises(AmountExceedsAuthorized):
        authorized().confirm(Money(3999, "EUR"))


@pytest.mark.parametrize("order", [placed(), placed().payment_failed("lost_card")[0]])
def test_only_an_authorized_order_is_confirmed(order: Order) -> None:
    with pytest.raises(InvalidTransition):
        order.confirm(Money(1, "EUR"))


def test_a_paid_order_is_not_paid_again() -> None:
    capturing, _ = authorized().confirm(Money(3998, "EUR"))
    paid, _ = capturing.capture_booked(Money(3998, "EUR"))
    with pytest.raises(InvalidTransition):
        paid.capture_booked(Money(3998, "EUR"))
    with pytest.raises(InvalidTransition):
        paid.payment_failed("late")
