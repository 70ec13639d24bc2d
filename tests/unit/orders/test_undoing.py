"""How each failure is undone: which move follows from which facts, and what is never done."""

from dataclasses import replace
from datetime import timedelta

import pytest

from orders.domain import facts
from orders.domain.compensation import Compensation, CompensationStatus
from orders.domain.decisions import Change, cancel, refund
from orders.domain.order import Order, RefundStatus
from orders.domain.states import OrderStatus
from orders.domain.undoing import Decision, Move, attended, decided, ended, followed, sent, waiting
from shared.contracts.compensation import (
    Action,
    CompensationAdvanced,
    CompensationCompleted,
    CompensationEscalated,
    CompensationRequested,
    Outcome,
    Reason,
)
from shared.contracts.late import CaptureUnapplied
from shared.contracts.payments import (
    CancelPayment,
    RefundPayment,
    Undoes,
)
from tests.unit.orders.lives import (
    NOW,
    TERMS,
    authorized,
    capturing,
    eur,
    given_back,
    not_given_back,
    paid,
    placed,
    undone,
)

NOT_CAPTURED = replace(undone(), undoes_capture=False)
LATE = CaptureUnapplied(
    payment_id="pay_1", order_id="ord_1", capture_id="pay_1-capture-1", amount=eur(3998)
)
WAIT = Decision(Move.WAIT)
COMPLETE = Decision(Move.COMPLETE)
RELEASE = Decision(Move.RELEASE_HOLD)


def only(order: Order) -> Compensation:
    (found,) = order.compensations
    return found


def move(order: Order) -> Decision:
    return decided(order, only(order))


def carried_on(order: Order) -> Change:
    """With the command that the only compensation's next move sends."""
    return sent(order, only(order), move(order), TERMS)


def not_captured() -> Order:
    return facts.capture_failed(capturing(), NOT_CAPTURED)[0]


def test_a_failed_capture_releases_the_hold_once_and_completes_when_it_is_gone() -> None:
    order, messages = carried_on(not_captured())
    name = f"{only(order).compensation_id}-release-hold-1"
    assert messages == (
        CancelPayment(
            idempotency_key=name, payment_id="pay_1", order_id="ord_1", reason="capture_failed"
        ),
    )
    assert move(order) == WAIT
    assert carried_on(order) == (order, ())
    released, _ = facts.payment_voided(order, sequence=2)
    assert (released.status, move(released)) == (OrderStatus.PAYMENT_FAILED, COMPLETE)
    assert only(released).steps[0].outcome is Outcome.SUCCEEDED


def test_a_capture_that_came_after_all_leaves_nothing_to_undo() -> None:
    order, _ = facts.capture_booked(not_captured(), eur(3998))
    assert (order.status, move(order)) == (OrderStatus.PAID, COMPLETE)


@pytest.mark.parametrize("order", [placed(), authorized()])
def test_a_cancelled_order_has_its_hold_released(order: Order) -> None:
    cancelled, _ = cancel(order, request_id="req_1")
    assert move(cancelled) == RELEASE


def test_nothing_is_done_while_a_capture_is_not_decided() -> None:
    order, _ = cancel(capturing(), request_id="req_1")
    assert move(order) == WAIT


def test_a_cancel_that_lost_the_race_refunds_what_was_captured() -> None:
    order, _ = cancel(capturing(), request_id="req_1")
    won, _ = facts.capture_booked(order, eur(3998))
    assert move(won) == Decision(Move.REFUND, amount=eur(3998))
    asked, messages = carried_on(won)
    name = f"{only(asked).compensation_id}-refund-1"
    assert messages == (
        RefundPayment(
            idempotency_key=name,
            payment_id="pay_1",
            order_id="ord_1",
            refund_id=name,
            amount=eur(3998),
            reason="order_cancelled",
        ),
    )
    assert (asked.refunding, move(asked)) == (eur(3998), WAIT)
    back, _ = facts.refunded(asked, given_back(3998, name))
    assert (back.status, move(back)) == (OrderStatus.REFUNDED, COMPLETE)


def test_a_cancel_that_won_the_race_releases_the_hold() -> None:
    order, _ = cancel(capturing(), request_id="req_1")
    lost, messages = facts.capture_failed(order, NOT_CAPTURED)
    assert (lost.status, move(lost)) == (OrderStatus.CANCELLING, RELEASE)
    assert messages == ()


def test_money_that_came_late_is_refunded_without_touching_the_order() -> None:
    gone, _ = facts.payment_voided(not_captured(), sequence=2)
    order, messages = facts.captured_late(gone, LATE)
    late = order.compensations[-1]
    assert [type(each) for each in messages] == [CompensationRequested]
    assert decided(order, late) == Decision(Move.REFUND, amount=eur(3998))
    asked, (command,) = sent(order, late, decided(order, late), TERMS)
    assert isinstance(command, RefundPayment)
    assert command.unapplied
    assert (asked.status, asked.refunding) == (OrderStatus.PAYMENT_FAILED, eur(0))
    assert decided(asked, asked.compensations[-1]) == WAIT
    back, _ = facts.refunded(asked, given_back(3998, command.refund_id))
    assert decided(back, back.compensations[-1]) == COMPLETE
    assert (back.refunded, back.refunds[-1].status) == (eur(0), RefundStatus.SUCCEEDED)


def test_a_refund_of_its_own_that_fails_is_tried_again_three_times_and_then_told() -> None:
    order, _ = cancel(capturing(), request_id="req_1")
    order, _ = facts.capture_booked(order, eur(3998))
    for number in (1, 2, 3):
        order, (command,) = carried_on(order)
        assert isinstance(command, RefundPayment)
        assert command.refund_id.endswith(f"-refund-{number}")
        failure = not_given_back(3998, Undoes.REQUEST, command.refund_id)
        order, messages = facts.refund_failed(order, failure)
        assert messages == ()
    assert move(order) == Decision(Move.ESCALATE, "refund_failed")


def test_a_hold_that_cannot_be_released_is_left_to_a_person_and_to_its_expiry() -> None:
    order, _ = cancel(authorized(), request_id="req_1")
    for _ in range(3):
        order, _ = carried_on(order)
        order, _ = facts.void_failed(order, "void_rejected")
    assert order.status is OrderStatus.CANCELLING
    order, (told,) = ended(order, only(order), move(order))
    assert told == CompensationEscalated(
        compensation_id=only(order).compensation_id,
        payment_id="pay_1",
        order_id="ord_1",
        reason=Reason.ORDER_CANCELLED,
        code="void_failed",
        order_status="cancelling",
        tried=only(order).tried,
    )
    assert [(each.action, each.outcome, each.code) for each in only(order).tried] == [
        (Action.RELEASE_HOLD, Outcome.FAILED, "void_rejected")
    ] * 3
    assert move(order) == Decision(Move.STOP)
    expired, _ = facts.authorization_expired(order, sequence=2)
    assert (expired.status, len(expired.compensations)) == (OrderStatus.CANCELLED, 1)


def test_a_capture_that_was_undone_waits_for_the_ledger_and_leaves_the_order_open() -> None:
    order, _ = facts.capture_failed(paid(), undone())
    assert (order.status, move(order)) == (OrderStatus.AUTHORIZED, WAIT)
    booked, _ = facts.reversal_booked(order, "pay_1-capture-1")
    assert move(booked) == COMPLETE


def test_what_was_refunded_of_a_capture_that_was_undone_is_told() -> None:
    order, _ = refund(paid(), eur(1000), refund_id="ref_1", reason="returned")
    order, _ = facts.refunded(order, given_back(1000))
    order, _ = facts.capture_failed(order, undone())
    order, _ = facts.reversal_booked(order, "pay_1-capture-1")
    assert move(order) == Decision(Move.ESCALATE, "refunded_without_capture")


def test_a_refund_that_failed_is_told_once_its_entry_is_reversed() -> None:
    order, _ = refund(paid(), eur(1000), refund_id="ref_1", reason="returned")
    early, _ = facts.reversal_booked(order, "ref_1")
    for known, expected in ((order, WAIT), (early, Decision(Move.ESCALATE, "refund_failed"))):
        failed, _ = facts.refund_failed(known, not_given_back(1000, Undoes.REQUEST))
        assert (failed.refundable, move(failed)) == (eur(3998), expected)


def test_a_refund_that_our_own_limits_refused_has_no_entry_to_wait_for() -> None:
    order, _ = refund(paid(), eur(1000), refund_id="ref_1", reason="returned")
    failed, _ = facts.refund_failed(order, not_given_back(1000, Undoes.NOTHING))
    assert move(failed) == Decision(Move.ESCALATE, "refund_failed")


def test_late_money_that_is_taken_back_was_never_the_orders_and_calls_nobody() -> None:
    """Its refund can only be refused, which was told to a person."""
    gone, _ = facts.payment_voided(not_captured(), sequence=2)
    order, _ = facts.captured_late(gone, LATE)
    after, messages = facts.capture_failed(order, replace(undone(), unapplied=True))
    assert (after, messages) == (order, ())
    late = order.compensations[-1]
    order, (command,) = sent(order, late, decided(order, late), TERMS)
    assert isinstance(command, RefundPayment)
    order, _ = facts.reversal_booked(order, LATE.capture_id)
    assert decided(order, order.compensations[-1]) == WAIT
    refused = replace(not_given_back(3998, Undoes.REQUEST), refund_id=command.refund_id)
    order, _ = facts.refund_failed(order, refused)
    assert decided(order, order.compensations[-1]) == COMPLETE


def test_an_expiry_before_the_confirmation_needs_no_command() -> None:
    order, _ = facts.authorization_expired(authorized(), sequence=2)
    assert (order.status, move(order)) == (OrderStatus.PAYMENT_FAILED, COMPLETE)


def test_the_same_failure_is_undone_once() -> None:
    order, _ = facts.capture_failed(paid(), undone())
    late, _ = facts.captured_late(order, LATE)
    again, messages = facts.captured_late(late, LATE)
    assert (len(again.compensations), messages) == (2, ())


def test_an_order_that_nobody_confirms_is_given_up_when_its_time_has_come() -> None:
    order, _ = followed(authorized(), TERMS)
    assert order.due_at == NOW + timedelta(days=6)
    assert attended(order, replace(TERMS, now=NOW + timedelta(days=5)))[0] == order
    lapsed, messages = attended(order, replace(TERMS, now=NOW + timedelta(days=6)))
    assert (lapsed.status, lapsed.failure_code) == (OrderStatus.CANCELLING, "not_confirmed")
    assert [type(each) for each in messages] == [CompensationRequested]
    assert (lapsed.confirm_by, move(lapsed)) == (None, RELEASE)


def test_a_confirmed_order_waits_for_nothing() -> None:
    order, _ = followed(capturing(), TERMS)
    assert order.due_at is None


def test_who_waits_is_told_when_the_facts_have_changed_and_only_then() -> None:
    order, _ = followed(_waiting(), TERMS)
    assert followed(order, TERMS) == (order, ())
    released, _ = facts.payment_voided(order, sequence=2)
    told, messages = followed(released, TERMS)
    assert messages == (
        CompensationAdvanced(
            compensation_id=only(order).compensation_id,
            payment_id="pay_1",
            order_id="ord_1",
            execution=1,
        ),
    )
    assert followed(told, TERMS) == (told, ())


def _waiting() -> Order:
    order, _ = carried_on(followed(not_captured(), TERMS)[0])
    return waiting(order, only(order).compensation_id, "token", TERMS)


def test_an_execution_that_went_silent_is_replaced_and_counts_no_more() -> None:
    order = _waiting()
    assert only(order).due_at == NOW + timedelta(minutes=90)
    later = replace(TERMS, now=NOW + timedelta(minutes=90))
    again, (requested,) = attended(order, later)
    assert isinstance(requested, CompensationRequested)
    assert (requested.execution, only(again).execution, only(again).token) == (2, 2, None)
    assert only(again).steps == only(order).steps
    for _ in range(30):
        later = replace(later, now=later.now + timedelta(hours=2))
        again, _ = attended(again, later)
    assert (only(again).status, only(again).code) == (
        CompensationStatus.ESCALATED,
        "executions_failed",
    )
    assert attended(again, later) == (again, ())


def test_what_is_completed_is_told_and_never_begun_again() -> None:
    released, _ = facts.payment_voided(carried_on(not_captured())[0], sequence=2)
    done, (told,) = ended(released, only(released), move(released))
    assert isinstance(told, CompensationCompleted)
    assert (only(done).status, only(done).due_at) == (CompensationStatus.COMPLETED, None)
    assert move(done) == Decision(Move.STOP)
