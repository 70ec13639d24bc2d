"""What is left for people: one case a trouble, decided once, and what follows from the decision."""

from dataclasses import replace
from datetime import timedelta

import pytest

from orders.domain import facts
from orders.domain.case import Case, CaseStatus, Decision, resolved
from orders.domain.compensation import Compensation, CompensationStatus
from orders.domain.correction import corrected, tried_again
from orders.domain.decisions import cancel, refund
from orders.domain.errors import CaseAlreadyResolved, DecisionNotApplicable
from orders.domain.order import Order, RefundStatus
from orders.domain.states import OrderStatus
from orders.domain.undoing import Move, decided, ended, followed, sent
from shared.contracts.compensation import (
    CaseResolved,
    CompensationRequested,
    OrderCorrected,
    Reason,
    Resolution,
)
from shared.contracts.orders import OrderCancelled
from shared.contracts.payments import RefundPayment, Undoes
from tests.unit.orders.lives import (
    NOW,
    TERMS,
    authorized,
    capturing,
    eur,
    not_given_back,
    paid,
    undone,
)

CASE = Case(
    case_id="case_1",
    event="CompensationEscalated",
    code="void_failed",
    detail="",
    payment_id="pay_1",
    order_id="ord_1",
    correlation_id="c",
    opened_at=NOW,
    compensation_id="cmp_1",
)


def decision(action: Resolution) -> Decision:
    return Decision(action=action, reason="seen", actor="ada", at=NOW + timedelta(hours=1))


def told(action: Resolution) -> CaseResolved:
    return CaseResolved(
        case_id="case_1",
        compensation_id="cmp_1",
        payment_id="pay_1",
        order_id="ord_1",
        action=action,
        reason="seen",
        actor="ada",
    )


def only(order: Order) -> Compensation:
    (found,) = order.compensations
    return found


def escalated(order: Order | None = None) -> Order:
    """An order, or a cancelled one, whose hold the provider refuses to release."""
    order, _ = followed(order or cancel(authorized(), request_id="req_1")[0], TERMS)
    for _ in range(3):
        order, _ = sent(order, only(order), decided(order, only(order)), TERMS)
        order, _ = facts.void_failed(order, "void_rejected")
    return ended(order, only(order), decided(order, only(order)))[0]


def test_a_case_is_decided_once_and_told() -> None:
    done, messages = resolved(CASE, decision(Resolution.RETRY))
    assert (done.status, done.decision) == (CaseStatus.RESOLVED, decision(Resolution.RETRY))
    assert messages == (told(Resolution.RETRY),)
    with pytest.raises(CaseAlreadyResolved):
        resolved(done, decision(Resolution.ACCEPT))


def test_only_what_a_compensation_has_tried_is_tried_again() -> None:
    other = replace(CASE, compensation_id="")
    for action in (Resolution.RETRY, Resolution.CORRECT):
        with pytest.raises(DecisionNotApplicable):
            resolved(other, decision(action))
    assert resolved(other, decision(Resolution.ACCEPT))[0].status is CaseStatus.RESOLVED


def test_another_try_is_a_new_execution_that_counts_no_earlier_failure() -> None:
    order, (requested,) = tried_again(escalated(), only(escalated()))
    assert isinstance(requested, CompensationRequested)
    assert (requested.execution, only(order).status) == (2, CompensationStatus.OPEN)
    assert (only(order).failures, len(only(order).steps)) == (0, 3)
    assert decided(order, only(order)).move is Move.RELEASE_HOLD
    assert tried_again(order, only(order)) == (order, ())


def test_a_hold_that_is_gone_at_the_provider_is_corrected_by_an_event_of_its_own() -> None:
    order, messages = corrected(escalated(), only(escalated()), told(Resolution.CORRECT))
    assert order.status is OrderStatus.CANCELLED
    assert messages == (
        OrderCorrected(
            order_id="ord_1",
            payment_id="pay_1",
            case_id="case_1",
            before="cancelling",
            after="cancelled",
            reason="seen",
            actor="ada",
        ),
        OrderCancelled(order_id="ord_1", payment_id="pay_1"),
    )
    assert corrected(order, only(order), told(Resolution.CORRECT)) == (order, ())


def test_a_hold_that_a_person_took_for_gone_and_that_was_captured_has_paid_the_order() -> None:
    not_captured, _ = facts.capture_failed(capturing(), replace(undone(), undoes_capture=False))
    order = escalated(not_captured)
    order, _ = corrected(order, only(order), told(Resolution.CORRECT))
    assert order.status is OrderStatus.PAYMENT_FAILED
    order, messages = facts.capture_booked(order, eur(3998))
    assert (order.status, order.refundable, messages) == (OrderStatus.PAID, eur(3998), ())


def test_what_is_captured_of_an_order_that_a_person_took_for_over_goes_back() -> None:
    """Its booking lay in the dead letters, and the customer's money stayed."""
    cancelled, _ = cancel(capturing(), request_id="req_1")
    not_captured, _ = facts.capture_failed(cancelled, replace(undone(), undoes_capture=False))
    order = escalated(not_captured)
    order, _ = corrected(order, only(order), told(Resolution.CORRECT))
    assert order.status is OrderStatus.CANCELLED
    order, (begun,) = facts.capture_booked(order, eur(3998))
    assert isinstance(begun, CompensationRequested)
    assert (order.status, begun.reason) == (OrderStatus.PAID, Reason.ORDER_CANCELLED)
    going_back = order.compensation(begun.compensation_id)
    assert going_back is not None
    order, (command,) = sent(order, going_back, decided(order, going_back), TERMS)
    assert isinstance(command, RefundPayment)
    assert (command.amount, command.unapplied) == (eur(3998), False)


def test_a_refund_that_was_paid_by_hand_is_corrected() -> None:
    order, _ = refund(paid(), eur(1000), refund_id="ref_1", reason="returned")
    order, _ = facts.refund_failed(order, not_given_back(1000, Undoes.NOTHING))
    order, _ = ended(order, only(order), decided(order, only(order)))
    order, (event,) = corrected(order, only(order), told(Resolution.CORRECT))
    assert isinstance(event, OrderCorrected)
    assert (event.before, event.after) == ("paid", "partially_refunded")
    assert (order.refunds[0].status, order.refundable) == (RefundStatus.SUCCEEDED, eur(2998))
