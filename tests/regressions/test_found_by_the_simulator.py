"""What the simulator has found, each as the shortest story of it."""

from datetime import timedelta

import pytest

from payments.domain.errors import NoticeContradicts
from payments.domain.facts import noticed
from payments.domain.states import PaymentStatus
from shared.contracts.payments import DisputeOpened, DisputeWon
from shared.contracts.provider_notice import Operation, Verdict
from tests.doubles.ledger import START, Ledger, capture_failed, captured
from tests.unit.payments.lives import dispute, eur, notice, refunding, told


def test_a_capture_undone_is_not_booked_before_it_happened() -> None:
    """It was, on a worker whose clock was ten minutes behind that of the worker that told it."""
    ledger = Ledger()
    ledger.hear(captured(), "m1", at=START)
    ledger.hear(capture_failed(), "m2", at=START + timedelta(minutes=10))
    (undone,) = [entry for entry in ledger.journal.entries() if entry.reverses]
    assert undone.booked_at == undone.effective_at == START + timedelta(minutes=10)


def test_a_dispute_that_was_won_before_it_was_heard_of_is_no_contradiction() -> None:
    """It was, when what had been disputed was refunded in the meantime, and was never booked."""
    refunded, _ = told(refunding(5000), notice(Operation.REFUND, Verdict.SUCCEEDED, 5000))
    assert refunded.status is PaymentStatus.REFUNDED
    with pytest.raises(NoticeContradicts):  # heard alone it may be anything: a person is told
        noticed(refunded, dispute(Verdict.OPENED, 5000))
    payment, events = noticed(refunded, dispute(Verdict.WON, 5000))
    assert [type(event) for event in events] == [DisputeOpened, DisputeWon]
    assert payment.status is PaymentStatus.REFUNDED
    assert (payment.refunded, payment.disputed) == (eur(5000), eur(0))
    assert noticed(payment, dispute(Verdict.OPENED, 5000)) == (payment, ())


def test_a_dispute_of_more_than_was_ever_captured_is_a_contradiction_even_when_it_was_won() -> None:
    with pytest.raises(NoticeContradicts):
        noticed(refunding(5000), dispute(Verdict.WON, 5001))
