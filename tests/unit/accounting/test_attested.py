"""Payments attests what it did: nothing of it is missing in the ledger, nothing there an orphan."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date, timedelta

import pytest

from accounting.application.attested import FACTS
from accounting.application.by_hand import close_period, reverse
from accounting.application.reactions import Subscribed
from accounting.domain.journal import Authorship, Person
from payments.application.attest import PAGE_OPERATIONS, attest_days, is_due
from payments.domain.operations import Operation, is_operation
from payments.infrastructure.dynamodb_attestations import DynamoDbAttestations, operation_mark
from shared.contracts.attestation import DayAttested, OperationsAttested
from shared.contracts.codec import decode
from shared.contracts.envelope import Message
from shared.contracts.payments import Undoes
from shared.persistence.aggregate import Aggregates, Snapshot
from shared.tally import Tally
from tests.doubles.ledger import (
    START,
    Ledger,
    authorized,
    capture_failed,
    captured,
    refund_failed,
    refund_requested,
    refunded,
)
from tests.doubles.memory_table import MemoryTable

BY = Authorship(actor=Person("operator", "ann"), reason="a test")
DAY = timedelta(days=1)


class Payments:
    """The outbox of payments: what it told, delivered to the ledger as the bus would."""

    def __init__(self) -> None:
        self.table = MemoryTable()
        self.ledger = Ledger()
        self.attestations = DynamoDbAttestations(self.table)
        self._aggregates = Aggregates(
            self.table, service="payments", kind="PAYMENT", mark=operation_mark
        )
        self._versions: dict[str, int] = {}

    def tell(self, *events: Message, deliver: bool = True) -> None:
        for event in events:
            payment = str(getattr(event, "payment_id", ""))
            version = self._versions.get(payment, 0)
            before = Snapshot(
                aggregate_id=payment, row={}, version=version, sequence=version, correlation_id="c"
            )
            cause = self.ledger.cause(f"webhook/{payment}/{version}")
            self._aggregates.commit(before, [event], cause, handled=False)
            self._versions[payment] = version + 1
            if deliver:
                self.deliver()
            else:
                self.table.drain_inserts()

    def deliver(self) -> None:
        for row in self.table.drain_inserts():
            envelope = decode(Subscribed, json.loads(str(row["Payload"])))
            self.ledger.hear(envelope.data, envelope.id, at=envelope.time)

    def night(self) -> list[str]:
        """A day ends: it is attested, sealed and proved; what is wrong, as check and detail."""
        self.ledger.now = (self.ledger.now + DAY).replace(hour=0, minute=46)
        attest_days(attestations=self.attestations, cause=self.ledger.cause("attestation"))
        self.deliver()
        self.ledger.tick(hours=1)
        self.ledger.fold()
        self.ledger.seal()
        return [f"{each.check}: {each.detail}" for each in self.ledger.prove().breaches]


def a_life(payment: str) -> list[Message]:
    return [
        authorized(900, payment),
        captured(900, payment),
        refund_requested(300, payment, f"re_{payment}"),
        refunded(300, payment, f"re_{payment}"),
    ]


def test_a_day_on_which_all_was_booked_is_agreed_on() -> None:
    payments = Payments()
    payments.tell(*a_life("pay_1"), *a_life("pay_2"))
    assert payments.night() == []
    payments.tell(capture_failed(900, "pay_1"), refund_failed(300, Undoes.REFUND, "pay_2", "re_2"))
    assert payments.night() == []
    days = list(payments.ledger.attested.days())
    assert [(day.day, day.operations) for day in days] == [("2026-01-02", 8), ("2026-01-03", 2)]


def test_a_capture_that_was_never_told_to_the_ledger_is_named_with_its_payment() -> None:
    payments = Payments()
    payments.tell(*a_life("pay_1"))
    payments.tell(captured(400, "pay_2"), deliver=False)
    assert payments.night() == [
        "not_booked: PaymentCaptured of pay_2, 4.00 EUR, told by payments/pay_2/1/1"
    ]


def test_an_entry_that_payments_never_told_is_an_orphan() -> None:
    payments = Payments()
    payments.tell(*a_life("pay_1"))
    payments.ledger.hear(captured(400, "pay_9"), "payments/pay_9/1/1")
    assert payments.night() == [
        "orphan: PaymentCaptured of pay_9: payments has not attested payments/pay_9/1/1"
    ]


def test_an_entry_with_another_amount_is_named() -> None:
    payments = Payments()
    payments.tell(*a_life("pay_1"))
    payments.tell(captured(400, "pay_2"), deliver=False)
    payments.ledger.hear(captured(401, "pay_2"), "payments/pay_2/1/1")
    payments.tell(captured(5, "pay_3"), deliver=False)
    assert sorted(payments.night()) == [
        "booked_otherwise: PaymentCaptured of pay_2, 4.00 EUR, told by payments/pay_2/1/1",
        "not_booked: PaymentCaptured of pay_3, 0.05 EUR, told by payments/pay_3/1/1",
    ]


def test_what_is_told_late_is_looked_for_again_every_night() -> None:
    payments = Payments()
    payments.tell(*a_life("pay_1"))
    payments.tell(captured(400, "pay_2"), deliver=False)
    told = payments.ledger.now
    assert len(payments.night()) == 1
    payments.ledger.hear(captured(400, "pay_2"), "payments/pay_2/1/1", at=told)
    assert payments.night() == []


def test_a_fact_of_a_closed_period_is_of_the_day_it_was_told() -> None:
    payments = Payments()
    payments.tell(captured(400, "pay_2"), deliver=False)
    told = payments.ledger.now
    payments.ledger.tick(days=1)
    cause = payments.ledger.cause("c")
    close_period(date(2026, 1, 2), BY, journal=payments.ledger.journal, cause=cause)
    payments.ledger.hear(captured(400, "pay_2"), "payments/pay_2/1/1", at=told)
    payments.ledger.now = told
    assert payments.night() == []


def test_a_capture_that_people_reversed_before_it_failed_is_no_breach() -> None:
    payments = Payments()
    payments.tell(captured(400, "pay_2"))
    (entry,) = payments.ledger.journal.entries()
    cause = payments.ledger.cause("r")
    reverse(entry.entry_id, BY, effective_at=None, journal=payments.ledger.journal, cause=cause)
    payments.tell(capture_failed(400, "pay_2"))
    assert payments.night() == []


def test_a_day_that_nobody_attested_is_a_breach() -> None:
    payments = Payments()
    payments.tell(*a_life("pay_1"))
    payments.night()
    payments.tell(*a_life("pay_2"))
    payments.ledger.tick(days=1)
    payments.ledger.now = payments.ledger.now.replace(hour=4)
    payments.ledger.fold()
    payments.ledger.seal()
    assert [f"{each.check}: {each.detail}" for each in payments.ledger.prove().breaches] == [
        "attestation: payments has not attested 2026-01-03"
    ]


def test_a_day_is_attested_once_in_pages_and_told_complete_at_its_end() -> None:
    payments = Payments()
    for number in range(PAGE_OPERATIONS * 8 + 80):
        payments.tell(captured(1, f"pay_{number}"), deliver=False)
    payments.ledger.now = START + DAY
    cause = payments.ledger.cause("attestation")
    assert attest_days(attestations=payments.attestations, cause=cause) == ["2026-01-02"]
    rows = payments.table.drain_inserts()
    assert attest_days(attestations=payments.attestations, cause=cause) == []
    assert payments.table.drain_inserts() == []
    envelopes = [
        decode(OperationsAttested | DayAttested, json.loads(str(row["Payload"]))) for row in rows
    ]
    *pages, whole = (envelope.data for envelope in envelopes)
    assert isinstance(whole, DayAttested)
    assert whole.operations == 4080
    assert sum(len(page.operations) for page in pages) == 4080
    assert len({envelope.id for envelope in envelopes}) == len(envelopes)
    tally = Tally()
    for page in pages:
        for each in page.operations:
            tally.add(each.message_id)
    assert (tally.count, tally.digest) == (whole.operations, whole.digest)


def test_an_interrupted_attestation_is_told_again_with_the_same_ids() -> None:
    payments = Payments()
    payments.tell(*a_life("pay_1"), *a_life("pay_2"), *a_life("pay_3"))
    payments.ledger.now = START + DAY
    writes = 0

    def strike(moment: str) -> None:
        nonlocal writes
        writes += moment == "after commit"
        if writes == 2 and moment == "after commit":
            raise KeyboardInterrupt

    payments.table.on_write = strike
    cause = payments.ledger.cause("attestation")
    with pytest.raises(KeyboardInterrupt):
        attest_days(attestations=payments.attestations, cause=cause)
    attest_days(attestations=payments.attestations, cause=cause)
    payments.deliver()
    (day,) = payments.ledger.attested.days()
    assert day.operations == 12
    assert len(list(payments.ledger.attested.operations("2026-01-02"))) == 12


def test_a_day_is_due_three_quarters_of_an_hour_after_its_end() -> None:
    midnight = START.replace(day=3, hour=0, minute=0)
    assert not is_due("2026-01-01", midnight.replace(minute=44))
    assert is_due("2026-01-01", midnight.replace(minute=45))
    assert not is_due("2026-01-02", midnight.replace(minute=45))
    assert is_due(None, midnight)


def test_failures_are_operations_only_where_they_undo_one() -> None:
    assert is_operation(capture_failed())
    assert not is_operation(capture_failed(undoes=False))
    assert is_operation(refund_failed(1, Undoes.REQUEST))
    assert not is_operation(refund_failed(1, Undoes.NOTHING))


def test_every_operation_of_payments_is_one_that_the_ledger_expects() -> None:
    names = {kind.__name__ for kind in Operation.__value__.__args__}
    assert names | {"UnappliedCapture"} == FACTS


def test_a_tally_tells_a_name_told_twice_from_one_told_once() -> None:
    one, two = Tally(), Tally()
    one.add("a")
    two.add("a")
    assert one == two
    two.add("a")
    assert one != two
    assert replace(one).digest == one.digest
    assert Tally().digest == "g" * 64
    assert one.digest.isalpha()
