"""Fight a dispute: keep what speaks for us, give it to the provider, keep what it said."""

from __future__ import annotations

from payments.application.ports import Counsels, Payments
from payments.domain.disputes import evidence_given, evidence_taken, standing_of
from payments.domain.errors import EvidenceRefused
from payments.domain.payment import Evidence, EvidenceStatus, Payment
from shared.contracts.envelope import Cause
from shared.errors.taxonomy import AlreadyHandled, NotFound
from shared.persistence.until_fresh import until_fresh


def submit_evidence(
    payment_id: str,
    dispute_id: str,
    evidence: Evidence,
    *,
    payments: Payments,
    counsels: Counsels,
    cause: Cause,
) -> Payment:
    """The payment with its evidence at the provider, which is asked until it has said yes or no.

    Raises NotFound, DisputeOver, EvidenceLate and EvidenceExhausted; EvidenceRefused when the
    provider takes none; and what kept it from answering: the same request again is safe.
    """

    def keep() -> Payment:
        read = _get(payment_id, payments)
        given = evidence_given(read, dispute_id, evidence, now=cause.now)
        return read if given == read else payments.keep_intent(given, cause)

    payment = until_fresh(keep)
    match standing_of(payment, dispute_id, evidence.evidence_id):
        case EvidenceStatus.SUBMITTED:
            return payment  # the provider may no longer know the key
        case EvidenceStatus.REFUSED:
            raise EvidenceRefused
    key = f"evidence:{evidence.evidence_id}"  # providers take 64 characters
    taken = counsels(payment.provider).submit_evidence(dispute_id, evidence, key=key)

    def settle() -> Payment:
        read = _get(payment_id, payments)
        decided, events = evidence_taken(read, dispute_id, evidence.evidence_id, taken=taken)
        try:
            return payments.commit(decided, events, cause)
        except AlreadyHandled:
            return _get(payment_id, payments)

    settled = until_fresh(settle)
    if not taken:
        raise EvidenceRefused
    return settled


def _get(payment_id: str, payments: Payments) -> Payment:
    payment = payments.find(payment_id)
    if payment is None:
        raise NotFound("no such payment")
    return payment
