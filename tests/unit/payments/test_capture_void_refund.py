"""Capture, void, refund and dispute: reserves, limits, and successes that are withdrawn."""

from dataclasses import replace

import pytest

from payments.domain.attempt import Answer, Outcome
from payments.domain.errors import (
    AmountExceedsCapturable,
    AmountExceedsRefundable,
    AuthorizationOver,
    CaptureNotPossible,
    CurrencyDiffers,
    NoticeEarly,
    OutcomeUnknown,
    RefundNotPossible,
    VoidNotPossible,
)
from payments.domain.facts import absent, answered, noticed
from payments.domain.intents import start_capture, start_refund, start_void
from payments.domain.payment import Payment
from payments.domain.states import PaymentStatus
from shared.contracts.late import CaptureUnapplied
from shared.contracts.payments import (
    CaptureFailed,
    DisputeLost,
    DisputeOpened,
    DisputeWon,
    PaymentCaptured,
    PaymentRefunded,
    PaymentVoided,
    RefundFailed,
    RefundRequested,
    Undoes,
    VoidFailed,
)
from shared.contracts.provider_notice import Operation, Verdict
from shared.money import Money
from tests.unit.payments.lives import (
    LATER,
    NOW,
    authorized,
    authorizing,
    capture_of,
    captured,
    capturing,
    dispute,
    eur,
    notice,
    refund_of,
    refunding,
    told,
)

TAKEN = notice(Operation.CAPTURE, Verdict.SUCCEEDED, 5000)
WITHDRAWN = notice(Operation.CAPTURE, Verdict.REVERSED, 5000)


def test_a_capture_reserves_its_amount_before_the_provider_hears_of_it() -> None:
    payment = capturing(3000)
    assert payment.status is PaymentStatus.CAPTURING
    assert (payment.capturing, payment.captured, payment.held) == (eur(3000), eur(0), eur(2000))
    with pytest.raises(CaptureNotPossible):
        start_capture(payment, capture_of(1), cause_id="x", now=NOW)
    with pytest.raises(VoidNotPossible):
        start_void(payment, cause_id="x", now=NOW)


def test_a_full_capture_is_captured() -> None:
    payment, events = noticed(capturing(), TAKEN)
    assert payment.status is PaymentStatus.CAPTURED
    assert (payment.captured, payment.capturing, payment.held) == (eur(5000), eur(0), eur(0))
    assert events == (
        PaymentCaptured(
            payment_id="pay_1",
            order_id="ord_1",
            capture_id="pay_1-capture-1",
            amount=eur(5000),
            captured=eur(5000),
            provider="sandbox",
            provider_reference="sbx_capture_1",
        ),
    )


def test_a_final_capture_gives_the_rest_back() -> None:
    payment, events = noticed(capturing(3000), replace(TAKEN, amount=eur(3000)))
    assert payment.status is PaymentStatus.PARTIALLY_CAPTURED
    assert (payment.captured, payment.released, payment.held) == (eur(3000), eur(2000), eur(0))
    assert [type(event) for event in events] == [PaymentCaptured, PaymentVoided]


def test_captures_that_are_not_final_may_be_several_up_to_what_is_held() -> None:
    first = captured(3000, final=False)
    assert first.held == eur(2000)
    with pytest.raises(AmountExceedsCapturable):
        start_capture(first, capture_of(2001), cause_id="x", now=NOW)
    second = start_capture(first, capture_of(2000), cause_id="x", now=NOW)
    payment, _ = noticed(second, notice(Operation.CAPTURE, Verdict.SUCCEEDED, 2000, number=2))
    assert (payment.status, payment.captured) == (PaymentStatus.CAPTURED, eur(5000))


def test_a_failed_capture_gives_its_reserve_back() -> None:
    refused = replace(TAKEN, verdict=Verdict.FAILED, decline_code="capture_rejected")
    payment, events = noticed(capturing(), refused)
    assert payment.status is PaymentStatus.AUTHORIZED
    assert (payment.capturing, payment.held) == (eur(0), eur(5000))
    assert events == (
        CaptureFailed(
            payment_id="pay_1",
            order_id="ord_1",
            amount=eur(5000),
            code="capture_rejected",
            capture_id="pay_1-capture-1",
        ),
    )
    again = start_capture(payment, capture_of(5000), cause_id="x", now=NOW)
    assert again.attempts[-1].key == "pay_1:capture:2"


def test_a_capture_that_fails_days_later_is_undone() -> None:
    payment, events = told(capturing(), TAKEN, WITHDRAWN, TAKEN)
    assert (payment.status, payment.captured) == (PaymentStatus.AUTHORIZED, eur(0))
    assert [type(event) for event in events] == [PaymentCaptured, CaptureFailed]
    assert events[1].undoes_capture


def test_a_capture_is_never_made_on_a_hold_that_is_over() -> None:
    with pytest.raises(AuthorizationOver):
        start_capture(authorized(), capture_of(5000), cause_id="x", now=LATER)


@pytest.mark.parametrize("payment", [authorizing(), captured()])
def test_a_capture_needs_a_hold(payment: Payment) -> None:
    with pytest.raises(CaptureNotPossible):
        start_capture(payment, capture_of(1), cause_id="x", now=NOW)


def test_only_the_payment_s_currency_is_captured_and_refunded() -> None:
    dollars = Money(1, "USD")
    with pytest.raises(CurrencyDiffers):
        start_capture(authorized(), replace(capture_of(1), amount=dollars), cause_id="x", now=NOW)
    with pytest.raises(CurrencyDiffers):
        start_refund(captured(), replace(refund_of(1), amount=dollars), cause_id="x", now=NOW)


def test_an_unknown_outcome_forbids_every_other_operation() -> None:
    unknown, _ = answered(refunding(1000), "pay_1-refund-1", Answer(outcome=Outcome.UNKNOWN))
    with pytest.raises(OutcomeUnknown):
        start_refund(unknown, refund_of(1), cause_id="x", now=NOW)
    with pytest.raises(OutcomeUnknown):
        start_void(unknown, cause_id="x", now=NOW)
    with pytest.raises(OutcomeUnknown):
        start_capture(unknown, capture_of(1), cause_id="x", now=NOW)


def test_a_void_that_fails_leaves_the_hold() -> None:
    voiding = start_void(authorized(), cause_id="x", now=NOW)
    assert voiding.status is PaymentStatus.VOIDING
    payment, events = noticed(voiding, notice(Operation.VOID, Verdict.FAILED, 5000))
    assert (payment.status, payment.held) == (PaymentStatus.AUTHORIZED, eur(5000))
    assert events == (VoidFailed(payment_id="pay_1", order_id="ord_1", code="failed"),)


def test_nothing_is_voided_after_everything_was_captured() -> None:
    with pytest.raises(VoidNotPossible):
        start_void(captured(), cause_id="x", now=NOW)


def test_a_late_capture_on_a_voided_payment_is_unapplied_and_owed_back() -> None:
    gone, _ = absent(capturing(), "pay_1-capture-1")
    voiding = start_void(gone, cause_id="x", now=NOW)
    voided, _ = noticed(voiding, notice(Operation.VOID, Verdict.SUCCEEDED, 5000))
    payment, messages = noticed(voided, TAKEN)
    assert (payment.captured, payment.released) == (eur(5000), eur(0))
    taken, back = messages
    assert isinstance(taken, PaymentCaptured)
    assert taken.unapplied
    assert back == CaptureUnapplied(
        payment_id="pay_1", order_id="ord_1", capture_id="pay_1-capture-1", amount=eur(5000)
    )


def test_a_late_capture_that_is_taken_back_leaves_the_payment_as_it_was_given_up() -> None:
    gone, _ = absent(capturing(), "pay_1-capture-1")
    voiding = start_void(gone, cause_id="x", now=NOW)
    voided, _ = noticed(voiding, notice(Operation.VOID, Verdict.SUCCEEDED, 5000))
    taken, _ = noticed(voided, TAKEN)
    payment, (event,) = noticed(taken, WITHDRAWN)
    assert (payment.captured, payment.held, payment.released) == (eur(0), eur(0), eur(5000))
    assert payment.status is PaymentStatus.VOIDED
    assert isinstance(event, CaptureFailed)
    assert (event.undoes_capture, event.unapplied) == (True, True)


def test_a_refund_is_reserved_and_owed_before_the_provider_hears_of_it() -> None:
    payment, owed = start_refund(captured(), refund_of(2000), cause_id="x", now=NOW)
    assert (payment.refunding, payment.refundable) == (eur(2000), eur(3000))
    assert owed == RefundRequested(
        payment_id="pay_1",
        order_id="ord_1",
        refund_id="ref_1",
        amount=eur(2000),
        reason="returned",
    )


def test_two_refunds_of_60_do_not_pass_on_a_payment_of_100() -> None:
    first = refunding(3000)
    with pytest.raises(AmountExceedsRefundable):
        start_refund(first, refund_of(3000, "ref_2"), cause_id="y", now=NOW)


def test_partial_refunds_add_up_to_refunded() -> None:
    both = refunding(2000, of=refunding(3000), number=2)
    payment, events = told(
        both,
        notice(Operation.REFUND, Verdict.SUCCEEDED, 2000, number=2),
        notice(Operation.REFUND, Verdict.SUCCEEDED, 3000),
    )
    assert payment.status is PaymentStatus.REFUNDED
    assert (payment.refunded, payment.refunding) == (eur(5000), eur(0))
    assert [event.refunded for event in events] == [eur(2000), eur(5000)]


def test_a_refused_refund_may_be_asked_for_again() -> None:
    payment, events = noticed(refunding(5000), notice(Operation.REFUND, Verdict.DECLINED, 5000))
    assert (payment.refunding, payment.refundable) == (eur(0), eur(5000))
    (event,) = events
    assert isinstance(event, RefundFailed)
    assert (event.refund_id, event.undoes) == ("ref_1", Undoes.REQUEST)


def test_a_refund_that_fails_days_later_is_owed_again() -> None:
    payment, events = told(
        refunding(5000),
        notice(Operation.REFUND, Verdict.REVERSED, 5000),
        notice(Operation.REFUND, Verdict.SUCCEEDED, 5000),
    )
    assert (payment.status, payment.refundable) == (PaymentStatus.CAPTURED, eur(5000))
    assert [type(event) for event in events] == [PaymentRefunded, RefundFailed]
    assert events[1].undoes is Undoes.REFUND


@pytest.mark.parametrize("payment", [authorizing(), authorized(), capturing()])
def test_nothing_is_refunded_before_it_is_captured(payment: Payment) -> None:
    with pytest.raises(RefundNotPossible):
        start_refund(payment, refund_of(1), cause_id="x", now=NOW)


def test_a_disputed_amount_cannot_be_refunded() -> None:
    payment, events = noticed(captured(), dispute(Verdict.OPENED, 4000))
    assert payment.status is PaymentStatus.DISPUTED
    assert payment.refundable == eur(1000)
    assert [type(event) for event in events] == [DisputeOpened]
    with pytest.raises(AmountExceedsRefundable):
        start_refund(payment, refund_of(1001), cause_id="x", now=NOW)


@pytest.mark.parametrize(
    ("end", "event", "status", "refundable"),
    [
        (Verdict.WON, DisputeWon, PaymentStatus.CAPTURED, 5000),
        (Verdict.LOST, DisputeLost, PaymentStatus.CHARGED_BACK, 1000),
    ],
)
def test_a_dispute_ends_once_whichever_word_comes_first(
    end: Verdict, event: type, status: PaymentStatus, refundable: int
) -> None:
    for order in ((Verdict.OPENED, end), (end, Verdict.OPENED), (end, end, Verdict.OPENED)):
        payment, events = told(captured(), *(dispute(verdict, 4000) for verdict in order))
        assert (payment.status, payment.refundable) == (status, eur(refundable))
        assert [type(each) for each in events] == [DisputeOpened, event]


def test_a_dispute_heard_of_before_its_capture_is_parked() -> None:
    with pytest.raises(NoticeEarly):
        noticed(capturing(), dispute(Verdict.OPENED, 5000))
