"""A refund of "everything" when all was asked back already ended as an error of ours (HTTP 500).

An order stays paid while its refunds are under way, and the amount that is left may be zero, or
less than zero after a dispute. The assertion that an amount is positive met the caller's request.
"""

import pytest

from orders.domain.decisions import refund
from orders.domain.errors import AmountExceedsPaid
from tests.unit.orders.lives import eur, paid


def test_everything_is_refunded_once_and_then_nothing_is_left() -> None:
    order, _ = refund(paid(), eur(3998), refund_id="ref_1", reason="returned")
    assert order.refundable == eur(0)
    with pytest.raises(AmountExceedsPaid):
        refund(order, order.refundable, refund_id="ref_2", reason="returned")
    assert order.refundable == eur(0)


def test_less_than_nothing_is_not_refunded() -> None:
    with pytest.raises(AmountExceedsPaid):
        refund(paid(), eur(-1), refund_id="ref_1", reason="returned")
