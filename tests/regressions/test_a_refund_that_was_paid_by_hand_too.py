"""A refund that a person has paid, and the provider makes it after all: somebody is told."""

from typing import Any

import pytest

from orders.domain import facts
from orders.domain.compensation import CompensationStatus
from orders.domain.correction import refunded_by_hand
from orders.domain.decisions import Change, cancel, refund
from orders.domain.order import Order, RefundStatus
from orders.domain.states import OrderStatus
from orders.domain.undoing import Decision, Move, decided, ended, sent
from orders.infrastructure.order_rows import from_row, to_row
from shared.contracts.compensation import CompensationRequested, Reason
from shared.contracts.payments import RefundPayment, Undoes
from tests.unit.orders.lives import TERMS, capturing, eur, given_back, not_given_back, paid

TELL = Decision(Move.ESCALATE, "refunded_twice")


def given_up() -> Order:
    """Of 39.98, 10.00 are to be refunded; the provider knows of none, and a person is told."""
    order, _ = refund(paid(), eur(1000), refund_id="ref_1", reason="returned")
    order, _ = facts.refund_failed(order, not_given_back(1000, Undoes.NOTHING))
    (left,) = order.compensations
    return ended(order, left, decided(order, left))[0]


def twice(change: Change) -> Order:
    """The order as it is told: one more compensation, which a person has to decide."""
    order, (requested,) = change
    assert isinstance(requested, CompensationRequested)
    assert requested.reason is Reason.REFUNDED_TWICE
    begun = order.compensation(requested.compensation_id)
    assert begun is not None
    assert (begun.amount, decided(order, begun)) == (eur(1000), TELL)
    return order


@pytest.mark.parametrize("by_hand_first", [True, False])
def test_a_refund_that_was_paid_by_hand_and_made_is_told_whichever_is_heard_of_first(
    by_hand_first: bool,
) -> None:
    """The customer had the money twice, and nobody was told."""
    order = given_up()
    if by_hand_first:
        order, messages = refunded_by_hand(order, "ref_1")
        assert messages == ()
        order = twice(facts.refunded(order, given_back(1000)))
    else:
        order, messages = facts.refunded(order, given_back(1000))
        assert messages == ()
        order = twice(refunded_by_hand(order, "ref_1"))
    assert (order.status, order.refunded) == (OrderStatus.PARTIALLY_REFUNDED, eur(1000))
    assert facts.refunded(order, given_back(1000)) == (order, ())
    assert refunded_by_hand(order, "ref_1") == (order, ())


def test_what_came_back_was_not_given_twice() -> None:
    order, _ = refunded_by_hand(given_up(), "ref_1")
    order = twice(facts.refunded(order, given_back(1000)))
    order, messages = facts.refund_failed(order, not_given_back(1000, Undoes.REFUND))
    assert messages == ()
    assert decided(order, order.compensations[-1]).move is Move.COMPLETE
    assert (order.refunds[0].status, order.refundable) == (RefundStatus.SUCCEEDED, eur(2998))


def test_of_a_refund_that_came_back_and_was_paid_by_hand_no_older_word_is_news() -> None:
    order, _ = refunded_by_hand(given_up(), "ref_1")
    order, messages = facts.refund_failed(order, not_given_back(1000, Undoes.REFUND))
    assert (messages, order.refundable) == ((), eur(2998))
    assert facts.refunded(order, given_back(1000)) == (order, ())


def escalated_without_an_outcome() -> Order:
    """Its cancel lost the race, and nothing is heard of the refund that undoes it."""
    order, _ = cancel(capturing(), request_id="req_1")
    order, _ = facts.capture_booked(order, eur(3998))
    (undoing,) = order.compensations
    order, (command,) = sent(order, undoing, decided(order, undoing), TERMS)
    assert isinstance(command, RefundPayment)
    left = order.compensations[0]
    return ended(order, left, Decision(Move.ESCALATE, "no_outcome"))[0]


def test_what_is_paid_by_hand_while_nothing_is_known_counts_when_the_provider_refuses_it() -> None:
    """A person's word was forgotten, and the order said that its refund had failed."""
    order = escalated_without_an_outcome()
    name = order.refunds[0].refund_id
    order, messages = refunded_by_hand(order, name)
    assert (messages, order.refunding) == ((), eur(3998))
    order, messages = facts.refund_failed(order, not_given_back(3998, Undoes.REQUEST, name))
    assert (messages, order.status) == ((), OrderStatus.REFUNDED)
    assert order.compensations[0].status is CompensationStatus.ESCALATED


def test_an_earlier_try_that_succeeds_beside_the_last_which_was_paid_by_hand_is_told() -> None:
    order, _ = cancel(capturing(), request_id="req_1")
    order, _ = facts.capture_booked(order, eur(3998))
    names = []
    for _ in range(3):
        order, _ = sent(
            order, order.compensations[0], decided(order, order.compensations[0]), TERMS
        )
        names.append(order.refunds[-1].refund_id)
        order, _ = facts.refund_failed(order, not_given_back(3998, Undoes.REQUEST, names[-1]))
    order, _ = ended(order, order.compensations[0], Decision(Move.ESCALATE, "refund_failed"))
    order, _ = refunded_by_hand(order, names[2])
    order, (requested,) = facts.refunded(order, given_back(3998, names[0]))
    assert isinstance(requested, CompensationRequested)
    assert (requested.reason, order.status) == (Reason.REFUNDED_TWICE, OrderStatus.REFUNDED)


def test_what_a_person_has_paid_is_kept_with_the_order() -> None:
    order, _ = refunded_by_hand(given_up(), "ref_1")
    row: dict[str, Any] = dict(to_row(order))
    row |= {"version": 1, "sequence": 1, "correlation_id": "cor_1"}
    assert from_row(row).refunds[0].by_hand
    (kept,) = row["refunds"]
    del kept["by_hand"]  # as it was written before anybody asked
    assert not from_row(row).refunds[0].by_hand
