"""A payment is read as it was saved with every attempt, and a webhook is stored once."""

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from payments.domain.attempt import Answer, Outcome
from payments.domain.effects import Change
from payments.domain.facts import answered, noticed
from payments.domain.intents import start_authorization, start_capture, start_refund
from payments.domain.payment import Payment, requested
from payments.infrastructure.dynamodb_payments import DynamoDbPayments
from shared.contracts.codec import decode
from shared.contracts.envelope import Cause
from shared.contracts.payments import (
    AuthorizePayment,
    CapturePayment,
    RefundPayment,
    WebhookReceived,
)
from shared.contracts.provider_notice import Notice, Operation, Verdict
from shared.errors.taxonomy import AlreadyHandled, StaleRow
from shared.money import Money
from shared.persistence.table import Key, Table
from tests.integration.racing import race

NOW = datetime(2026, 1, 2, 3, 4, 5, 678, tzinfo=UTC)
CAPTURE_BEFORE = datetime(2026, 1, 9, 3, 4, 5, tzinfo=UTC)
AMOUNT = Money(3998, "EUR")
COMMAND = AuthorizePayment(
    idempotency_key="ord_1-authorize-1",
    payment_id="pay_1",
    order_id="ord_1",
    amount=AMOUNT,
    payment_method_token="tok_visa",
)
AUTHORIZED = Notice(
    reference="pay_1-authorize-1",
    operation=Operation.AUTHORIZE,
    verdict=Verdict.SUCCEEDED,
    amount=AMOUNT,
    provider_payment="sbx_pay_1",
    provider_reference="sbx_op_1",
    capture_before=CAPTURE_BEFORE,
)

CAPTURE = CapturePayment(
    idempotency_key="ord_1-capture-1", payment_id="pay_1", order_id="ord_1", amount=AMOUNT
)
CAPTURED = replace(AUTHORIZED, reference="pay_1-capture-1", operation=Operation.CAPTURE)
DISPUTED = replace(
    AUTHORIZED,
    operation=Operation.DISPUTE,
    verdict=Verdict.OPENED,
    amount=Money(1000, "EUR"),
    provider_reference="sbx_dp_1",
)
REFUND = RefundPayment(
    idempotency_key="ref_1",
    payment_id="pay_1",
    order_id="ord_1",
    refund_id="ref_1",
    amount=Money(500, "EUR"),
    reason="returned",
)


@pytest.fixture
def payments(table: Table) -> DynamoDbPayments:
    return DynamoDbPayments(table)


def cause(id_: str) -> Cause:
    traceparent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
    return Cause(id=id_, correlation_id="cor_1", traceparent=traceparent, now=NOW)


def intended(payments: DynamoDbPayments) -> Payment:
    new = requested(COMMAND, provider="sandbox", correlation_id="cor_1")
    started = start_authorization(new, COMMAND, cause_id="cmd_1", now=NOW)
    return payments.keep_intent(started, cause("cmd_1"))


def received(*, webhook_id: str = "evt_1", decline_code: str | None = None) -> WebhookReceived:
    notice = Notice(
        reference="pay_1-authorize-1",
        operation=Operation.AUTHORIZE,
        verdict=Verdict.DECLINED,
        amount=AMOUNT,
        provider_payment="sbx_pay_1",
        provider_reference="sbx_op_1",
        decline_code=decline_code,
    )
    return WebhookReceived(
        provider="sandbox", webhook_id=webhook_id, payment_id="pay_1", notice=notice
    )


def test_an_intent_is_durable_before_its_cause_is_handled(
    payments: DynamoDbPayments, table: Table
) -> None:
    assert payments.find("pay_1") is None
    payment = intended(payments)
    assert payments.find("pay_1") == payment
    assert payment.version == 1
    assert not table.handled("cmd_1")
    (attempt,) = payment.attempts
    assert (attempt.attempt_id, attempt.key) == ("pay_1-authorize-1", "pay_1:authorize:1")
    assert (attempt.cause_id, attempt.started_at) == ("cmd_1", NOW)


def test_every_change_of_a_payment_is_read_as_it_was_saved(
    payments: DynamoDbPayments, table: Table
) -> None:
    payment = intended(payments)
    answer = Answer(
        outcome=Outcome.UNKNOWN,
        provider_payment="sbx_pay_1",
        provider_reference="sbx_op_1",
        decline_code="try_again",
    )
    changes: list[Callable[[Payment], Change]] = [
        lambda each: answered(each, "pay_1-authorize-1", answer),
        lambda each: noticed(each, AUTHORIZED),
        lambda each: (start_capture(each, CAPTURE, cause_id="cmd_2", now=NOW), ()),
        lambda each: noticed(each, CAPTURED),
        lambda each: noticed(each, DISPUTED),
        lambda each: (start_refund(each, REFUND, cause_id="cmd_3", now=NOW)[0], ()),
    ]
    for number, change in enumerate(changes, start=1):
        changed, messages = change(payment)
        payment = payments.commit(changed, messages, cause(f"evt_{number}"))
        assert payment.version == number + 1
        assert payments.find("pay_1") == payment
        assert table.handled(f"evt_{number}")
    assert payment.capture_before == CAPTURE_BEFORE
    assert [attempt.attempt_id for attempt in payment.attempts] == [
        "pay_1-authorize-1",
        "pay_1-capture-1",
        "pay_1-refund-1",
    ]
    assert [row["Type"] for row in payments.messages("pay_1")] == [
        "PaymentAuthorized",
        "PaymentCaptured",
        "DisputeOpened",
    ]


def test_of_many_deliveries_of_one_command_one_intent_is_kept(payments: DynamoDbPayments) -> None:
    def attempt(number: int) -> bool:
        del number
        try:
            intended(payments)
        except StaleRow:
            return False
        return True

    assert race(20, attempt).count(True) == 1
    kept = payments.find("pay_1")
    assert kept is not None
    assert (kept.version, len(kept.attempts)) == (1, 1)


def test_a_cause_that_changes_nothing_is_acknowledged_once(
    payments: DynamoDbPayments, table: Table
) -> None:
    payments.acknowledge(cause("cmd_1"))
    assert table.handled("cmd_1")
    with pytest.raises(AlreadyHandled):
        payments.acknowledge(cause("cmd_1"))


def test_a_webhook_is_stored_as_the_message_that_announces_it(
    payments: DynamoDbPayments, table: Table
) -> None:
    payments.keep(received(decline_code="lost_card"), '{"raw": 1}', cause("sandbox/evt_1"))
    row = table.get(Key("PAYMENT#pay_1", "WEBHOOK#sandbox/evt_1"))
    assert row is not None
    assert row.keys() == {
        "pk",
        "sk",
        "Id",
        "OccurredOn",
        "Type",
        "Payload",
        "Retries",
        "Unprocessed",
        "raw",
    }
    assert (row["Id"], row["Type"]) == ("payments/webhook/sandbox/evt_1", "WebhookReceived")
    assert row["raw"] == '{"raw": 1}'
    envelope = decode(WebhookReceived, json.loads(str(row["Payload"])))
    assert envelope.data == received(decline_code="lost_card")
    assert (envelope.subject, envelope.sequence) == ("webhook/sandbox/evt_1", 1)


def test_a_webhook_that_is_sent_again_is_left_as_it_is(payments: DynamoDbPayments) -> None:
    payments.keep(received(decline_code="lost_card"), "first", cause("sandbox/evt_1"))
    payments.keep(received(decline_code="other"), "second", cause("sandbox/evt_1"))
    (row,) = payments.messages("pay_1")
    assert row["raw"] == "first"


def test_a_webhook_that_arrives_many_times_at_once_is_stored_once(
    payments: DynamoDbPayments,
) -> None:
    race(20, lambda number: payments.keep(received(), f"{number}", cause("sandbox/evt_1")))
    assert len(list(payments.messages("pay_1"))) == 1


def test_the_messages_of_a_payment_and_its_webhooks_are_listed_together(
    payments: DynamoDbPayments,
) -> None:
    payment = intended(payments)
    for webhook_id in ("evt_2", "evt_1"):
        payments.keep(received(webhook_id=webhook_id), "raw", cause(f"sandbox/{webhook_id}"))
    authorized, messages = noticed(payment, AUTHORIZED)
    payments.commit(authorized, messages, cause("evt_1"))
    assert [row["Type"] for row in payments.messages("pay_1")] == [
        "PaymentAuthorized",
        "WebhookReceived",
        "WebhookReceived",
    ]
    assert list(payments.messages("pay_2")) == []
