"""Disputes: the customer's bank takes captured money back, for a while or for good."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import Final

from payments.domain.attempt import NOT_FOUND
from payments.domain.effects import Change, moved
from payments.domain.errors import (
    DisputeOver,
    EvidenceExhausted,
    EvidenceLate,
    NoticeContradicts,
    NoticeEarly,
)
from payments.domain.payment import Dispute, DisputeStatus, Evidence, EvidenceStatus, Payment
from payments.domain.states import Trigger
from shared.contracts.disputes import EvidenceSubmitted
from shared.contracts.envelope import Message
from shared.contracts.payments import DisputeLost, DisputeOpened, DisputeWon
from shared.contracts.provider_notice import Notice, Operation, Verdict
from shared.errors.taxonomy import NotFound
from shared.money import Money

_STATUSES: Final = {
    Verdict.OPENED: DisputeStatus.OPENED,
    Verdict.WON: DisputeStatus.WON,
    Verdict.LOST: DisputeStatus.LOST,
}
_ENDS: Final = {
    DisputeStatus.WON: (Trigger.DISPUTE_WON, DisputeWon),
    DisputeStatus.LOST: (Trigger.DISPUTE_LOST, DisputeLost),
}


def dispute_noticed(payment: Payment, notice: Notice) -> Change:
    """With the provider's word on a dispute; an end that comes first tells the opening, too.

    Raises NoticeEarly while the disputed capture is not decided, NoticeContradicts for more than
    was captured, another amount, and two ends. More than refunds and other disputes have left is
    a fact all the same: what came back to us may not be heard of yet.
    """
    if notice.verdict is None:
        return payment, ()
    status = _STATUSES.get(notice.verdict)
    if status is None:
        raise NoticeContradicts(f"a dispute cannot be {notice.verdict}")
    known = _find(payment, notice.provider_reference)
    messages: tuple[Message, ...] = ()
    if known is None and status is DisputeStatus.WON:
        return _over(payment, notice)
    if known is None:
        payment, messages = _opened(payment, notice)
    elif known.amount != notice.amount:
        raise NoticeContradicts(f"{notice.amount} instead of {known.amount}")
    if status is DisputeStatus.OPENED:
        return payment, messages
    ended, told = _ended(payment, notice, status)
    return ended, (*messages, *told)


def _opened(payment: Payment, notice: Notice) -> Change:
    exposed = payment.captured - payment.given_back
    if exposed < notice.amount <= exposed + payment.capturing:
        raise NoticeEarly
    _check_taken(payment, notice, payment.captured)
    after, event = _with_dispute(payment, notice, DisputeStatus.OPENED)
    return moved(payment, Trigger.DISPUTE_OPENED, after), (event,)


def _over(payment: Payment, notice: Notice) -> Change:
    """A dispute that was won before it was heard of: it takes nothing, so that nothing limits it
    but what was ever captured. All of that may be refunded by now.
    """
    _check_taken(payment, notice, payment.ever_captured)
    after, opened = _with_dispute(payment, notice, DisputeStatus.WON)
    won = DisputeWon(
        payment_id=payment.payment_id,
        order_id=payment.order_id,
        dispute_id=opened.dispute_id,
        amount=opened.amount,
    )
    return after, (opened, won)


def _check_taken(payment: Payment, notice: Notice, taken: Money) -> None:
    """No more can be disputed than captures have taken."""
    if taken < notice.amount <= taken + _may_come(payment):
        raise NoticeEarly
    if taken < notice.amount:
        raise NoticeContradicts(f"{notice.amount} disputed of {taken}")


def _may_come(payment: Payment) -> Money:
    """What captures may still take: those under way, and those given up as never heard of."""
    found = payment.capturing
    for each in payment.attempts:
        if each.operation is Operation.CAPTURE and each.decline_code == NOT_FOUND:
            found = found + each.amount
    return found


def _with_dispute(
    payment: Payment, notice: Notice, status: DisputeStatus
) -> tuple[Payment, DisputeOpened]:
    dispute = Dispute(
        dispute_id=notice.provider_reference,
        amount=notice.amount,
        status=status,
        reason=notice.decline_code or "unspecified",
        evidence_due=notice.evidence_due,
    )
    event = DisputeOpened(
        payment_id=payment.payment_id,
        order_id=payment.order_id,
        dispute_id=dispute.dispute_id,
        amount=dispute.amount,
        reason=dispute.reason,
        evidence_due=dispute.evidence_due,
    )
    return replace(payment, disputes=(*payment.disputes, dispute)), event


def _ended(payment: Payment, notice: Notice, status: DisputeStatus) -> Change:
    dispute = _find(payment, notice.provider_reference)
    assert dispute is not None, "a dispute is opened before it ends"
    if dispute.status is status:
        return payment, ()
    if dispute.status is not DisputeStatus.OPENED:
        raise NoticeContradicts(f"{status} after it was {dispute.status}")
    trigger, event = _ENDS[status]
    after = _replacing(payment, replace(dispute, status=status))
    told = event(
        payment_id=payment.payment_id,
        order_id=payment.order_id,
        dispute_id=dispute.dispute_id,
        amount=dispute.amount,
    )
    return moved(payment, trigger, after), (told,)


EVIDENCE_MAX: Final = 5
"""Pieces for one dispute: they live in the payment's row."""


def evidence_given(
    payment: Payment, dispute_id: str, evidence: Evidence, *, now: datetime
) -> Payment:
    """With evidence that is about to be given to the provider; the same again changes nothing.

    Raises NotFound, DisputeOver, EvidenceLate, EvidenceExhausted.
    """
    dispute = _find(payment, dispute_id)
    if dispute is None:
        raise NotFound("no such dispute")
    if any(each.evidence_id == evidence.evidence_id for each in dispute.evidence):
        return payment
    if dispute.status is not DisputeStatus.OPENED:
        raise DisputeOver(f"the dispute was {dispute.status}")
    if dispute.evidence_due is not None and now > dispute.evidence_due:
        raise EvidenceLate
    if len(dispute.evidence) >= EVIDENCE_MAX:
        raise EvidenceExhausted
    return _replacing(payment, replace(dispute, evidence=(*dispute.evidence, evidence)))


def standing_of(payment: Payment, dispute_id: str, evidence_id: str) -> EvidenceStatus | None:
    """What is known of evidence."""
    dispute = _find(payment, dispute_id)
    given = () if dispute is None else dispute.evidence
    return next((each.status for each in given if each.evidence_id == evidence_id), None)


def evidence_taken(payment: Payment, dispute_id: str, evidence_id: str, *, taken: bool) -> Change:
    """With the provider's word on evidence; what it has taken is told."""
    dispute = _find(payment, dispute_id)
    assert dispute is not None, "disputes are never removed"
    status = EvidenceStatus.SUBMITTED if taken else EvidenceStatus.REFUSED
    evidence = tuple(
        replace(each, status=status) if each.evidence_id == evidence_id else each
        for each in dispute.evidence
    )
    told = EvidenceSubmitted(
        payment_id=payment.payment_id,
        order_id=payment.order_id,
        dispute_id=dispute_id,
        evidence_id=evidence_id,
    )
    return _replacing(payment, replace(dispute, evidence=evidence)), (told,) if taken else ()


def _replacing(payment: Payment, changed: Dispute) -> Payment:
    same = changed.dispute_id
    disputes = (changed if each.dispute_id == same else each for each in payment.disputes)
    return replace(payment, disputes=tuple(disputes))


def _find(payment: Payment, dispute_id: str) -> Dispute | None:
    return next((each for each in payment.disputes if each.dispute_id == dispute_id), None)
