"""Found by the simulator: a dispute was left out of the payment and of the books."""

from payments.domain.states import PaymentStatus
from shared.contracts.disputes import PaymentOverdrawn
from shared.contracts.payments import DisputeLost, DisputeOpened, PaymentRefunded, RefundFailed
from shared.contracts.provider_notice import Operation, Verdict
from tests.unit.payments.lives import dispute, eur, notice, refunding, told


def test_it_is_told_and_booked_though_that_the_refund_came_back_is_heard_last() -> None:
    """It was a contradiction: told to a person, and missing for good when the refund came back."""
    payment, events = told(
        refunding(5000),
        notice(Operation.REFUND, Verdict.SUCCEEDED, 5000),
        dispute(Verdict.OPENED, 5000),
        dispute(Verdict.LOST, 5000),
        notice(Operation.REFUND, Verdict.REVERSED, 5000),
    )
    assert [type(event) for event in events] == [
        PaymentRefunded,
        DisputeOpened,
        PaymentOverdrawn,
        DisputeLost,
        RefundFailed,
    ]
    assert (payment.refunded, payment.charged_back) == (eur(0), eur(5000))
    assert (payment.status, payment.overdrawn) == (PaymentStatus.CHARGED_BACK, eur(0))
