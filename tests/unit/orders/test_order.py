"""What may be decided of an order, and what it makes of what it learns, in whatever order."""

from dataclasses import replace

import pytest

from orders.domain import facts
from orders.domain.decisions import cancel, confirm, pay_anew
from orders.domain.errors import (
    AmountExceedsAuthorized,
    CancellationNotPossible,
    ConfirmationNotPossible,
    RetryNotPossible,
)
from orders.domain.order import (
    CaptureMode,
    Line,
    Order,
)
from orders.domain.states import OrderStatus
from shared.contracts.orders import OrderCancelled, OrderConfirmed, OrderPlaced
from shared.contracts.payments import CapturePayment
from shared.errors.taxonomy import AmountTooLarge
from tests.unit.orders.lives import (
    AUTHORIZE,
    BOOKS,
    PURCHASE,
    authorized,
    begun,
    capturing,
    change,
    eur,
    failed,
    paid,
    placed,
    undone,
)


def test_a_placed_order_asks_for_the_authorization_of_its_sum() -> None:
    order, messages = change()
    assert (order.status, order.amount) == (OrderStatus.PENDING, eur(3998))
    assert messages == (
        OrderPlaced(order_id="ord_1", customer_id="cus_1", payment_id="pay_1", amount=eur(3998)),
        AUTHORIZE,
    )


def test_a_sum_that_json_cannot_keep_exactly_is_refused() -> None:
    largest = Line(sku="yacht", quantity=1, unit_amount=eur(2**53 - 1))
    assert placed(replace(PURCHASE, lines=(largest,))).amount == eur(9007199254740991)
    with pytest.raises(AmountTooLarge):
        placed(replace(PURCHASE, lines=(largest, BOOKS)))


def test_a_confirmed_order_asks_for_the_capture() -> None:
    order, messages = confirm(authorized(), eur(3998))
    assert order.status is OrderStatus.CAPTURING
    assert messages == (
        OrderConfirmed(order_id="ord_1", payment_id="pay_1", amount=eur(3998)),
        CapturePayment(
            idempotency_key="ord_1-capture-1",
            payment_id="pay_1",
            order_id="ord_1",
            amount=eur(3998),
        ),
    )


def test_an_order_is_paid_when_its_capture_is_in_the_books() -> None:
    order, messages = facts.capture_booked(capturing(), eur(3998))
    assert (order.status, order.captured, messages) == (OrderStatus.PAID, eur(3998), ())


def test_an_order_with_automatic_capture_is_confirmed_by_its_authorization() -> None:
    automatic = placed(replace(PURCHASE, capture=CaptureMode.AUTOMATIC))
    order, messages = facts.payment_authorized(automatic, sequence=1)
    assert order.status is OrderStatus.CAPTURING
    assert [type(message) for message in messages] == [OrderConfirmed, CapturePayment]


def test_a_declined_order_says_why_and_can_be_paid_anew() -> None:
    assert failed().status is OrderStatus.PAYMENT_FAILED
    assert failed().failure_code == "insufficient_funds"
    order, messages = pay_anew(failed(), "tok_other")
    assert (order.status, order.failure_code) == (OrderStatus.PENDING, None)
    assert messages == (
        replace(AUTHORIZE, idempotency_key="ord_1-authorize-2", payment_method_token="tok_other"),
    )
    assert order.purchase == PURCHASE


def test_a_failed_capture_gives_the_hold_back_and_the_order_can_be_paid_anew() -> None:
    refused = replace(undone(), undoes_capture=False)
    order, messages = facts.capture_failed(capturing(), refused)
    assert (order.status, order.failure_code) == (OrderStatus.CANCELLING, "capture_rejected")
    assert [(each.reason, each.execution) for each in begun(messages)] == [("capture_failed", 1)]
    released, told = facts.payment_voided(order, sequence=2)
    assert (released.status, told) == (OrderStatus.PAYMENT_FAILED, ())
    again, messages = pay_anew(released, "tok_other")
    assert (again.status, again.release_wanted) == (OrderStatus.PENDING, False)
    held, _ = facts.payment_authorized(again, sequence=3)
    command = confirm(held, eur(1000))[1][1]
    assert isinstance(command, CapturePayment)
    assert command.idempotency_key == "ord_1-capture-2"


@pytest.mark.parametrize("undone_first", [True, False])
def test_a_capture_that_is_undone_reopens_the_order_whichever_is_heard_first(
    undone_first: bool,
) -> None:
    if undone_first:
        order, _ = facts.capture_failed(capturing(), undone())
        order, _ = facts.capture_booked(order, eur(3998))
    else:
        order, _ = facts.capture_failed(paid(), undone())
    assert (order.status, order.captured) == (OrderStatus.AUTHORIZED, eur(0))
    assert not order.capturing


def test_no_more_than_the_order_is_captured() -> None:
    with pytest.raises(AmountExceedsAuthorized):
        confirm(authorized(), eur(3999))


@pytest.mark.parametrize("order", [placed(), failed(), capturing(), paid()])
def test_only_an_authorized_order_is_confirmed(order: Order) -> None:
    with pytest.raises(ConfirmationNotPossible):
        confirm(order, eur(1))


@pytest.mark.parametrize("order", [placed(), authorized()])
def test_a_cancelled_order_waits_until_the_hold_is_given_back(order: Order) -> None:
    cancelling, messages = cancel(order, request_id="req_1")
    assert cancelling.status is OrderStatus.CANCELLING
    assert [each.reason for each in begun(messages)] == ["order_cancelled"]
    cancelled, events = facts.payment_voided(cancelling, sequence=5)
    assert cancelled.status is OrderStatus.CANCELLED
    assert events == (OrderCancelled(order_id="ord_1", payment_id="pay_1"),)


def test_an_order_that_is_being_captured_can_be_cancelled_once() -> None:
    order, messages = cancel(capturing(), request_id="req_1")
    assert (order.status, len(begun(messages))) == (OrderStatus.CAPTURING, 1)
    with pytest.raises(CancellationNotPossible):
        cancel(order, request_id="req_2")
    won, _ = facts.capture_booked(order, eur(3998))
    assert won.status is OrderStatus.PAID
    lost, _ = facts.capture_failed(order, replace(undone(), undoes_capture=False))
    assert lost.status is OrderStatus.CANCELLING


def test_an_order_without_money_is_cancelled_at_once() -> None:
    order, messages = cancel(failed(), request_id="req_1")
    assert order.status is OrderStatus.CANCELLED
    assert messages == (OrderCancelled(order_id="ord_1", payment_id="pay_1"),)


@pytest.mark.parametrize(
    "order", [paid(), cancel(failed(), request_id="r")[0], cancel(placed(), request_id="r")[0]]
)
def test_an_order_is_not_cancelled_once_it_is_captured(order: Order) -> None:
    with pytest.raises(CancellationNotPossible):
        cancel(order, request_id="req_1")


def test_an_expired_hold_is_never_treated_as_paid() -> None:
    order, _ = facts.authorization_expired(authorized(), sequence=2)
    assert order.status is OrderStatus.PAYMENT_FAILED
    assert order.failure_code == "authorization_expired"
    with pytest.raises(ConfirmationNotPossible):
        confirm(order, eur(3998))


def test_an_old_word_that_comes_late_says_nothing_new() -> None:
    order, _ = facts.authorization_expired(placed(), sequence=2)
    assert facts.payment_authorized(order, sequence=1) == (order, ())
    retried, _ = pay_anew(order, "tok_other")
    assert facts.payment_failed(retried, "late", sequence=2) == (retried, ())


@pytest.mark.parametrize("order", [placed(), authorized(), paid()])
def test_only_a_failed_order_is_paid_anew(order: Order) -> None:
    with pytest.raises(RetryNotPossible):
        pay_anew(order, "tok_other")
