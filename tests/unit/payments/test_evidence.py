"""A dispute is fought with evidence, and shares one exposure with the payment's refunds."""

from dataclasses import replace
from datetime import timedelta

import pytest

from payments.application.submit_evidence import submit_evidence
from payments.domain.disputes import evidence_given
from payments.domain.errors import (
    AmountExceedsRefundable,
    DisputeOver,
    EvidenceExhausted,
    EvidenceLate,
    EvidenceRefused,
    NoticeContradicts,
    OutcomeUnknown,
    ProviderRefusesUs,
)
from payments.domain.facts import noticed
from payments.domain.intents import start_refund
from payments.domain.payment import Evidence, EvidenceStatus, Payment
from payments.domain.states import PaymentStatus
from payments.infrastructure.dynamodb_payments import DynamoDbPayments
from shared.contracts.disputes import EvidenceSubmitted, PaymentOverdrawn
from shared.contracts.envelope import Cause
from shared.contracts.payments import DisputeLost, DisputeOpened, DisputeWon
from shared.contracts.provider_notice import Operation, Verdict
from shared.errors.taxonomy import NotFound
from tests.doubles.memory_table import MemoryTable
from tests.unit.payments.lives import (
    NOW,
    captured,
    dispute,
    eur,
    notice,
    refund_of,
    refunding,
    told,
)

DUE = NOW + timedelta(days=10)
DELIVERED = Evidence(evidence_id="req_1", text="signed for", document="deliveries/1.pdf")


def disputed(minor: int = 2000) -> Payment:
    opened = replace(dispute(Verdict.OPENED, minor), evidence_due=DUE)
    return noticed(captured(), opened)[0]


def cause(id_: str = "req_1", after: timedelta = timedelta()) -> Cause:
    return Cause(id=id_, correlation_id="c", traceparent="00", now=NOW + after)


class Provider:
    """Takes evidence, or does not; `silent` times it takes it and says nothing, and then does not
    know us for as many as `strange`.
    """

    def __init__(self, *, takes: bool = True, silent: int = 0, strange: int = 0) -> None:
        self.takes, self.silent, self.strange = takes, silent, strange
        self.heard: list[tuple[str, str, str]] = []

    def submit_evidence(self, dispute_id: str, evidence: Evidence, *, key: str) -> bool:
        self.heard.append((dispute_id, evidence.document, key))
        if self.silent:
            self.silent -= 1
            raise OutcomeUnknown
        if self.strange:
            self.strange -= 1
            raise ProviderRefusesUs
        return self.takes


class Desk:
    """A payment in a table, and its provider."""

    def __init__(self, payment: Payment, provider: Provider) -> None:
        self.table = MemoryTable()
        self.payments = DynamoDbPayments(self.table)
        self.payments.commit(payment, [], cause("orders/1"))
        self.provider = provider

    def submit(
        self,
        evidence: Evidence = DELIVERED,
        *,
        of: str = "sbx_dp_1",
        after: timedelta = timedelta(),
    ) -> Payment:
        return submit_evidence(
            "pay_1",
            of,
            evidence,
            payments=self.payments,
            counsels=lambda _: self.provider,
            cause=cause(evidence.evidence_id, after),
        )

    def statuses(self) -> list[EvidenceStatus]:
        payment = self.payments.find("pay_1")
        assert payment is not None
        return [each.status for each in payment.disputes[0].evidence]


def test_until_when_evidence_is_taken_is_known_and_told() -> None:
    opened = replace(dispute(Verdict.OPENED, 2000), evidence_due=DUE)
    payment, (event,) = noticed(captured(), opened)
    assert payment.disputes[0].evidence_due == DUE
    assert isinstance(event, DisputeOpened)
    assert event.evidence_due == DUE


def test_evidence_is_kept_before_the_provider_hears_of_it_and_told_once_it_has_it() -> None:
    desk = Desk(disputed(), Provider(silent=1))
    with pytest.raises(OutcomeUnknown):
        desk.submit()
    assert desk.statuses() == [EvidenceStatus.GIVEN]
    desk.submit()
    assert desk.statuses() == [EvidenceStatus.SUBMITTED]
    same = ("sbx_dp_1", "deliveries/1.pdf", "evidence:req_1")
    assert desk.provider.heard == [same, same]
    told_of = [row["Type"] for row in desk.payments.messages("pay_1") if "Type" in row]
    assert told_of == ["EvidenceSubmitted"]


def test_evidence_is_neither_taken_nor_refused_while_our_credentials_are() -> None:
    """The same again, once they are mended, is the same piece to the provider."""
    desk = Desk(disputed(), Provider(silent=1, strange=1))
    with pytest.raises(OutcomeUnknown):
        desk.submit()
    with pytest.raises(ProviderRefusesUs):
        desk.submit()
    assert desk.statuses() == [EvidenceStatus.GIVEN]
    desk.submit()
    assert desk.statuses() == [EvidenceStatus.SUBMITTED]
    assert {key for *_, key in desk.provider.heard} == {"evidence:req_1"}


def test_the_same_evidence_again_is_the_same_evidence() -> None:
    desk = Desk(disputed(), Provider())
    first = desk.submit()
    assert desk.submit() == first
    assert desk.statuses() == [EvidenceStatus.SUBMITTED]
    assert len(desk.provider.heard) == 1


def test_what_the_provider_does_not_take_is_refused_and_stays_known() -> None:
    desk = Desk(disputed(), Provider(takes=False))
    with pytest.raises(EvidenceRefused):
        desk.submit()
    assert desk.statuses() == [EvidenceStatus.REFUSED]
    desk.provider.takes = True
    with pytest.raises(EvidenceRefused):
        desk.submit()
    assert desk.statuses() == [EvidenceStatus.REFUSED]
    assert len(desk.provider.heard) == 1


def test_evidence_after_its_time_is_refused_before_the_provider_hears_of_it() -> None:
    desk = Desk(disputed(), Provider())
    with pytest.raises(EvidenceLate):
        desk.submit(after=timedelta(days=10, seconds=1))
    desk.submit(after=timedelta(days=10))
    assert len(desk.provider.heard) == 1


def test_evidence_in_a_dispute_that_has_ended_or_is_none_is_refused() -> None:
    over = Desk(noticed(disputed(), dispute(Verdict.LOST, 2000))[0], Provider())
    with pytest.raises(DisputeOver):
        over.submit()
    with pytest.raises(NotFound):
        over.submit(of="sbx_dp_7")
    assert over.provider.heard == []


def test_a_dispute_has_five_pieces_of_evidence() -> None:
    payment = disputed()
    for number in range(5):
        payment = evidence_given(
            payment, "sbx_dp_1", Evidence(evidence_id=f"req_{number}"), now=NOW
        )
    with pytest.raises(EvidenceExhausted):
        evidence_given(payment, "sbx_dp_1", Evidence(evidence_id="req_6"), now=NOW)


def test_what_is_disputed_cannot_be_refunded() -> None:
    assert disputed(2000).refundable == eur(3000)
    with pytest.raises(AmountExceedsRefundable):
        start_refund(disputed(2000), refund_of(3001), cause_id="orders/1", now=NOW)


def test_a_refund_lowers_what_a_dispute_may_take() -> None:
    given = notice(Operation.REFUND, Verdict.SUCCEEDED, 1000)
    refunded, _ = told(refunding(1000), given)
    assert noticed(refunded, dispute(Verdict.OPENED, 4000))[0].disputed == eur(4000)
    _, events = noticed(refunded, dispute(Verdict.OPENED, 4001))
    assert events[-1] == PaymentOverdrawn(payment_id="pay_1", order_id="ord_1", excess=eur(1))


def test_a_dispute_over_what_is_left_is_told_as_a_contradiction_and_changes_no_amount() -> None:
    with pytest.raises(NoticeContradicts, match=r"50\.01 EUR disputed of 50\.00 EUR"):
        noticed(captured(), dispute(Verdict.OPENED, 5001))


def test_a_second_chargeback_after_a_win_takes_the_money_again() -> None:
    payment, events = told(
        captured(),
        dispute(Verdict.OPENED, 5000),
        dispute(Verdict.WON, 5000),
        dispute(Verdict.OPENED, 5000, "sbx_dp_2"),
        dispute(Verdict.LOST, 5000, "sbx_dp_2"),
    )
    assert [type(event) for event in events] == [
        DisputeOpened,
        DisputeWon,
        DisputeOpened,
        DisputeLost,
    ]
    assert (payment.status, payment.charged_back) == (PaymentStatus.CHARGED_BACK, eur(5000))
    assert payment.refundable == eur(0)


def test_evidence_is_told_without_what_it_says() -> None:
    told_of = EvidenceSubmitted(
        payment_id="pay_1", order_id="ord_1", dispute_id="sbx_dp_1", evidence_id="req_1"
    )
    assert not hasattr(told_of, "text")
