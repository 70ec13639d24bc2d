"""What a person knew of a hold is told by payments later, and is no news of the next one."""

from dataclasses import replace

import pytest

from orders.domain import facts
from orders.domain.correction import let_go_by_hand
from orders.domain.decisions import pay_anew
from orders.domain.errors import RetryNotPossible
from orders.domain.order import Hold, Order
from orders.domain.states import OrderStatus
from orders.infrastructure.order_rows import from_row, to_row
from tests.unit.orders.lives import authorized


def taken_for_gone() -> Order:
    """Its capture failed, its void was refused, and a person has found that nothing is held."""
    giving_up = replace(authorized(), status=OrderStatus.CANCELLING, release_wanted=True)
    order, _ = let_go_by_hand(giving_up)
    assert (order.status, order.hold) == (OrderStatus.PAYMENT_FAILED, Hold.RELEASED)
    return order


def test_an_order_is_not_paid_anew_before_its_payment_knows_that_nothing_is_held() -> None:
    """The end of the first hold came when the second one was awaited, and was taken for its end:
    the money was held for a week beside an order whose payment had failed."""
    with pytest.raises(RetryNotPossible):
        pay_anew(taken_for_gone(), "tok_other")


@pytest.mark.parametrize("told", [facts.authorization_expired, facts.payment_voided])
def test_it_is_paid_anew_when_that_was_told_and_the_next_hold_counts(told: object) -> None:
    order, messages = told(taken_for_gone(), sequence=2)  # type: ignore[operator]
    assert (order.status, messages) == (OrderStatus.PAYMENT_FAILED, ())
    retried, _ = pay_anew(order, "tok_other")
    assert told(retried, sequence=2) == (retried, ())  # type: ignore[operator]
    held, _ = facts.payment_authorized(retried, sequence=3)
    assert (held.status, held.hold_sequence) == (OrderStatus.AUTHORIZED, 3)


def test_what_a_person_knew_is_kept_with_the_order() -> None:
    row = {**to_row(taken_for_gone()), "version": 1, "sequence": 1, "correlation_id": "cor_1"}
    assert from_row(row).by_hand
    del row["by_hand"]  # as it was written before anybody asked
    assert not from_row(row).by_hand
