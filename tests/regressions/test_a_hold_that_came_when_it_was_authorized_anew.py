"""A hold that was believed never to be, and comes when its payment was authorized anew."""

from dataclasses import replace

import pytest

from payments.domain.attempt import Answer, AttemptStatus, Outcome
from payments.domain.errors import OutcomeUnknown
from payments.domain.facts import absent, answered, noticed
from payments.domain.intents import start_authorization, start_capture, start_void
from payments.domain.payment import Payment
from payments.domain.second_holds import start_giving_back
from payments.domain.states import PaymentStatus
from shared.contracts.payments import CancelPayment, NoticeContradicted
from shared.contracts.provider_notice import Operation, Verdict
from tests.unit.payments.lives import (
    AUTHORIZE,
    AUTHORIZED,
    NOW,
    authorizing,
    capture_of,
    eur,
    notice,
)

FIRST = "pay_1-authorize-1"
ANEW = replace(
    AUTHORIZED,
    reference="pay_1-authorize-2",
    provider_payment="sbx_pay_2",
    provider_reference="sbx_op_2",
)
BACK = notice(Operation.VOID, Verdict.SUCCEEDED, 5000)


def anew() -> Payment:
    """Tried again, since its provider did not know of the first try."""
    gone, _ = absent(authorizing(), FIRST)
    return start_authorization(gone, AUTHORIZE, cause_id="orders/ord_1/3/1", now=NOW)


def held() -> Payment:
    return noticed(anew(), ANEW)[0]


def captured() -> Payment:
    begun = start_capture(held(), capture_of(5000), cause_id="orders/ord_1/4/1", now=NOW)
    taken = replace(
        notice(Operation.CAPTURE, Verdict.SUCCEEDED, 5000), provider_payment="sbx_pay_2"
    )
    return noticed(begun, taken)[0]


def giving_back(payment: Payment) -> Payment:
    return start_giving_back(payment, FIRST, cause_id="payments/pay_1/9/1", now=NOW)


@pytest.mark.parametrize("before", [anew(), held(), captured()])
def test_it_is_given_back_once_and_changes_no_amount(before: Payment) -> None:
    """It was told as a contradiction, and stayed held until it expired."""
    after, messages = noticed(before, AUTHORIZED)
    assert messages == (
        CancelPayment(
            idempotency_key="pay_1-authorize-1-cancel",
            payment_id="pay_1",
            order_id="ord_1",
            reason="authorized after it was given up",
            authorization=FIRST,
        ),
    )
    assert noticed(after, AUTHORIZED) == (after, ())
    begun = giving_back(after)
    void = begun.attempts[-1]
    assert (void.operation, void.amount, void.beside) == (Operation.VOID, eur(5000), "sbx_pay_1")
    assert giving_back(begun) == begun
    told = answered(begun, void.attempt_id, Answer(outcome=Outcome.PENDING, provider_payment="x"))[
        0
    ]
    back, messages = noticed(told, BACK)
    assert (messages, back.attempts[-1].status) == ((), AttemptStatus.SUCCEEDED)
    for each in (after, begun, told, back):
        assert (each.status, each.provider_payment, each.held, each.captured, each.released) == (
            before.status,
            before.provider_payment,
            before.held,
            before.captured,
            before.released,
        )


def test_what_is_held_now_is_captured_from_where_it_is_held() -> None:
    after, _ = noticed(held(), AUTHORIZED)
    back, _ = noticed(giving_back(after), BACK)
    begun = start_capture(back, capture_of(5000), cause_id="orders/ord_1/4/1", now=NOW)
    assert (begun.status, begun.provider_payment) == (PaymentStatus.CAPTURING, "sbx_pay_2")


def test_a_person_is_told_when_its_provider_refuses_to_give_it_back() -> None:
    begun = giving_back(noticed(held(), AUTHORIZED)[0])
    refused, (told,) = noticed(begun, notice(Operation.VOID, Verdict.DECLINED, 5000))
    assert told == NoticeContradicted(
        payment_id="pay_1",
        order_id="ord_1",
        provider="sandbox",
        reference=FIRST,
        contradiction="authorized after it was given up, and not given back: declined",
    )
    assert (refused.status, refused.held) == (PaymentStatus.AUTHORIZED, eur(5000))


def test_nobody_is_told_of_a_hold_that_is_over() -> None:
    expired = notice(Operation.AUTHORIZE, Verdict.EXPIRED, 5000)
    begun = giving_back(noticed(held(), AUTHORIZED)[0])
    over, messages = noticed(begun, expired)
    assert (messages, over.held) == ((), eur(5000))
    assert noticed(over, notice(Operation.VOID, Verdict.DECLINED, 5000))[1] == ()
    first_heard_of, (command,) = noticed(held(), expired)
    assert isinstance(command, CancelPayment)
    assert giving_back(first_heard_of) == first_heard_of


def test_it_waits_while_an_outcome_is_not_known() -> None:
    after, _ = noticed(anew(), AUTHORIZED)
    unknown, _ = answered(after, "pay_1-authorize-2", Answer(outcome=Outcome.UNKNOWN))
    with pytest.raises(OutcomeUnknown):
        giving_back(unknown)


@pytest.mark.parametrize("authorization", ["pay_1-authorize-2", "pay_1-authorize-9"])
def test_no_other_hold_is_given_back_so(authorization: str) -> None:
    after, _ = noticed(held(), AUTHORIZED)
    same = start_giving_back(after, authorization, cause_id="x", now=NOW)
    assert same == after


def test_an_order_can_be_paid_anew_when_a_hold_that_came_late_was_given_back() -> None:
    """Each further payment method was refused: the payment was taken for one that was cancelled."""
    late, (_, command) = noticed(absent(authorizing(), FIRST)[0], AUTHORIZED)
    assert isinstance(command, CancelPayment)
    back, _ = noticed(start_void(late, cause_id="payments/pay_1/5/1", now=NOW), BACK)
    assert back.status is PaymentStatus.VOIDED
    again = start_authorization(back, AUTHORIZE, cause_id="orders/ord_1/3/1", now=NOW)
    assert again.status is PaymentStatus.AUTHORIZING


def test_an_order_that_was_cancelled_stays_so_when_its_hold_comes_late() -> None:
    given_up = start_void(authorizing(), cause_id="x", now=NOW)
    late, _ = noticed(absent(given_up, FIRST)[0], AUTHORIZED)
    assert late.cancel_requested
