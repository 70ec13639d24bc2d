"""Which operations the acquirer allows on a payment: pure functions from a payment to the next."""

from dataclasses import replace
from datetime import datetime, timedelta

from sandbox.payment import (
    Instruction,
    Kind,
    Operation,
    Payment,
    Refused,
    Stamp,
    Status,
    Verdict,
)

EXPIRED = "expired"
EVIDENCE_WINDOW = timedelta(days=10)


def authorize(
    ask: Instruction, verdict: Verdict, stamp: Stamp, *, payment_id: str, token: str
) -> Payment:
    assert ask.amount is not None
    assert ask.currency is not None
    succeeded = verdict.status is Status.SUCCEEDED
    operation = Operation(
        id=stamp.operation_id,
        kind=Kind.AUTHORIZE,
        payment_id=payment_id,
        reference=ask.reference,
        status=verdict.status,
        amount=ask.amount,
        currency=ask.currency,
        decline_code=verdict.reason,
        capture_before=stamp.at + verdict.capture_window if succeeded else None,
        metadata=ask.metadata,
        created_at=stamp.at,
        final=False,
    )
    return Payment(payment_id, token, (operation,))


def capture(payment: Payment, ask: Instruction, verdict: Verdict, stamp: Stamp) -> Payment:
    rest = payment.capturable_at(stamp.at)
    return _with_operation(payment, Kind.CAPTURE, _within(rest, payment, ask), verdict, stamp)


def capture_late(payment: Payment, ask: Instruction, stamp: Stamp) -> Payment:
    """Take what was held once, though it was given back: the voids no longer stand then."""
    undone = tuple(
        replace(op, status=Status.REVERSED)
        if op.kind is Kind.VOID and op.status is Status.SUCCEEDED
        else op
        for op in payment.operations
    )
    held = replace(payment, operations=undone)
    rest = held.authorized - held.captured
    return _with_operation(held, Kind.CAPTURE, _within(rest, held, ask), Verdict(), stamp)


def void(payment: Payment, ask: Instruction, verdict: Verdict, stamp: Stamp) -> Payment:
    """Give the whole authorized rest back to the customer."""
    rest = payment.capturable_at(stamp.at)
    whole = replace(ask, amount=rest)
    return _with_operation(payment, Kind.VOID, _within(rest, payment, whole), verdict, stamp)


def refund(payment: Payment, ask: Instruction, verdict: Verdict, stamp: Stamp) -> Payment:
    allowed = _within(payment.refundable, payment, ask)
    return _with_operation(payment, Kind.REFUND, allowed, verdict, stamp)


def open_dispute(payment: Payment, stamp: Stamp, *, amount: int | None, reason: str) -> Payment:
    """The customer's bank takes the amount back until the dispute ends; None takes all it can."""
    rest = payment.refundable
    authorization = payment.authorization
    ask = Instruction(
        authorization.reference, authorization.metadata, rest if amount is None else amount
    )
    verdict = Verdict(Status.OPENED, reason)
    opened = _with_operation(payment, Kind.DISPUTE, _within(rest, payment, ask), verdict, stamp)
    due = replace(opened.operations[-1], evidence_due=stamp.at + EVIDENCE_WINDOW)
    return _with_changed(opened, due)


def hear(payment: Payment, dispute_id: str, evidence: str, now: datetime) -> Payment:
    """Evidence for the merchant, while the dispute is open and its time has not ended."""
    dispute = payment.operation(dispute_id)
    if dispute.status is not Status.OPENED:
        raise Refused("invalid_state", f"The dispute was {dispute.status} before.")
    if dispute.evidence_due is not None and now > dispute.evidence_due:
        raise Refused("invalid_state", "The time for evidence has ended.")
    return _with_changed(payment, replace(dispute, evidence=(*dispute.evidence, evidence)))


def end_dispute(payment: Payment, dispute_id: str, outcome: Status) -> Payment:
    """Won: the money is the merchant's again; lost: it stays with the customer."""
    dispute = payment.operation(dispute_id)
    if dispute.status is not Status.OPENED:
        raise Refused("invalid_state", f"The dispute was {dispute.status} before.")
    return _with_changed(payment, replace(dispute, status=outcome))


def approve(payment: Payment, *, capture_before: datetime) -> Payment:
    """The customer passed the challenge: the pending authorization succeeds."""
    if payment.authorization.status is not Status.PENDING:
        return payment
    return _with_changed(
        payment,
        replace(payment.authorization, status=Status.SUCCEEDED, capture_before=capture_before),
    )


def reverse(payment: Payment, operation_id: str, reason: str) -> Payment:
    """A success no longer stands; a capture that was refunded or disputed stays as it is."""
    operation = payment.operation(operation_id)
    if operation.status is not Status.SUCCEEDED:
        return payment
    if operation.kind is Kind.CAPTURE and operation.amount > payment.refundable:
        return payment
    return _with_changed(payment, replace(operation, status=Status.REVERSED, decline_code=reason))


def expire(payment: Payment, now: datetime) -> Payment:
    """Release the rest of an authorization that stood too long; what was captured stays so."""
    authorization = payment.authorization
    before = authorization.capture_before
    if before is None or now < before:
        return payment
    if payment.capturable_at(before - timedelta.resolution) == 0:
        return payment
    lapsed = replace(authorization, status=Status.EXPIRED, decline_code=EXPIRED)
    return _with_changed(payment, lapsed)


def _within(rest: int, payment: Payment, ask: Instruction) -> Instruction:
    """The instruction, if the payment's currency and what is left of it allow it."""
    assert ask.amount is not None
    if ask.currency not in {None, payment.currency}:
        raise Refused("invalid_request", f"The payment's currency is {payment.currency}.")
    if rest == 0:
        raise Refused("invalid_state", "Nothing is left of this payment for this operation.")
    if ask.amount > rest:
        raise Refused("amount_too_large", f"At most {rest} {payment.currency} is left.")
    return ask


def _with_operation(
    payment: Payment, kind: Kind, ask: Instruction, verdict: Verdict, stamp: Stamp
) -> Payment:
    assert ask.amount is not None
    operation = Operation(
        id=stamp.operation_id,
        kind=kind,
        payment_id=payment.id,
        reference=ask.reference,
        status=verdict.status,
        amount=ask.amount,
        currency=payment.currency,
        decline_code=verdict.reason,
        capture_before=None,
        metadata=ask.metadata,
        created_at=stamp.at,
        final=ask.final and kind is Kind.CAPTURE,
    )
    return replace(payment, operations=(*payment.operations, operation))


def _with_changed(payment: Payment, changed: Operation) -> Payment:
    operations = tuple(changed if op.id == changed.id else op for op in payment.operations)
    return replace(payment, operations=operations)
