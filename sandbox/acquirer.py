"""What the acquirer knows of a payment and which operations it allows: values and pure functions.

All amounts are whole minor units. Every sum counts the operations that stand as succeeded, so an
operation that fails later takes its money back by changing its status, and nothing else.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

EXPIRED = "expired"


class Kind(StrEnum):
    AUTHORIZE = "authorize"
    CAPTURE = "capture"
    VOID = "void"
    REFUND = "refund"


class Status(StrEnum):
    SUCCEEDED = "succeeded"
    PENDING = "pending"
    DECLINED = "declined"
    FAILED = "failed"


class Refused(Exception):
    """The request changed nothing; `code` is the error code of the answer."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code
        self.message = message


@dataclass(frozen=True)
class Instruction:
    """What the merchant asks for.

    A void names no amount and need not name the currency; a `final` capture gives up the rest.
    """

    reference: str
    metadata: Mapping[str, str]
    amount: int | None = None
    currency: str | None = None
    final: bool = False


@dataclass(frozen=True)
class Verdict:
    """What the card's issuer says to one operation, and how long an authorization then stands."""

    status: Status = Status.SUCCEEDED
    reason: str | None = None
    capture_window: timedelta = timedelta(days=7)


@dataclass(frozen=True)
class Stamp:
    """Which operation this is and when it happens."""

    operation_id: str
    at: datetime


@dataclass(frozen=True)
class Operation:
    id: str
    kind: Kind
    payment_id: str
    reference: str
    status: Status
    amount: int
    currency: str
    decline_code: str | None
    capture_before: datetime | None
    metadata: Mapping[str, str]
    created_at: datetime
    final: bool


@dataclass(frozen=True)
class Payment:
    """One card payment; its first operation is the authorization."""

    id: str
    token: str
    operations: tuple[Operation, ...]

    def __post_init__(self) -> None:
        assert self.operations[0].kind is Kind.AUTHORIZE
        assert self.captured + self.voided <= self.authorized
        assert self.refunded <= self.captured

    @property
    def authorization(self) -> Operation:
        return self.operations[0]

    @property
    def currency(self) -> str:
        return self.authorization.currency

    @property
    def authorized(self) -> int:
        return self._sum(Kind.AUTHORIZE)

    @property
    def captured(self) -> int:
        return self._sum(Kind.CAPTURE)

    @property
    def voided(self) -> int:
        return self._sum(Kind.VOID)

    @property
    def refunded(self) -> int:
        return self._sum(Kind.REFUND)

    def capturable_at(self, now: datetime) -> int:
        """The authorized rest: nothing after a void, a final capture or the expiry."""
        before = self.authorization.capture_before
        if self.authorization.status is not Status.SUCCEEDED or before is None or now >= before:
            return 0
        closed = any(
            op.status is Status.SUCCEEDED and (op.kind is Kind.VOID or op.final)
            for op in self.operations
        )
        return 0 if closed else self.authorized - self.captured

    def operation(self, operation_id: str) -> Operation:
        return next(op for op in self.operations if op.id == operation_id)

    def _sum(self, kind: Kind) -> int:
        return sum(
            op.amount for op in self.operations if op.kind is kind and op.status is Status.SUCCEEDED
        )


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


def void(payment: Payment, ask: Instruction, verdict: Verdict, stamp: Stamp) -> Payment:
    """Give the whole authorized rest back to the customer."""
    rest = payment.capturable_at(stamp.at)
    whole = replace(ask, amount=rest)
    return _with_operation(payment, Kind.VOID, _within(rest, payment, whole), verdict, stamp)


def refund(payment: Payment, ask: Instruction, verdict: Verdict, stamp: Stamp) -> Payment:
    rest = payment.captured - payment.refunded
    return _with_operation(payment, Kind.REFUND, _within(rest, payment, ask), verdict, stamp)


def approve(payment: Payment, *, capture_before: datetime) -> Payment:
    """The customer passed the challenge: the pending authorization succeeds."""
    if payment.authorization.status is not Status.PENDING:
        return payment
    return _with_changed(
        payment,
        replace(payment.authorization, status=Status.SUCCEEDED, capture_before=capture_before),
    )


def fail_later(payment: Payment, operation_id: str, reason: str) -> Payment:
    """A success turns out to be none; a capture that was refunded already can no longer fail."""
    operation = payment.operation(operation_id)
    if operation.status is not Status.SUCCEEDED:
        return payment
    if operation.kind is Kind.CAPTURE and payment.captured - operation.amount < payment.refunded:
        return payment
    return _with_changed(payment, replace(operation, status=Status.FAILED, decline_code=reason))


def expire(payment: Payment, now: datetime) -> Payment:
    """Release the rest of an authorization that stood too long.

    Where nothing was captured the authorization itself ends as failed; where a part was, it
    stays a success and only carries the code.
    """
    authorization = payment.authorization
    before = authorization.capture_before
    if before is None or now < before or authorization.decline_code is not None:
        return payment
    if payment.capturable_at(before - timedelta.resolution) == 0:
        return payment
    status = Status.SUCCEEDED if payment.captured else Status.FAILED
    return _with_changed(payment, replace(authorization, status=status, decline_code=EXPIRED))


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
