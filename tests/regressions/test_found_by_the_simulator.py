"""What the simulator has found, each as the shortest story of it."""

from dataclasses import replace
from datetime import timedelta

import pytest

from payments.application.operate import cancel_payment, refund_payment
from payments.domain.attempt import Answer, Attempt, Outcome
from payments.domain.errors import (
    NoticeContradicts,
    NoticeEarly,
    OutcomeUnknown,
    ProviderBusy,
    RefundNotPossible,
)
from payments.domain.facts import noticed
from payments.domain.intents import start_authorization, start_capture, start_void
from payments.domain.states import PaymentStatus
from payments.infrastructure.dynamodb_payments import DynamoDbPayments
from shared.contracts.disputes import PaymentOverdrawn
from shared.contracts.envelope import Cause
from shared.contracts.payments import (
    CancelPayment,
    DisputeOpened,
    DisputeWon,
    PaymentRefunded,
    RefundFailed,
)
from shared.contracts.provider_notice import Operation, Verdict
from tests.doubles.ledger import START, Ledger, capture_failed, captured
from tests.doubles.memory_table import MemoryTable
from tests.unit.payments.lives import (
    AUTHORIZE,
    NOW,
    authorized,
    capture_of,
    dispute,
    eur,
    notice,
    refund_of,
    refunding,
    told,
)
from tests.unit.payments.lives import captured as captured_payment


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
    payment, events = noticed(refunded, dispute(Verdict.WON, 5000))
    assert [type(event) for event in events] == [DisputeOpened, DisputeWon]
    assert payment.status is PaymentStatus.REFUNDED
    assert (payment.refunded, payment.disputed) == (eur(5000), eur(0))
    assert noticed(payment, dispute(Verdict.OPENED, 5000)) == (payment, ())


def test_a_dispute_of_more_than_was_ever_captured_is_a_contradiction_even_when_it_was_won() -> None:
    with pytest.raises(NoticeContradicts):
        noticed(refunding(5000), dispute(Verdict.WON, 5001))


class _Provider:
    """Busy at the first refund, silent at the second; it must not be called a third time."""

    key_used_for = timedelta(minutes=10)
    absent_after = timedelta(minutes=42)

    def __init__(self) -> None:
        self.refunds: list[str] = []

    def refund(self, attempt: Attempt, **_: object) -> Answer:
        self.refunds.append(attempt.attempt_id)
        if len(self.refunds) == 1:
            raise ProviderBusy
        return Answer(outcome=Outcome.UNKNOWN)

    def find(self, reference: str) -> None:
        """It cannot tell yet."""


def test_a_refund_that_never_got_through_waits_for_another_whose_outcome_is_unknown() -> None:
    """It was sent: only a new operation waited for what is unknown, not one begun before it."""
    provider, payments = _Provider(), DynamoDbPayments(MemoryTable())
    paid = replace(captured_payment(5000), version=0, sequence=0)
    payments.keep_intent(paid, _cause("a"))

    def ask(number: int) -> None:
        refund_payment(
            refund_of(1000, f"ref_{number}"),
            payments=payments,
            gateways=lambda _: provider,  # type: ignore[arg-type]
            cause=_cause(f"orders/ord_1/{number}/1"),
        )

    with pytest.raises(ProviderBusy):
        ask(1)
    with pytest.raises(OutcomeUnknown):
        ask(2)
    with pytest.raises(OutcomeUnknown):
        ask(1)
    assert provider.refunds == ["pay_1-refund-1", "pay_1-refund-2"]


def _cause(name: str) -> Cause:
    return Cause(id=name, correlation_id="c", traceparent="t", now=NOW)


def test_a_refund_out_of_a_capture_that_is_not_heard_of_yet_waits_for_it() -> None:
    """It was told as a contradiction: the first capture was undone, the second took the money."""
    refund = notice(Operation.REFUND, Verdict.SUCCEEDED, 1000)
    undone, _ = told(refunding(1000), notice(Operation.CAPTURE, Verdict.REVERSED, 5000))
    again = start_capture(undone, capture_of(5000), cause_id="orders/ord_1/9/2", now=NOW)
    with pytest.raises(NoticeEarly):
        noticed(again, refund)
    second = notice(Operation.CAPTURE, Verdict.SUCCEEDED, 5000, number=2)
    payment, _ = told(again, second, refund)
    assert (payment.captured, payment.refunded) == (eur(5000), eur(1000))


def test_a_refund_is_no_contradiction_when_its_capture_is_known_to_be_undone() -> None:
    """It was, and was asked about for ever: capture and refund came back, the capture first."""
    refund, back = (
        notice(Operation.REFUND, verdict, 5000) for verdict in (Verdict.SUCCEEDED, Verdict.REVERSED)
    )
    undone, _ = told(refunding(5000), notice(Operation.CAPTURE, Verdict.REVERSED, 5000))
    payment, events = noticed(undone, refund)
    assert [type(event) for event in events] == [PaymentRefunded, PaymentOverdrawn]
    assert payment.status is PaymentStatus.AUTHORIZED
    assert (payment.captured, payment.refunded, payment.refunding) == (eur(0), eur(5000), eur(0))
    with pytest.raises(RefundNotPossible):
        refunding(1, of=payment, number=2)
    payment, events = noticed(payment, back)
    assert [type(event) for event in events] == [RefundFailed]
    assert (payment.refunded, payment.refundable) == (eur(0), eur(0))


def test_a_void_long_done_is_not_stuck_when_the_payment_was_tried_again_since() -> None:
    """It died in its queue each time: the next authorization has no name at the provider yet."""
    voided, _ = told(
        start_void(authorized(), cause_id="orders/ord_1/4/1", now=NOW),
        notice(Operation.VOID, Verdict.SUCCEEDED, 5000),
    )
    again = start_authorization(voided, AUTHORIZE, cause_id="orders/ord_1/5/1", now=NOW)
    payments = DynamoDbPayments(MemoryTable())
    payments.keep_intent(replace(again, version=0, sequence=0), _cause("a"))
    cancel_payment(
        CancelPayment(
            idempotency_key="release-hold-1", payment_id="pay_1", order_id="ord_1", reason="-"
        ),
        payments=payments,
        gateways=lambda _: _Provider(),  # type: ignore[arg-type]
        cause=_cause("orders/ord_1/4/1"),
    )
    left = payments.find("pay_1")
    assert left is not None
    assert left.status is PaymentStatus.AUTHORIZING
    assert not left.cancel_requested
