"""A late capture, undone after its hold had expired: it was told as a contradiction."""

from dataclasses import replace

from payments.domain.facts import absent
from payments.domain.states import PaymentStatus
from shared.contracts.payments import CaptureFailed
from shared.contracts.provider_notice import Operation, Verdict
from tests.unit.payments.lives import AUTHORIZED, capturing, eur, notice, told


def test_a_late_capture_of_a_part_that_is_undone_leaves_an_expired_payment() -> None:
    """Found by random walks, begun at captures: the graph had no line for it."""
    given_up, _ = absent(capturing(3000, final=False), "pay_1-capture-1")
    late, _ = told(
        given_up,
        replace(AUTHORIZED, verdict=Verdict.EXPIRED),
        notice(Operation.CAPTURE, Verdict.SUCCEEDED, 3000),
    )
    assert (late.status, late.expired) == (PaymentStatus.PARTIALLY_CAPTURED, eur(2000))
    undone, events = told(late, notice(Operation.CAPTURE, Verdict.REVERSED, 3000))
    assert (undone.status, undone.captured) == (PaymentStatus.EXPIRED, eur(0))
    assert (undone.expired, undone.released) == (eur(2000), eur(3000))
    (event,) = events
    assert isinstance(event, CaptureFailed)
    assert (event.undoes_capture, event.unapplied) == (True, True)
