"""An order was paid anew after a capture that had been given up took its money, and gave it back:
payments acknowledged that in silence, and the order waited for ever. Found by the simulator.
"""

from dataclasses import replace

import pytest

from payments.application.authorize_payment import authorize_payment
from payments.domain.facts import absent
from payments.domain.intents import start_refund, start_void
from payments.domain.payment import Payment
from payments.domain.states import PaymentStatus
from payments.infrastructure.dynamodb_payments import DynamoDbPayments
from shared.contracts.envelope import Cause
from shared.contracts.provider_notice import Operation, Verdict
from tests.doubles.memory_table import MemoryTable
from tests.unit.payments.lives import AUTHORIZE, NOW, authorized, capturing, notice, refund_of, told


def cause(name: str) -> Cause:
    return Cause(id=name, correlation_id="c", traceparent="t", now=NOW)


def late() -> Payment:
    """Captured after the hold was given back."""
    given_up, _ = absent(capturing(5000), "pay_1-capture-1")
    voiding = start_void(given_up, cause_id="orders/ord_1/5/1", now=NOW)
    taken, _ = told(
        voiding,
        notice(Operation.VOID, Verdict.SUCCEEDED, 5000),
        notice(Operation.CAPTURE, Verdict.SUCCEEDED, 5000),
    )
    assert taken.status is PaymentStatus.CAPTURED
    return taken


def giving_back() -> Payment:
    command = replace(refund_of(5000), unapplied=True)
    return start_refund(late(), command, cause_id="orders/ord_1/8/1", now=NOW)[0]


def given_back() -> Payment:
    refunded, _ = told(giving_back(), notice(Operation.REFUND, Verdict.SUCCEEDED, 5000))
    assert refunded.status is PaymentStatus.REFUNDED
    return refunded


def answer(payment: Payment) -> list[str]:
    """What is told when such a payment is asked for another authorization."""
    payments = DynamoDbPayments(MemoryTable())
    payments.keep_intent(replace(payment, version=0, sequence=0), cause("a"))
    authorize_payment(
        replace(AUTHORIZE, idempotency_key="ord_1-authorize-2"),
        provider="sandbox",
        payments=payments,
        gateways=lambda _: pytest.fail("nothing is asked of the provider"),
        cause=cause("orders/ord_1/9/1"),
    )
    return [str(row["Type"]) for row in payments.messages("pay_1")]


@pytest.mark.parametrize("payment", [late(), giving_back(), given_back()])
def test_an_order_whose_money_came_late_is_told_that_it_cannot_be_paid_anew(
    payment: Payment,
) -> None:
    assert answer(payment) == ["PaymentFailed"]


@pytest.mark.parametrize("payment", [authorized(), capturing(5000), capturing(3000)])
def test_what_is_held_or_being_captured_is_told_nothing(payment: Payment) -> None:
    assert answer(payment) == []
