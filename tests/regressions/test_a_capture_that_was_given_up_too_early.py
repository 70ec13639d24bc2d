"""Found by the simulator, when an order was paid anew whose capture came after it was given up."""

import pytest

from payments.domain.errors import CaptureMayCome
from payments.domain.facts import absent, noticed
from payments.domain.intents import start_authorization, start_refund, start_void
from payments.domain.payment import Payment
from payments.domain.states import PaymentStatus
from shared.contracts.provider_notice import Operation, Verdict
from tests.simulation.audit import evidence_of, findings
from tests.simulation.crashes import lived
from tests.simulation.upsets import life_called
from tests.unit.payments.lives import (
    AUTHORIZE,
    NOW,
    capturing,
    eur,
    notice,
    refund_of,
    told,
)

TAKEN = notice(Operation.CAPTURE, Verdict.SUCCEEDED, 5000)
GIVEN_BACK = notice(Operation.VOID, Verdict.SUCCEEDED, 5000)
REFUNDED = notice(Operation.REFUND, Verdict.SUCCEEDED, 5000)
REFUSED = notice(Operation.CAPTURE, Verdict.DECLINED, 5000)


def given_up() -> Payment:
    """Nobody knew of its capture, and its hold was given back."""
    held, _ = absent(capturing(), "pay_1-capture-1")
    voided, _ = noticed(start_void(held, cause_id="orders/ord_1/4/1", now=NOW), GIVEN_BACK)
    assert voided.status is PaymentStatus.VOIDED
    return voided


def come_late() -> Payment:
    return noticed(given_up(), TAKEN)[0]


def come_late_and_refunded() -> Payment:
    refunding, _ = start_refund(come_late(), refund_of(5000), cause_id="orders/ord_1/9/1", now=NOW)
    return told(refunding, REFUNDED)[0]


@pytest.mark.parametrize("payment", [given_up(), come_late(), come_late_and_refunded()])
def test_it_is_not_authorized_anew(payment: Payment) -> None:
    with pytest.raises(CaptureMayCome):
        start_authorization(payment, AUTHORIZE, cause_id="orders/ord_1/12/1", now=NOW)


def test_a_capture_that_its_provider_refused_hinders_no_other_try() -> None:
    refused, _ = noticed(capturing(), REFUSED)
    voided, _ = noticed(start_void(refused, cause_id="orders/ord_1/4/1", now=NOW), GIVEN_BACK)
    anew = start_authorization(voided, AUTHORIZE, cause_id="orders/ord_1/8/1", now=NOW)
    assert (anew.status, anew.held) == (PaymentStatus.AUTHORIZING, eur(0))


@pytest.mark.parametrize("when", ["before", "behind"])
def test_the_order_is_told_that_it_is_not_paid_anew_and_no_money_is_taken_twice(when: str) -> None:
    """Before it, the provider took the money of both holds."""
    life = f"a capture comes after it was given up, and the order is to be paid anew {when} it"
    evidence = evidence_of(lived(life_called(life)))
    assert findings(evidence) == []
    (order,) = evidence.orders.values()
    (payment,) = evidence.payments.values()
    assert (order["status"], order["failure_code"]) == ("payment_failed", "capture_may_come")
    assert (payment["captured"], payment["refunded"]) == (1000, 1000)
    assert len(evidence.charges) == 1
