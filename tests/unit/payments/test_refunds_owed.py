"""A refund that came back is owed once: what is refunded next draws on it first."""

from payments.domain.facts import absent, noticed
from payments.domain.intents import start_refund
from payments.domain.payment import Payment
from payments.infrastructure.payment_rows import from_row, to_row
from shared.contracts.payments import PaymentRefunded, RefundFailed, RefundRequested, Undoes
from shared.contracts.provider_notice import Operation, Verdict
from shared.money import Money
from tests.unit.payments.lives import NOW, eur, notice, refund_of, refunding, told


def refunds_owed(payment: Payment, minor: int, number: int) -> Money | None:
    command = refund_of(minor, f"ref_{number}")
    return start_refund(payment, command, cause_id="y", now=NOW)[1].already_owed


def test_a_refund_after_one_that_came_back_draws_on_what_is_owed_already() -> None:
    back, _ = noticed(refunding(2000), notice(Operation.REFUND, Verdict.REVERSED, 2000))
    assert refunds_owed(back, 500, 2) == eur(500)
    assert refunds_owed(back, 3000, 2) == eur(2000)
    drawn = refunding(1500, of=back, number=2)
    assert refunds_owed(drawn, 1000, 3) == eur(500)
    refused, (event,) = told(drawn, notice(Operation.REFUND, Verdict.DECLINED, 1500, number=2))
    assert event.already_owed == eur(1500)
    assert refunds_owed(refused, 3000, 3) == eur(2000)
    paid, _ = noticed(drawn, notice(Operation.REFUND, Verdict.SUCCEEDED, 1500, number=2))
    assert refunds_owed(paid, 500, 3) == eur(500)
    back_again, _ = noticed(drawn, notice(Operation.REFUND, Verdict.REVERSED, 1500, number=2))
    assert refunds_owed(back_again, 5000, 3) == eur(2000)


def test_a_refund_that_was_given_up_and_paid_after_all_is_owed_again_before_it_is_paid() -> None:
    gone, (failure,) = absent(refunding(2000), "pay_1-refund-1")
    assert isinstance(failure, RefundFailed)
    assert failure.undoes is Undoes.REQUEST
    payment, events = told(gone, notice(Operation.REFUND, Verdict.SUCCEEDED, 2000))
    assert [type(event) for event in events] == [RefundRequested, PaymentRefunded]
    assert (payment.refunded, payment.refunding) == (eur(2000), eur(0))
    assert events[0].refund_id == "ref_1"


def test_what_a_refund_draws_on_is_stored_with_it() -> None:
    back, _ = noticed(refunding(2000), notice(Operation.REFUND, Verdict.REVERSED, 2000))
    drawn = refunding(1500, of=back, number=2)
    row = {**to_row(drawn), "version": 1, "sequence": 1, "correlation_id": "c"}
    assert from_row(row).attempts == drawn.attempts
