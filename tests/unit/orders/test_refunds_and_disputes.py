"""Giving money back: reserved first, never more than is there, and right in whatever order."""

import pytest

from orders.domain import facts
from orders.domain.decisions import refund
from orders.domain.errors import (
    AmountExceedsPaid,
    RefundNotPossible,
    RefundsExhausted,
)
from orders.domain.order import (
    REFUNDS_MAX,
    DisputeStatus,
    Order,
    RefundStatus,
)
from orders.domain.states import OrderStatus
from shared.contracts.payments import (
    RefundPayment,
    Undoes,
)
from tests.unit.orders.lives import (
    authorized,
    capturing,
    eur,
    failed,
    given_back,
    not_given_back,
    paid,
    placed,
)


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
