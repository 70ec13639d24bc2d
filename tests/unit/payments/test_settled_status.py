"""A payment says `settled` while all that it has captured is settled, line by line."""

from typing import Any

import pytest

from payments.application.reactions import react
from payments.domain.errors import NoticeEarly, PaymentUnknown
from payments.domain.intents import start_capture, start_refund
from payments.domain.payment import Payment
from payments.domain.settling import line_settled
from payments.infrastructure.dynamodb_payments import DynamoDbPayments
from payments.infrastructure.payment_rows import from_row, to_row
from shared.contracts.envelope import Cause, Envelope
from shared.contracts.provider_notice import Operation, Verdict
from shared.contracts.settlement import LineKind, PaymentSettled
from shared.errors.taxonomy import AlreadyHandled
from shared.money import Money
from tests.doubles.ledger import settled
from tests.doubles.memory_table import MemoryTable
from tests.unit.payments.lives import (
    NOW,
    capture_of,
    captured,
    capturing,
    eur,
    notice,
    refund_of,
    told,
)

TAKEN = notice(Operation.CAPTURE, Verdict.SUCCEEDED, 5000)


def line(minor: int, name: str = "line_1", **changed: Any) -> PaymentSettled:
    kind = LineKind.CAPTURE if minor > 0 else LineKind.CAPTURE_REVERSED
    return settled(kind, eur(minor), eur(minor - 100), eur(100), line=name, **changed)


def seen(payment: Payment) -> tuple[str, int]:
    return payment.status.value, payment.settled.minor


def test_what_is_captured_is_settled_by_its_lines_gross_whatever_the_fee() -> None:
    assert seen(line_settled(captured(), line(5000))) == ("settled", 5000)


def test_a_part_is_told_by_its_amount_and_by_no_status() -> None:
    part = line_settled(captured(), line(4999))
    assert seen(part) == ("captured", 4999)
    assert seen(line_settled(part, line(1, "line_2"))) == ("settled", 5000)


def test_a_line_doubled_settles_no_other_capture() -> None:
    first = captured(3000, final=False)
    second = start_capture(first, capture_of(2000), cause_id="x", now=NOW)
    both, _ = told(second, notice(Operation.CAPTURE, Verdict.SUCCEEDED, 2000, number=2))
    doubled = line_settled(line_settled(both, line(3000)), line(3000, "line_2"))
    assert seen(doubled) == ("captured", 3000)
    other = line(2000, "line_3", reference="pay_1-capture-2")
    assert seen(line_settled(doubled, other)) == ("settled", 5000)


def test_a_line_that_comes_before_its_capture_is_known_is_kept_with_it() -> None:
    early = line_settled(capturing(), line(5000))
    assert seen(early) == ("capturing", 0)
    assert seen(told(early, TAKEN)[0]) == ("settled", 5000)


def test_a_line_by_the_providers_name_alone_waits_for_its_capture() -> None:
    unnamed = line(5000, reference="", provider_reference="sbx_capture_1")
    with pytest.raises(NoticeEarly):
        line_settled(capturing(), unnamed)
    assert seen(line_settled(captured(), unnamed)) == ("settled", 5000)


def test_a_settled_payment_may_be_refunded_and_captured_further() -> None:
    payment = line_settled(captured(3000, final=False), line(3000))
    assert seen(payment) == ("settled", 3000)
    more = start_capture(payment, capture_of(2000), cause_id="x", now=NOW)
    assert seen(more) == ("capturing", 3000)
    owed, _ = start_refund(payment, refund_of(1000), cause_id="x", now=NOW)
    assert seen(owed) == ("settled", 3000)
    back, _ = told(owed, notice(Operation.REFUND, Verdict.SUCCEEDED, 1000))
    assert seen(back) == ("partially_refunded", 3000)


@pytest.mark.parametrize(
    "stranger",
    [
        line(5000, reference="pay_1-capture-2", provider_reference="sbx_else"),
        line(5000, reference="", provider_reference=""),
        settled(LineKind.REFUND, eur(-5000), eur(-5000)),
        settled(LineKind.CAPTURE, Money(5000, "USD"), Money(5000, "USD")),
        settled(LineKind.UNKNOWN, eur(5000), eur(5000)),
    ],
    ids=["of another capture", "of none", "a refund's", "in another currency", "of no known type"],
)
def test_a_line_of_no_capture_of_ours_changes_nothing(stranger: PaymentSettled) -> None:
    assert line_settled(captured(), stranger) == captured()


def test_a_payment_in_the_table_keeps_what_was_settled() -> None:
    for payment in (captured(), line_settled(captured(), line(4000))):
        row = {**to_row(payment), "version": 0, "sequence": 0, "correlation_id": "c"}
        assert from_row(row) == payment


def test_a_payment_from_before_there_were_settled_amounts_is_read() -> None:
    row: dict[str, Any] = {**to_row(captured()), "version": 0, "sequence": 0, "correlation_id": "c"}
    for attempt in row["attempts"]:
        del attempt["settled"]
    assert from_row(row) == captured()


class Service:
    """The reactions of payments over a table in memory."""

    def __init__(self, payment: Payment) -> None:
        self.payments = DynamoDbPayments(MemoryTable())
        self.payments.keep_intent(payment, self.cause("begun"))

    def cause(self, name: str) -> Cause:
        return Cause(id=name, correlation_id="c", traceparent="t", now=NOW)

    def hear(self, said: PaymentSettled) -> None:
        name = f"payments/line/{said.line_id}"
        envelope = Envelope(
            id=name,
            source="quittance.payments",
            subject=f"line/{said.line_id}",
            time=NOW,
            sequence=1,
            correlation_id="c",
            causation_id="payments/report/rep_1",
            traceparent="t",
            data=said,
        )
        react(envelope, self.cause(name), payments=self.payments)

    @property
    def payment(self) -> Payment:
        found = self.payments.find("pay_1")
        assert found is not None
        return found


def test_a_line_delivered_twice_counts_once() -> None:
    service = Service(captured())
    service.hear(line(2500))
    with pytest.raises(AlreadyHandled):
        service.hear(line(2500))
    assert seen(service.payment) == ("captured", 2500)
    service.hear(line(2500, "line_2"))
    assert seen(service.payment) == ("settled", 5000)
    assert list(service.payments.messages("pay_1")) == []


def test_a_line_of_nobodys_is_acknowledged_and_one_of_a_payment_not_here_waits() -> None:
    service = Service(captured())
    service.hear(line(5000, payment=""))
    with pytest.raises(AlreadyHandled):
        service.hear(line(5000, payment=""))
    with pytest.raises(PaymentUnknown):
        service.hear(line(5000, "line_2", payment="pay_2"))
    assert seen(service.payment) == ("captured", 0)
