"""A payment: what was asked of its provider, what is certain, and where it stands."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from payments.domain.attempt import NOT_DONE, Attempt, AttemptStatus, attempt_id, provider_key
from payments.domain.errors import OperationsExhausted
from payments.domain.states import PaymentStatus
from shared.contracts.payments import AuthorizePayment, RefundPayment
from shared.contracts.provider_notice import Operation
from shared.money import Money, zero

ATTEMPTS_MAX: Final = 100
"""All attempts live in the payment's row, which must stay far below DynamoDB's 400 KB."""
FIRST_CHECK: Final = timedelta(seconds=20)
CHECKS_APART_MAX: Final = timedelta(hours=6)
_DOUBLED_MAX: Final = (CHECKS_APART_MAX // FIRST_CHECK).bit_length()
EXPIRY_CHECKED_AFTER: Final = timedelta(minutes=1)


class DisputeStatus(StrEnum):
    OPENED = "opened"
    WON = "won"
    LOST = "lost"


class EvidenceStatus(StrEnum):
    """`given` to us; `submitted` once the provider has it, `refused` when it takes none."""

    GIVEN = "given"
    SUBMITTED = "submitted"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """What speaks for us in a dispute: a text, or the name of a document that is kept elsewhere."""

    evidence_id: str
    text: str = ""
    document: str = ""
    status: EvidenceStatus = EvidenceStatus.GIVEN


@dataclass(frozen=True, slots=True, kw_only=True)
class Dispute:
    """One stage of a dispute, under the provider's name for it; a second chargeback is another.

    `evidence_due` is until when the provider takes evidence, if it says so.
    """

    dispute_id: str
    amount: Money
    status: DisputeStatus
    reason: str
    evidence_due: datetime | None = None
    evidence: tuple[Evidence, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Payment:
    """Amounts are facts, except `capturing` and `refunding`, which undecided attempts reserve.

    `released` and `expired` were authorized and will not be captured. `checks` counts how often
    the provider was asked, when that was due, since the last decision. `contradictions` are those
    that a person was told of, the last ones. `version` and `sequence` are as they were read;
    the store counts them on.
    """

    payment_id: str
    order_id: str
    status: PaymentStatus
    amount: Money
    payment_method_token: str
    provider: str
    authorized: Money
    capturing: Money
    captured: Money
    released: Money
    expired: Money
    refunding: Money
    refunded: Money
    correlation_id: str
    attempts: tuple[Attempt, ...] = ()
    disputes: tuple[Dispute, ...] = ()
    provider_payment: str | None = None
    capture_before: datetime | None = None
    cancel_requested: bool = False
    checks: int = 0
    contradictions: tuple[str, ...] = ()
    version: int = 0
    sequence: int = 0

    @property
    def nothing(self) -> Money:
        return zero(self.amount.currency)

    @property
    def held(self) -> Money:
        """What the provider still holds and no capture has reserved."""
        gone = self.captured + self.capturing + self.released + self.expired
        return self.authorized - gone

    @property
    def disputed(self) -> Money:
        return self._in_disputes(DisputeStatus.OPENED)

    @property
    def charged_back(self) -> Money:
        return self._in_disputes(DisputeStatus.LOST)

    @property
    def ever_captured(self) -> Money:
        """What all captures have taken, whatever has been withdrawn since: no more can have gone
        back, in whichever order it is heard of.
        """
        found = self.nothing
        for each in self.attempts:
            if (each.operation, each.status) == (Operation.CAPTURE, AttemptStatus.SUCCEEDED):
                found = found + each.amount
        return found

    @property
    def settled(self) -> Money:
        """What of the captures that stand has been settled: of each, no more than it has taken."""
        found = self.nothing
        for each in self.attempts:
            stands = each.status is AttemptStatus.SUCCEEDED and not each.withdrawn
            if each.operation is Operation.CAPTURE and stands and each.settled is not None:
                found = found + max(self.nothing, min(each.settled, each.amount))
        return found

    @property
    def refundable(self) -> Money:
        """What may still be refunded: reserved and disputed amounts count as gone."""
        return max(self.nothing, self.captured - self.refunding - self.given_back)

    @property
    def given_back(self) -> Money:
        """What refunds and disputes have taken, and have not brought back."""
        return self.refunded + self.disputed + self.charged_back

    @property
    def overdrawn(self) -> Money:
        """How much more was given back than was captured, as far as it is known."""
        return max(self.nothing, self.given_back - self.captured)

    def owed_of(self, amount: Money) -> Money | None:
        """What of a new refund is owed already: refunds came back, and no other has drawn on it."""
        owed = self.nothing
        for each in self.attempts:
            if each.operation is Operation.REFUND and each.withdrawn:
                owed = owed + each.amount
            if each.already_owed is not None and each.status not in NOT_DONE:
                owed = owed - each.already_owed
        return min(owed, amount) if owed.minor > 0 else None

    @property
    def undecided(self) -> tuple[Attempt, ...]:
        return tuple(attempt for attempt in self.attempts if not attempt.decided)

    @property
    def next_check_at(self) -> datetime | None:
        """When the provider is to be asked next: for undecided attempts in growing steps up to
        CHECKS_APART_MAX, for a hold when it must have expired; None when all is settled.
        """
        if self.undecided:
            oldest = min(each.started_at for each in self.undecided)
            return oldest + _checked_by(self.checks + 1)
        if self.capture_before is not None and self.held.minor > 0:
            return self.capture_before + EXPIRY_CHECKED_AFTER + _checked_by(self.checks)
        return None

    def attempt(self, reference: str) -> Attempt | None:
        return next((each for each in self.attempts if each.attempt_id == reference), None)

    def unknown_beside(self, attempt: Attempt) -> bool:
        """Whether the outcome of another attempt is not known."""
        return any(
            each.status is AttemptStatus.UNKNOWN and each.attempt_id != attempt.attempt_id
            for each in self.attempts
        )

    def attempt_caused_by(self, cause_id: str) -> Attempt | None:
        return next((each for each in self.attempts if each.cause_id == cause_id), None)

    def with_attempt(
        self,
        operation: Operation,
        amount: Money,
        *,
        cause_id: str,
        now: datetime,
        refund: RefundPayment | None = None,
        final: bool = True,
    ) -> Payment:
        """With a new attempt, about to be called; raises OperationsExhausted."""
        if len(self.attempts) >= ATTEMPTS_MAX:
            raise OperationsExhausted
        number = Counter(each.operation for each in self.attempts)[operation] + 1
        attempt = Attempt(
            attempt_id=attempt_id(self.payment_id, operation, number),
            operation=operation,
            provider=self.provider,
            key=provider_key(self.payment_id, operation, number),
            amount=amount,
            status=AttemptStatus.STARTED,
            cause_id=cause_id,
            started_at=now,
            final=final,
            refund_id=refund.refund_id if refund else None,
            unapplied=refund is not None and refund.unapplied,
            already_owed=self.owed_of(amount) if refund is not None else None,
        )
        return replace(self, attempts=(*self.attempts, attempt), checks=0)

    def replacing(self, changed: Attempt) -> Payment:
        same = changed.attempt_id
        attempts = (changed if each.attempt_id == same else each for each in self.attempts)
        return replace(self, attempts=tuple(attempts))

    def _in_disputes(self, status: DisputeStatus) -> Money:
        total = self.nothing
        for dispute in self.disputes:
            if dispute.status is status:
                total = total + dispute.amount
        return total


def status_of(payment: Payment) -> PaymentStatus:
    """Where a payment stands, by its attempts and amounts: what is under way comes first."""
    under_way = {attempt.operation for attempt in payment.undecided if attempt.beside is None}
    for operation, status in _UNDER_WAY:
        if operation in under_way:
            return status
    for amount, status in (
        (payment.disputed, PaymentStatus.DISPUTED),
        (payment.charged_back, PaymentStatus.CHARGED_BACK),
        (payment.captured, _captured(payment)),
        (payment.held, PaymentStatus.AUTHORIZED),
        (payment.expired, PaymentStatus.EXPIRED),
        (payment.released, PaymentStatus.VOIDED),
    ):
        if amount.minor > 0:
            return status
    return PaymentStatus.FAILED if payment.attempts else PaymentStatus.REQUIRES_AUTHORIZATION


def _checked_by(checks: int) -> timedelta:
    """How long the first `checks` checks take together: each step doubles up to its bound."""
    doubled = min(checks, _DOUBLED_MAX)
    return FIRST_CHECK * ((1 << doubled) - 1) + CHECKS_APART_MAX * (checks - doubled)


def _captured(payment: Payment) -> PaymentStatus:
    if payment.captured <= payment.refunded:
        return PaymentStatus.REFUNDED
    if payment.refunded.minor > 0:
        return PaymentStatus.PARTIALLY_REFUNDED
    if payment.settled >= payment.captured:
        return PaymentStatus.SETTLED
    if payment.captured < payment.authorized:
        return PaymentStatus.PARTIALLY_CAPTURED
    return PaymentStatus.CAPTURED


_UNDER_WAY: Final = (
    (Operation.AUTHORIZE, PaymentStatus.AUTHORIZING),
    (Operation.VOID, PaymentStatus.VOIDING),
    (Operation.CAPTURE, PaymentStatus.CAPTURING),
)


def requested(command: AuthorizePayment, *, provider: str, correlation_id: str) -> Payment:
    """The payment that a command asks for; nothing is authorized yet."""
    nothing = zero(command.amount.currency)
    assert command.amount.minor > 0
    return Payment(
        payment_id=command.payment_id,
        order_id=command.order_id,
        status=PaymentStatus.REQUIRES_AUTHORIZATION,
        amount=command.amount,
        payment_method_token=command.payment_method_token,
        provider=provider,
        authorized=nothing,
        capturing=nothing,
        captured=nothing,
        released=nothing,
        expired=nothing,
        refunding=nothing,
        refunded=nothing,
        correlation_id=correlation_id,
    )
