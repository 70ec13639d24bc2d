"""What a payment does with answers and notices, in any order, and what it refuses."""

from dataclasses import replace
from datetime import UTC, datetime
from itertools import permutations

import pytest

from payments.domain.attempt import Answer, AttemptStatus, Outcome, payment_of
from payments.domain.errors import (
    AmountExceedsCapturable,
    CurrencyDiffers,
    NoticeContradicts,
    OperationsExhausted,
    OutcomeUnknown,
)
from payments.domain.payment import ATTEMPTS_MAX, Payment, PaymentStatus, requested
from shared.contracts.payments import (
    AuthorizePayment,
    CaptureFailed,
    PaymentAuthorized,
    PaymentCaptured,
    PaymentFailed,
)
from shared.contracts.provider_notice import Notice, Operation, Verdict
from shared.errors.taxonomy import InvalidTransition
from shared.money import Money

NOW = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
LATER = datetime(2026, 1, 9, tzinfo=UTC)
COMMAND = AuthorizePayment(
    idempotency_key="ord_1-authorize-1",
    payment_id="pay_1",
    order_id="ord_1",
    amount=Money(5000, "EUR"),
    payment_method_token="tok_visa",
)
AUTHORIZED = Notice(
    reference="pay_1-authorize-1",
    operation=Operation.AUTHORIZE,
    verdict=Verdict.SUCCEEDED,
    amount=Money(5000, "EUR"),
    provider_payment="sbx_pay_1",
    provider_reference="sbx_op_1",
    capture_before=LATER,
)
CAPTURED = Notice(
    reference="pay_1-capture-1",
    operation=Operation.CAPTURE,
    verdict=Verdict.SUCCEEDED,
    amount=Money(5000, "EUR"),
    provider_payment="sbx_pay_1",
    provider_reference="sbx_op_2",
)
ACCEPTED = Answer(
    outcome=Outcome.PENDING, provider_payment="sbx_pay_1", provider_reference="sbx_op_1"
)
DECLINED = replace(AUTHORIZED, verdict=Verdict.DECLINED, decline_code="insufficient_funds")


def authorizing() -> Payment:
    new = requested(COMMAND, provider="sandbox", correlation_id="c")
    return new.start_authorization(cause_id="orders/ord_1/1/2", now=NOW)


def authorized() -> Payment:
    return authorizing().noticed(AUTHORIZED)[0]


def capturing(minor: int = 5000) -> Payment:
    return authorized().start_capture(Money(minor, "EUR"), cause_id="orders/ord_1/3/2", now=NOW)


def test_the_intent_names_the_key_and_the_reference_before_any_call() -> None:
    (attempt,) = authorizing().attempts
    assert attempt.status is AttemptStatus.STARTED
    assert attempt.key == "pay_1:authorize:1"
    assert attempt.attempt_id == "pay_1-authorize-1"
    assert attempt.cause_id == "orders/ord_1/1/2"
    assert payment_of(attempt.attempt_id) == "pay_1"


def test_an_immediate_yes_does_not_authorize() -> None:
    payment, events = authorizing().answered("pay_1-authorize-1", ACCEPTED)
    assert payment.status is PaymentStatus.AUTHORIZING
    assert payment.attempts[0].status is AttemptStatus.PENDING
    assert payment.authorized == Money(0, "EUR")
    assert events == ()


def test_the_provider_s_notice_authorizes() -> None:
    payment, events = authorizing().noticed(AUTHORIZED)
    assert payment.status is PaymentStatus.AUTHORIZED
    assert (payment.authorized, payment.capturable) == (Money(5000, "EUR"), Money(5000, "EUR"))
    assert payment.capture_before == LATER
    assert events == (
        PaymentAuthorized(
            payment_id="pay_1",
            order_id="ord_1",
            amount=Money(5000, "EUR"),
            provider="sandbox",
            provider_reference="sbx_op_1",
            capture_before=LATER,
        ),
    )


def test_a_decline_fails_the_payment_with_its_code() -> None:
    payment, events = authorizing().noticed(DECLINED)
    assert payment.status is PaymentStatus.FAILED
    assert payment.attempts[0].decline_code == "insufficient_funds"
    assert events == (
        PaymentFailed(
            payment_id="pay_1",
            order_id="ord_1",
            amount=Money(5000, "EUR"),
            decline_code="insufficient_funds",
        ),
    )


def test_answers_and_notices_in_any_order_with_duplicates_end_the_same() -> None:
    steps = (
        lambda payment: payment.answered("pay_1-authorize-1", ACCEPTED),
        lambda payment: payment.answered("pay_1-authorize-1", Answer(outcome=Outcome.UNKNOWN)),
        lambda payment: payment.noticed(AUTHORIZED),
        lambda payment: payment.noticed(AUTHORIZED),
        lambda payment: payment.noticed(replace(AUTHORIZED, verdict=None)),
    )
    ends = set()
    for order in permutations(steps):
        payment, published = authorizing(), 0
        for step in order:
            payment, events = step(payment)
            published += len(events)
        ends.add((payment, published))
    ((payment, published),) = ends
    assert (payment.status, published) == (PaymentStatus.AUTHORIZED, 1)


def test_what_the_provider_rejects_outright_ends_at_once() -> None:
    rejection = Answer(outcome=Outcome.REJECTED, decline_code="invalid_request")
    payment, events = authorizing().answered("pay_1-authorize-1", rejection)
    assert payment.status is PaymentStatus.FAILED
    assert payment.attempts[0].status is AttemptStatus.FAILED
    assert [type(event) for event in events] == [PaymentFailed]


def test_a_capture_reserves_its_amount_before_the_provider_hears_of_it() -> None:
    payment = capturing(3000)
    assert payment.status is PaymentStatus.CAPTURING
    assert (payment.capturing, payment.captured) == (Money(3000, "EUR"), Money(0, "EUR"))
    with pytest.raises(InvalidTransition):
        payment.start_capture(Money(1, "EUR"), cause_id="other", now=NOW)


def test_a_full_capture_is_captured() -> None:
    payment, events = capturing().noticed(CAPTURED)
    assert payment.status is PaymentStatus.CAPTURED
    assert (payment.captured, payment.capturing) == (Money(5000, "EUR"), Money(0, "EUR"))
    assert events == (
        PaymentCaptured(
            payment_id="pay_1",
            order_id="ord_1",
            capture_id="pay_1-capture-1",
            amount=Money(5000, "EUR"),
            captured=Money(5000, "EUR"),
            provider="sandbox",
            provider_reference="sbx_op_2",
        ),
    )


def test_a_partial_capture_leaves_nothing_to_capture() -> None:
    payment, events = capturing(3000).noticed(replace(CAPTURED, amount=Money(3000, "EUR")))
    assert payment.status is PaymentStatus.PARTIALLY_CAPTURED
    assert (payment.captured, payment.capturable) == (Money(3000, "EUR"), Money(0, "EUR"))
    assert len(events) == 1


def test_a_failed_capture_gives_its_reserve_back() -> None:
    notice = replace(CAPTURED, verdict=Verdict.FAILED, decline_code="capture_rejected")
    payment, events = capturing().noticed(notice)
    assert payment.status is PaymentStatus.AUTHORIZED
    assert (payment.capturing, payment.capturable) == (Money(0, "EUR"), Money(5000, "EUR"))
    assert events == (
        CaptureFailed(
            payment_id="pay_1",
            order_id="ord_1",
            amount=Money(5000, "EUR"),
            code="capture_rejected",
        ),
    )
    again = payment.start_capture(Money(5000, "EUR"), cause_id="orders/ord_1/5/2", now=NOW)
    assert again.attempts[-1].key == "pay_1:capture:2"


def test_no_more_than_authorized_is_captured() -> None:
    with pytest.raises(AmountExceedsCapturable):
        authorized().start_capture(Money(5001, "EUR"), cause_id="x", now=NOW)


def test_only_the_payment_s_currency_is_captured() -> None:
    with pytest.raises(CurrencyDiffers):
        authorized().start_capture(Money(5000, "USD"), cause_id="x", now=NOW)


def test_nothing_is_captured_before_the_authorization() -> None:
    with pytest.raises(InvalidTransition):
        authorizing().start_capture(Money(5000, "EUR"), cause_id="x", now=NOW)


def test_an_unknown_outcome_forbids_any_other_operation() -> None:
    unknown, _ = authorizing().answered("pay_1-authorize-1", Answer(outcome=Outcome.UNKNOWN))
    assert unknown.attempts[0].status is AttemptStatus.UNKNOWN
    with pytest.raises(OutcomeUnknown):
        unknown.start_capture(Money(5000, "EUR"), cause_id="x", now=NOW)


@pytest.mark.parametrize(
    "notice",
    [
        replace(AUTHORIZED, reference="pay_1-authorize-2"),
        replace(AUTHORIZED, operation=Operation.CAPTURE),
        replace(AUTHORIZED, amount=Money(4999, "EUR")),
        replace(AUTHORIZED, amount=Money(5000, "USD")),
    ],
    ids=["another attempt", "another operation", "another amount", "another currency"],
)
def test_a_notice_that_cannot_be_ours_is_never_applied(notice: Notice) -> None:
    with pytest.raises(NoticeContradicts):
        authorizing().noticed(notice)


def test_a_verdict_is_not_turned_around() -> None:
    with pytest.raises(NoticeContradicts):
        authorized().noticed(DECLINED)
    with pytest.raises(NoticeContradicts):
        authorizing().noticed(DECLINED)[0].noticed(AUTHORIZED)


def test_a_late_answer_changes_nothing_that_is_decided() -> None:
    payment, events = authorized().answered("pay_1-authorize-1", Answer(outcome=Outcome.UNKNOWN))
    assert (payment, events) == (authorized(), ())


def test_the_number_of_operations_is_bounded() -> None:
    payment = authorized()
    full = replace(payment, attempts=payment.attempts * ATTEMPTS_MAX)
    with pytest.raises(OperationsExhausted):
        full.start_capture(Money(1, "EUR"), cause_id="x", now=NOW)


@pytest.mark.parametrize(
    ("reference", "payment_id"),
    [("pay_1-capture-2", "pay_1"), ("somebody else's", "somebody else's"), ("", "")],
)
def test_a_reference_leads_back_to_its_payment(reference: str, payment_id: str) -> None:
    assert payment_of(reference) == payment_id
