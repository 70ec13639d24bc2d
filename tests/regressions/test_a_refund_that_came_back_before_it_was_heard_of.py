"""Found by the simulator, in a world of a hundred payments that never went quiet."""

from payments.domain.states import PaymentStatus
from shared.contracts.payments import PaymentRefunded, RefundFailed, Undoes
from shared.contracts.provider_notice import Operation, Verdict
from tests.unit.payments.lives import dispute, eur, notice, refunding, told


def test_what_it_gave_back_may_have_been_disputed_since() -> None:
    """It was told as a contradiction: the refund stayed open, and its provider was asked for ever.

    The refund was done, and came back; then everything was disputed. That was heard of first.
    """
    disputed, _ = told(refunding(1000), dispute(Verdict.OPENED, 5000), dispute(Verdict.LOST, 5000))
    assert (disputed.refunding, disputed.charged_back) == (eur(1000), eur(5000))
    payment, events = told(disputed, notice(Operation.REFUND, Verdict.REVERSED, 1000))
    assert [type(event) for event in events] == [PaymentRefunded, RefundFailed]
    assert isinstance(events[1], RefundFailed)
    assert events[1].undoes is Undoes.REFUND
    assert payment.status is PaymentStatus.CHARGED_BACK
    assert (payment.refunded, payment.refunding, payment.undecided) == (eur(0), eur(0), ())
