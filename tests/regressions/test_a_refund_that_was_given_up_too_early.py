"""Found by the simulator, when the provider knew of a refund only a day after it was made."""

from dataclasses import replace
from itertools import permutations

import pytest

from orders.domain import facts
from orders.domain.compensation import Compensation, CompensationStatus, replacing
from orders.domain.decisions import Change, refund
from orders.domain.order import Order, RefundStatus
from orders.domain.states import OrderStatus
from orders.domain.undoing import COMPLETE, decided, ended
from shared.contracts.payments import PaymentRefunded, RefundFailed, Undoes
from tests.simulation.crashes import killed
from tests.simulation.upsets import life_called
from tests.unit.orders.lives import begun, eur, given_back, not_given_back, paid

GIVEN_UP = not_given_back(1000, Undoes.REQUEST)
MADE = given_back(1000)
CAME_BACK = not_given_back(1000, Undoes.REFUND)


def after(*events: PaymentRefunded | RefundFailed) -> Order:
    order, _ = refund(paid(), eur(1000), refund_id="ref_1", reason="returned")
    for event in events:
        order, _ = told(order, event)
    return order


def told(order: Order, event: PaymentRefunded | RefundFailed) -> Change:
    if isinstance(event, PaymentRefunded):
        return facts.refunded(order, event)
    return facts.refund_failed(order, event)


@pytest.mark.parametrize("events", list(permutations((GIVEN_UP, MADE))))
def test_it_is_made_whichever_is_heard_first(events: tuple[RefundFailed, PaymentRefunded]) -> None:
    order = after(*events)
    assert [each.status for each in order.refunds] == [RefundStatus.SUCCEEDED]
    assert (order.refunded, order.refundable) == (eur(1000), eur(2998))
    assert order.status is OrderStatus.PARTIALLY_REFUNDED


@pytest.mark.parametrize("events", list(permutations((GIVEN_UP, MADE, CAME_BACK))))
def test_it_has_failed_when_it_came_back_in_whatever_order_that_is_heard(
    events: tuple[RefundFailed | PaymentRefunded, ...],
) -> None:
    order = after(*events)
    assert [each.status for each in order.refunds] == [RefundStatus.FAILED]
    assert (order.refunded, order.status) == (eur(0), OrderStatus.PAID)
    (compensation,) = order.compensations
    assert compensation.is_open


def test_nobody_has_to_decide_on_what_was_made_after_all() -> None:
    order, _ = facts.reversal_booked(after(GIVEN_UP, MADE), "ref_1")
    (compensation,) = order.compensations
    assert decided(order, compensation) == COMPLETE


def test_a_person_is_told_when_what_had_ended_well_comes_back() -> None:
    order = after(GIVEN_UP, MADE)
    (compensation,) = order.compensations
    order, _ = ended(order, compensation, COMPLETE)
    order, messages = told(order, CAME_BACK)
    (again,) = order.compensations
    assert (again.is_open, again.execution, again.in_books) == (True, 2, True)
    assert [each.execution for each in begun(messages)] == [2]


def test_one_that_waits_for_a_person_waits_on_when_it_comes_back() -> None:
    order = after(GIVEN_UP)
    (compensation,) = order.compensations
    left = compensation.ended(CompensationStatus.ESCALATED, "refund_failed")
    order = _with(order, left)
    for event in (MADE, CAME_BACK):
        order, messages = told(order, event)
        assert begun(messages) == []
    assert order.compensations == (left,)


def _with(order: Order, changed: Compensation) -> Order:
    return replace(order, compensations=replacing(order.compensations, changed))


@pytest.mark.parametrize(
    "name",
    [
        "a refund comes after it was given up, and comes back",
        "a refund is made that nobody hears of until a person has looked",
    ],
)
def test_the_order_says_what_became_of_it(name: str) -> None:
    assert killed(life_called(name)).findings == ()
