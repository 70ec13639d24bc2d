"""A command that comes again, hours or weeks after its worker died, charges once."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from payments.application.carry_out import told
from payments.application.operate import refund_payment
from payments.application.reactions import obey, react
from payments.application.resolve_payment import ESCALATED_AFTER, resolve_payment
from payments.domain.attempt import Answer, Attempt, AttemptStatus, Outcome
from payments.domain.errors import OutcomeUnknown
from payments.domain.states import PaymentStatus
from payments.infrastructure.dynamodb_payments import DynamoDbPayments
from shared.contracts.envelope import Cause, Envelope
from shared.contracts.payments import NoticeContradicted, WebhookReceived
from shared.contracts.provider_notice import Notice
from shared.errors.taxonomy import AlreadyHandled
from tests.doubles.memory_table import MemoryTable
from tests.unit.payments.lives import AUTHORIZE, AUTHORIZED, NOW, authorizing, eur, refund_of

KEY_LIVES = timedelta(hours=24)
COMMAND = Envelope(
    id="orders/ord_1/1/2",
    source="quittance.orders",
    subject="ord_1",
    time=NOW,
    sequence=2,
    correlation_id="c",
    causation_id="req_1",
    traceparent="t",
    data=AUTHORIZE,
)


class ForgetfulProvider:
    """Every call after its key has expired is another charge."""

    key_used_for = timedelta(minutes=10)
    absent_after = timedelta(minutes=42)

    def __init__(self, *, answers: bool = True, knows: bool = True) -> None:
        self.now = NOW
        self.answers = answers
        self.knows = knows
        self.keys: dict[str, datetime] = {}
        self.charges = 0

    def authorize(self, attempt: Attempt, *, token: str, metadata: Mapping[str, str]) -> Answer:
        del token, metadata
        first = self.keys.setdefault(attempt.key, self.now)
        if self.charges == 0 or self.now - first >= KEY_LIVES:
            self.charges += 1
        return Answer(outcome=Outcome.UNKNOWN)  # the line drops after the charge

    def find(self, reference: str) -> Notice | None:
        if not self.answers:
            raise OutcomeUnknown
        return replace(AUTHORIZED, reference=reference) if self.knows and self.charges else None


class Payments:
    """The service over a table in memory, and one provider."""

    def __init__(self, provider: ForgetfulProvider) -> None:
        self.provider = provider
        self.table = MemoryTable()
        self.payments = DynamoDbPayments(self.table)

    def cause(self, name: str, after: timedelta) -> Cause:
        self.provider.now = NOW + after
        return Cause(id=name, correlation_id="c", traceparent="t", now=NOW + after)

    def deliver(self, after: timedelta) -> None:
        """The same command, this long after the first time."""
        obey(
            COMMAND,
            self.cause(COMMAND.id, after),
            provider="forgetful",
            payments=self.payments,
            gateways=lambda _: self.provider,  # type: ignore[arg-type]
        )

    def check(self, number: int, after: timedelta) -> None:
        resolve_payment(
            "pay_1",
            payments=self.payments,
            gateways=lambda _: self.provider,  # type: ignore[arg-type]
            cause=self.cause(f"check-{number}", after),
        )

    def types(self) -> list[object]:
        return [row["Type"] for row in self.payments.messages("pay_1")]


@pytest.mark.parametrize(
    "after",
    [
        timedelta(seconds=30),
        timedelta(minutes=10),
        timedelta(hours=25),
        timedelta(days=15),
        timedelta(days=40),
    ],
    ids=["30 seconds", "10 minutes", "25 hours", "15 days", "40 days"],
)
def test_a_redelivery_after_the_charge_charges_once(after: timedelta) -> None:
    service = Payments(ForgetfulProvider())
    with pytest.raises(OutcomeUnknown):
        service.deliver(timedelta())
    service.deliver(after)
    payment = service.payments.find("pay_1")
    assert payment is not None
    assert payment.status is PaymentStatus.AUTHORIZED
    assert service.provider.charges == 1
    assert service.types() == ["PaymentAuthorized"]


def test_the_next_operation_asks_what_is_unknown_before_it_waits() -> None:
    service = Payments(ForgetfulProvider())
    with pytest.raises(OutcomeUnknown):
        service.deliver(timedelta())
    later = service.cause("orders/ord_1/2/1", timedelta(seconds=5))
    refund_payment(
        refund_of(5000),
        payments=service.payments,
        gateways=lambda _: service.provider,  # type: ignore[arg-type]
        cause=later,
    )
    payment = service.payments.find("pay_1")
    assert payment is not None
    assert payment.status is PaymentStatus.AUTHORIZED
    assert service.types() == ["PaymentAuthorized", "RefundFailed"]
    assert service.provider.charges == 1


@pytest.mark.parametrize("after", [timedelta(hours=25), timedelta(days=15)])
def test_a_provider_that_cannot_say_is_not_called_again_with_an_old_key(after: timedelta) -> None:
    service = Payments(ForgetfulProvider(knows=False))
    with pytest.raises(OutcomeUnknown):
        service.deliver(timedelta())
    with pytest.raises(OutcomeUnknown):
        service.deliver(after)
    assert service.provider.charges == 1


def test_a_silent_provider_is_asked_in_growing_steps_and_a_person_is_told_once() -> None:
    service = Payments(ForgetfulProvider(answers=False))
    with pytest.raises(OutcomeUnknown):
        service.deliver(timedelta())
    for number, after in enumerate(
        (timedelta(minutes=1), timedelta(days=2), ESCALATED_AFTER, timedelta(days=9)), start=1
    ):
        with pytest.raises(OutcomeUnknown):
            service.check(number, after)
        payment = service.payments.find("pay_1")
        assert payment is not None
        assert payment.checks == number
        assert payment.attempts[0].status is AttemptStatus.UNKNOWN
    assert service.types() == ["PaymentUnresolved"]


def test_who_asks_out_of_turn_however_often_puts_off_neither_the_schedule_nor_the_person() -> None:
    service = Payments(ForgetfulProvider(answers=False))
    with pytest.raises(OutcomeUnknown):
        service.deliver(timedelta())
    for number in range(60):
        with pytest.raises(OutcomeUnknown):
            service.check(number, timedelta(seconds=21))
    payment = service.payments.find("pay_1")
    assert payment is not None
    assert payment.next_check_at == NOW + timedelta(seconds=60)
    with pytest.raises(OutcomeUnknown):
        service.check(60, timedelta(seconds=60))
    with pytest.raises(OutcomeUnknown):
        service.check(61, ESCALATED_AFTER)
    assert service.types() == ["PaymentUnresolved"]


def test_a_notice_with_another_amount_is_told_once_and_changes_no_amount() -> None:
    said = replace(AUTHORIZED, amount=eur(4999))
    payment, messages = told(authorizing(), said)
    assert replace(payment, contradictions=()) == authorizing()
    assert told(payment, said) == (payment, ())
    assert told(payment, replace(said, amount=eur(4998)))[1] != ()
    assert messages == (
        NoticeContradicted(
            payment_id="pay_1",
            order_id="ord_1",
            provider="sandbox",
            reference="pay_1-authorize-1",
            contradiction="49.99 EUR instead of 50.00 EUR",
        ),
    )


def test_a_webhook_told_twice_takes_effect_once() -> None:
    service = Payments(ForgetfulProvider())
    with pytest.raises(OutcomeUnknown):
        service.deliver(timedelta())
    received = WebhookReceived(
        provider="forgetful", webhook_id="evt_1", payment_id="pay_1", notice=AUTHORIZED
    )
    envelope = Envelope(
        id="payments/webhook/forgetful/evt_1",
        source="quittance.payments",
        subject="webhook/forgetful/evt_1",
        time=NOW,
        sequence=1,
        correlation_id="c",
        causation_id="orders/ord_1/1/2",
        traceparent="t",
        data=received,
    )
    react(envelope, service.cause(envelope.id, timedelta()), payments=service.payments)
    with pytest.raises(AlreadyHandled):
        react(envelope, service.cause(envelope.id, timedelta()), payments=service.payments)
    assert service.types() == ["PaymentAuthorized"]


class MistakenProvider(ForgetfulProvider):
    """It says of the authorization that it was another amount, whenever it is asked."""

    def find(self, reference: str) -> Notice | None:
        del reference
        return replace(AUTHORIZED, amount=eur(4999))


def test_a_contradiction_is_told_once_however_often_the_provider_is_asked() -> None:
    service = Payments(MistakenProvider(answers=False))
    with pytest.raises(OutcomeUnknown):
        service.deliver(timedelta())
    for number, after in enumerate((timedelta(minutes=1), timedelta(hours=7)), start=1):
        service.check(number, after)
    payment = service.payments.find("pay_1")
    assert payment is not None
    assert payment.checks == 2
    assert service.types() == ["NoticeContradicted"]
