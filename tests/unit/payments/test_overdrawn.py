"""More goes back than was captured: it is a fact, a person is told, and nothing more is given."""

import pytest

from payments.domain.errors import AmountExceedsRefundable, NoticeContradicts, NoticeEarly
from payments.domain.facts import absent, noticed
from payments.domain.intents import start_refund
from payments.domain.states import PaymentStatus
from shared.contracts.disputes import PaymentOverdrawn
from shared.contracts.payments import DisputeLost, DisputeOpened, DisputeWon, PaymentRefunded
from shared.contracts.provider_notice import Operation, Verdict
from tests.unit.payments.lives import (
    NOW,
    captured,
    capturing,
    dispute,
    eur,
    notice,
    refund_of,
    refunding,
    told,
)


def test_a_dispute_of_more_than_a_refund_has_left_is_a_fact_that_a_person_is_told_once() -> None:
    refunded, _ = noticed(refunding(3000), notice(Operation.REFUND, Verdict.SUCCEEDED, 3000))
    payment, events = told(refunded, *[dispute(Verdict.OPENED, 2001)] * 2)
    assert [type(event) for event in events] == [DisputeOpened, PaymentOverdrawn]
    assert (events[0].amount, events[1].excess) == (eur(2001), eur(1))
    assert payment.status is PaymentStatus.DISPUTED
    assert (payment.captured, payment.refunded, payment.disputed) == (
        eur(5000),
        eur(3000),
        eur(2001),
    )
    payment, events = told(payment, dispute(Verdict.LOST, 2001))
    assert [type(event) for event in events] == [DisputeLost]
    assert (payment.overdrawn, payment.refundable) == (eur(1), eur(0))
    with pytest.raises(AmountExceedsRefundable, match=r"0\.01 EUR of 0\.00 EUR"):
        start_refund(payment, refund_of(1, "ref_2"), cause_id="x", now=NOW)


def test_a_dispute_of_a_payment_that_is_all_refunded_leaves_it_disputed() -> None:
    refunded, _ = noticed(refunding(5000), notice(Operation.REFUND, Verdict.SUCCEEDED, 5000))
    payment, events = told(refunded, dispute(Verdict.OPENED, 5000))
    assert (payment.status, events[-1].excess) == (PaymentStatus.DISPUTED, eur(5000))
    payment, events = told(payment, dispute(Verdict.WON, 5000))
    assert [type(event) for event in events] == [DisputeWon]
    assert (payment.status, payment.overdrawn) == (PaymentStatus.REFUNDED, eur(0))


def test_a_refund_of_money_that_was_disputed_meanwhile_is_a_fact_and_told() -> None:
    """It was begun while the first refund stood; that one came back, which is heard of later."""
    both = refunding(2000, of=refunding(3000), number=2)
    payment, events = told(
        both,
        notice(Operation.REFUND, Verdict.SUCCEEDED, 3000),
        dispute(Verdict.OPENED, 3000),
        notice(Operation.REFUND, Verdict.SUCCEEDED, 2000, number=2),
    )
    assert [(type(event), getattr(event, "excess", None)) for event in events] == [
        (PaymentRefunded, None),
        (DisputeOpened, None),
        (PaymentOverdrawn, eur(1000)),
        (PaymentRefunded, None),
        (PaymentOverdrawn, eur(3000)),
    ]
    payment, _ = told(payment, notice(Operation.REFUND, Verdict.REVERSED, 3000))
    assert (payment.refunded, payment.disputed) == (eur(2000), eur(3000))
    assert (payment.overdrawn, payment.undecided) == (eur(0), ())


def test_a_dispute_of_more_than_was_captured_is_a_contradiction() -> None:
    with pytest.raises(NoticeContradicts, match=r"50\.01 EUR disputed of 50\.00 EUR"):
        noticed(captured(), dispute(Verdict.OPENED, 5001))


def test_a_dispute_of_a_capture_that_was_given_up_as_never_heard_of_waits_for_it() -> None:
    given_up, _ = absent(capturing(), "pay_1-capture-1")
    for verdict in (Verdict.OPENED, Verdict.WON, Verdict.LOST):
        with pytest.raises(NoticeEarly):
            noticed(given_up, dispute(verdict, 5000))
    with pytest.raises(NoticeContradicts):
        noticed(given_up, dispute(Verdict.OPENED, 5001))
