"""What may be decided of an order, and what it makes of what it learns, in whatever order."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from orders.domain import facts
from orders.domain.decisions import Change, cancel, confirm, pay_anew, place, refund
from orders.domain.errors import (
    AmountExceedsAuthorized,
    AmountExceedsPaid,
    CancellationNotPossible,
    ConfirmationNotPossible,
    RefundNotPossible,
    RefundsExhausted,
    RetryNotPossible,
)
from orders.domain.order import (
    REFUNDS_MAX,
    CaptureMode,
    DisputeStatus,
    Line,
    Order,
    Purchase,
    RefundStatus,
)
from orders.domain.states import OrderStatus
from shared.contracts.orders import OrderCancelled, OrderConfirmed, OrderPlaced
from shared.contracts.payments import (
    AuthorizePayment,
    CancelPayment,
    CaptureFailed,
    CapturePayment,
    PaymentRefunded,
    RefundFailed,
    RefundPayment,
    Undoes,
)
from shared.errors.taxonomy import AmountTooLarge
from shared.money import Money

NOW = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)


def eur(minor: int) -> Money:
    return Money(minor, "EUR")


BOOKS = Line(sku="book", quantity=2, unit_amount=eur(1999))
PURCHASE = Purchase(
    customer_id="cus_1", currency="EUR", lines=(BOOKS,), payment_method_token="tok_visa"
)
AUTHORIZE = AuthorizePayment(
    idempotency_key="ord_1-authorize-1",
    payment_id="pay_1",
    order_id="ord_1",
    amount=eur(3998),
    payment_method_token="tok_visa",
)


def change(purchase: Purchase = PURCHASE) -> Change:
    return place(purchase, order_id="ord_1", payment_id="pay_1", correlation_id="c", now=NOW)


def placed(purchase: Purchase = PURCHASE) -> Order:
    return change(purchase)[0]


def authorized() -> Order:
    return facts.payment_authorized(placed(), sequence=1)[0]


def capturing() -> Order:
    return confirm(authorized(), eur(3998))[0]


def paid() -> Order:
    return facts.capture_booked(capturing(), eur(3998))[0]


def failed() -> Order:
    return facts.payment_failed(placed(), "insufficient_funds", sequence=1)[0]


def undone(minor: int = 3998) -> CaptureFailed:
    return CaptureFailed(
        payment_id="pay_1",
        order_id="ord_1",
        amount=eur(minor),
        code="capture_rejected",
        capture_id="pay_1-capture-1",
        undoes_capture=True,
    )


def given_back(minor: int, refund_id: str = "ref_1") -> PaymentRefunded:
    return PaymentRefunded(
        payment_id="pay_1",
        order_id="ord_1",
        refund_id=refund_id,
        amount=eur(minor),
        refunded=eur(minor),
        provider="sandbox",
        provider_reference="sbx_op_3",
    )


def not_given_back(minor: int, undoes: Undoes, refund_id: str = "ref_1") -> RefundFailed:
    return RefundFailed(
        payment_id="pay_1",
        order_id="ord_1",
        refund_id=refund_id,
        amount=eur(minor),
        code="refund_rejected",
        undoes=undoes,
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


def test_an_order_can_be_confirmed_again_after_a_failed_capture_with_a_new_key() -> None:
    refused = replace(undone(), undoes_capture=False)
    order, _ = facts.capture_failed(capturing(), refused)
    assert (order.status, order.failure_code) == (OrderStatus.AUTHORIZED, "capture_rejected")
    again, messages = confirm(order, eur(1000))
    assert again.failure_code is None
    command = messages[1]
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
    assert messages == (
        CancelPayment(
            idempotency_key="ord_1-cancel-req_1",
            payment_id="pay_1",
            order_id="ord_1",
            reason="order cancelled",
        ),
    )
    cancelled, events = facts.payment_voided(cancelling, sequence=5)
    assert cancelled.status is OrderStatus.CANCELLED
    assert events == (OrderCancelled(order_id="ord_1", payment_id="pay_1"),)


def test_an_order_without_money_is_cancelled_at_once() -> None:
    order, messages = cancel(failed(), request_id="req_1")
    assert order.status is OrderStatus.CANCELLED
    assert messages == (OrderCancelled(order_id="ord_1", payment_id="pay_1"),)


@pytest.mark.parametrize("order", [capturing(), paid(), cancel(failed(), request_id="r")[0]])
def test_an_order_is_not_cancelled_once_it_is_captured(order: Order) -> None:
    with pytest.raises(CancellationNotPossible):
        cancel(order, request_id="req_1")


def test_a_void_that_fails_leaves_the_order_authorized() -> None:
    cancelling, _ = cancel(authorized(), request_id="req_1")
    order, _ = facts.void_failed(cancelling, "void_rejected")
    assert (order.status, order.failure_code) == (OrderStatus.AUTHORIZED, "void_rejected")
    assert cancel(order, request_id="req_2")[0].status is OrderStatus.CANCELLING


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


def test_a_refund_is_reserved_before_payments_hears_of_it() -> None:
    order, messages = refund(paid(), eur(1000), refund_id="ref_1", reason="returned")
    assert (order.refunding, order.refundable) == (eur(1000), eur(2998))
    assert messages == (
        RefundPayment(
            idempotency_key="ref_1",
            payment_id="pay_1",
            order_id="ord_1",
            refund_id="ref_1",
            amount=eur(1000),
            reason="returned",
        ),
    )
    with pytest.raises(AmountExceedsPaid):
        refund(order, eur(2999), refund_id="ref_2", reason="returned")


def test_refunds_move_the_order_to_refunded() -> None:
    first, _ = refund(paid(), eur(1000), refund_id="ref_1", reason="returned")
    second, _ = refund(first, eur(2998), refund_id="ref_2", reason="returned")
    part, _ = facts.refunded(second, given_back(1000))
    assert part.status is OrderStatus.PARTIALLY_REFUNDED
    whole, _ = facts.refunded(part, given_back(2998, "ref_2"))
    assert (whole.status, whole.refunded) == (OrderStatus.REFUNDED, eur(3998))


@pytest.mark.parametrize("failed_first", [True, False])
def test_a_refund_that_fails_days_later_has_failed_whichever_is_heard_first(
    failed_first: bool,
) -> None:
    order, _ = refund(paid(), eur(1000), refund_id="ref_1", reason="returned")
    if failed_first:
        order, _ = facts.refund_failed(order, not_given_back(1000, Undoes.REFUND))
        order, _ = facts.refunded(order, given_back(1000))
    else:
        order, _ = facts.refunded(order, given_back(1000))
        order, _ = facts.refund_failed(order, not_given_back(1000, Undoes.REFUND))
    assert (order.status, order.refundable) == (OrderStatus.PAID, eur(3998))
    assert order.refunds[0].status is RefundStatus.FAILED


@pytest.mark.parametrize("order", [placed(), authorized(), capturing(), failed()])
def test_only_a_paid_order_is_refunded(order: Order) -> None:
    with pytest.raises(RefundNotPossible):
        refund(order, eur(1), refund_id="ref_1", reason="returned")


def test_a_disputed_amount_is_not_refunded() -> None:
    order, _ = facts.dispute_told(paid(), "dp_1", eur(3000), DisputeStatus.OPENED)
    assert (order.status, order.refundable) == (OrderStatus.DISPUTED, eur(998))
    with pytest.raises(AmountExceedsPaid):
        refund(order, eur(999), refund_id="ref_1", reason="returned")
    won, _ = facts.dispute_told(order, "dp_1", eur(3000), DisputeStatus.WON)
    assert (won.status, won.refundable) == (OrderStatus.PAID, eur(3998))


def test_an_end_heard_of_before_the_opening_stays_the_end() -> None:
    order, _ = facts.dispute_told(paid(), "dp_1", eur(3000), DisputeStatus.WON)
    again, _ = facts.dispute_told(order, "dp_1", eur(3000), DisputeStatus.OPENED)
    assert again == order
    assert order.status is OrderStatus.PAID


def test_the_number_of_refunds_is_bounded() -> None:
    order = paid()
    for number in range(REFUNDS_MAX):
        order, _ = refund(order, eur(1), refund_id=f"ref_{number}", reason="x")
    with pytest.raises(RefundsExhausted):
        refund(order, eur(1), refund_id="ref_x", reason="x")


@pytest.mark.parametrize("order", [placed(), authorized(), paid()])
def test_only_a_failed_order_is_paid_anew(order: Order) -> None:
    with pytest.raises(RetryNotPossible):
        pay_anew(order, "tok_other")
