"""Authorizing: what is durable before the call, what decides, and what cannot be turned around."""

from dataclasses import replace
from datetime import timedelta

import pytest

from payments.domain.attempt import NOT_FOUND, Answer, AttemptStatus, Outcome, payment_of
from payments.domain.errors import (
    AuthorizationNotPossible,
    NoticeContradicts,
    OperationsExhausted,
    PaymentGivenUp,
)
from payments.domain.facts import absent, answered, noticed
from payments.domain.intents import start_authorization, start_void
from payments.domain.payment import ATTEMPTS_MAX, Payment
from payments.domain.states import PaymentStatus
from shared.contracts.payments import (
    AuthorizationExpired,
    CancelPayment,
    PaymentAuthorized,
    PaymentFailed,
    PaymentVoided,
)
from shared.contracts.provider_notice import DeclineClass, Notice, Operation, Verdict
from shared.money import Money
from tests.unit.payments.lives import (
    AUTHORIZE,
    AUTHORIZED,
    LATER,
    NOW,
    authorized,
    authorizing,
    captured,
    eur,
    notice,
    told,
)

REFERENCE = "pay_1-authorize-1"
ACCEPTED = Answer(
    outcome=Outcome.PENDING, provider_payment="sbx_pay_1", provider_reference="sbx_op_1"
)
DECLINED = replace(
    AUTHORIZED,
    verdict=Verdict.DECLINED,
    decline_code="insufficient_funds",
    decline_class=DeclineClass.SOFT,
)
EXPIRED = replace(AUTHORIZED, verdict=Verdict.EXPIRED)


def test_the_intent_names_the_key_and_the_reference_before_any_call() -> None:
    (attempt,) = authorizing().attempts
    assert attempt.status is AttemptStatus.STARTED
    assert attempt.key == "pay_1:authorize:1"
    assert attempt.attempt_id == "pay_1-authorize-1"
    assert payment_of(attempt.attempt_id) == "pay_1"


def test_an_immediate_yes_does_not_authorize() -> None:
    payment, events = answered(authorizing(), REFERENCE, ACCEPTED)
    assert payment.status is PaymentStatus.AUTHORIZING
    assert payment.attempts[0].status is AttemptStatus.PENDING
    assert (payment.authorized, events) == (eur(0), ())


def test_the_provider_s_notice_authorizes() -> None:
    payment, events = noticed(authorizing(), AUTHORIZED)
    assert payment.status is PaymentStatus.AUTHORIZED
    assert (payment.authorized, payment.held, payment.capture_before) == (
        eur(5000),
        eur(5000),
        LATER,
    )
    assert events == (
        PaymentAuthorized(
            payment_id="pay_1",
            order_id="ord_1",
            amount=eur(5000),
            provider="sandbox",
            provider_reference="sbx_op_1",
            capture_before=LATER,
        ),
    )


def test_a_decline_fails_the_payment_with_its_code_and_class() -> None:
    payment, events = noticed(authorizing(), DECLINED)
    assert payment.status is PaymentStatus.FAILED
    assert events == (
        PaymentFailed(
            payment_id="pay_1",
            order_id="ord_1",
            amount=eur(5000),
            decline_code="insufficient_funds",
            decline_class=DeclineClass.SOFT,
        ),
    )


def test_another_card_is_another_attempt_with_another_key() -> None:
    failed, _ = noticed(authorizing(), DECLINED)
    again = start_authorization(
        failed, replace(AUTHORIZE, payment_method_token="tok_other"), cause_id="x", now=NOW
    )
    assert [attempt.key for attempt in again.attempts] == [
        "pay_1:authorize:1",
        "pay_1:authorize:2",
    ]
    assert again.payment_method_token == "tok_other"


@pytest.mark.parametrize("payment", [authorizing(), authorized(), captured()])
def test_a_running_or_standing_authorization_is_not_repeated(payment: Payment) -> None:
    with pytest.raises(AuthorizationNotPossible):
        start_authorization(payment, AUTHORIZE, cause_id="x", now=NOW)


def test_what_the_provider_rejects_outright_ends_at_once() -> None:
    rejection = Answer(outcome=Outcome.REJECTED, decline_code="invalid_request")
    payment, events = answered(authorizing(), REFERENCE, rejection)
    assert payment.status is PaymentStatus.FAILED
    assert payment.attempts[0].status is AttemptStatus.FAILED
    assert [type(event) for event in events] == [PaymentFailed]


def test_a_lost_answer_does_not_take_back_that_the_provider_has_it() -> None:
    pending, _ = answered(authorizing(), REFERENCE, ACCEPTED)
    payment, _ = answered(pending, REFERENCE, Answer(outcome=Outcome.UNKNOWN))
    assert payment.attempts[0].status is AttemptStatus.PENDING


def test_a_provider_that_has_it_and_has_not_decided_ends_the_doubt() -> None:
    unknown, _ = answered(authorizing(), REFERENCE, Answer(outcome=Outcome.UNKNOWN))
    payment, events = noticed(unknown, notice(Operation.AUTHORIZE, None, 5000))
    assert (payment.attempts[0].status, events) == (AttemptStatus.PENDING, ())


def test_a_hold_that_expires_is_held_no_more() -> None:
    payment, events = noticed(authorized(), EXPIRED)
    assert payment.status is PaymentStatus.EXPIRED
    assert (payment.expired, payment.held) == (eur(5000), eur(0))
    assert events == (AuthorizationExpired(payment_id="pay_1", order_id="ord_1", amount=eur(5000)),)


def test_an_expiry_heard_of_first_tells_the_authorization_too() -> None:
    payment, events = told(authorizing(), EXPIRED, AUTHORIZED, EXPIRED)
    assert payment.status is PaymentStatus.EXPIRED
    assert [type(event) for event in events] == [PaymentAuthorized, AuthorizationExpired]


def test_a_cancelled_authorization_is_given_back_when_it_succeeds() -> None:
    cancelled = start_void(authorizing(), cause_id="x", now=NOW)
    assert cancelled.cancel_requested
    assert len(cancelled.attempts) == 1
    _, messages = noticed(cancelled, AUTHORIZED)
    assert [type(message) for message in messages] == [PaymentAuthorized, CancelPayment]


def test_a_cancellation_that_overtakes_another_try_refuses_it() -> None:
    failed, _ = noticed(authorizing(), DECLINED)
    given_up = start_void(failed, cause_id="x", now=NOW)
    with pytest.raises(PaymentGivenUp):
        start_authorization(given_up, AUTHORIZE, cause_id="y", now=NOW)


def test_what_the_provider_has_never_heard_of_has_failed() -> None:
    payment, events = absent(authorizing(), REFERENCE)
    assert payment.status is PaymentStatus.FAILED
    assert payment.attempts[0].decline_code == NOT_FOUND
    assert [type(event) for event in events] == [PaymentFailed]


def test_what_happened_after_all_is_given_back() -> None:
    gone, _ = absent(authorizing(), REFERENCE)
    payment, messages = noticed(gone, AUTHORIZED)
    assert payment.status is PaymentStatus.AUTHORIZED
    assert [type(message) for message in messages] == [PaymentAuthorized, CancelPayment]


@pytest.mark.parametrize(
    "said",
    [
        replace(AUTHORIZED, reference="pay_1-authorize-2"),
        replace(AUTHORIZED, operation=Operation.CAPTURE),
        replace(AUTHORIZED, amount=Money(4999, "EUR")),
        replace(AUTHORIZED, amount=Money(5000, "USD")),
        replace(AUTHORIZED, verdict=Verdict.REVERSED),
        replace(AUTHORIZED, verdict=Verdict.WON),
    ],
    ids=["attempt", "operation", "amount", "currency", "reversal", "dispute's end"],
)
def test_a_notice_that_cannot_be_ours_is_never_applied(said: Notice) -> None:
    with pytest.raises(NoticeContradicts):
        noticed(authorizing(), said)


def test_a_verdict_is_not_turned_around() -> None:
    with pytest.raises(NoticeContradicts):
        noticed(authorized(), DECLINED)
    failed, _ = noticed(authorizing(), DECLINED)
    with pytest.raises(NoticeContradicts):
        noticed(failed, AUTHORIZED)


def test_a_late_answer_changes_nothing_that_is_decided() -> None:
    late = Answer(outcome=Outcome.UNKNOWN)
    assert answered(authorized(), REFERENCE, late) == (authorized(), ())


def test_the_number_of_operations_is_bounded() -> None:
    payment = authorized()
    full = replace(payment, attempts=payment.attempts * ATTEMPTS_MAX)
    with pytest.raises(OperationsExhausted):
        start_void(full, cause_id="x", now=NOW)


def test_the_provider_is_asked_in_growing_steps_while_something_is_undecided() -> None:
    asked = [
        replace(authorizing(), checks=checks).next_check_at - NOW  # type: ignore[operator]
        for checks in (0, 1, 2, 3, 10, 11, 12, 100_000)
    ]
    seconds = (20, 60, 140, 300, 40_940, 62_540, 84_140, 2_159_824_940)  # six hours at most
    assert asked == [timedelta(seconds=each) for each in seconds]


def test_a_hold_is_asked_after_when_it_must_have_expired() -> None:
    assert authorized().next_check_at == LATER + timedelta(minutes=1)
    assert captured().next_check_at is None


def test_a_voided_authorization_is_asked_after_no_more() -> None:
    voiding = start_void(authorized(), cause_id="x", now=NOW)
    payment, events = noticed(voiding, notice(Operation.VOID, Verdict.SUCCEEDED, 5000))
    assert (payment.status, payment.next_check_at) == (PaymentStatus.VOIDED, None)
    assert events == (PaymentVoided(payment_id="pay_1", order_id="ord_1", amount=eur(5000)),)


@pytest.mark.parametrize(
    ("reference", "payment_id"),
    [("pay_1-capture-2", "pay_1"), ("somebody else's", "somebody else's"), ("", "")],
)
def test_a_reference_leads_back_to_its_payment(reference: str, payment_id: str) -> None:
    assert payment_of(reference) == payment_id
