"""A payment: what was asked of its provider, what is certain, and the only ways it may change."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import Final

from payments.domain.attempt import (
    DECIDED,
    Answer,
    Attempt,
    AttemptStatus,
    attempt_id,
    provider_key,
)
from payments.domain.errors import (
    AmountExceedsCapturable,
    CurrencyDiffers,
    NoticeContradicts,
    OperationsExhausted,
    OutcomeUnknown,
)
from shared.contracts.envelope import Event
from shared.contracts.payments import (
    AuthorizePayment,
    CaptureFailed,
    Notice,
    Operation,
    PaymentAuthorized,
    PaymentCaptured,
    PaymentFailed,
    Verdict,
)
from shared.money import Money, zero
from shared.states import StateMachine, Transition

ATTEMPTS_MAX: Final = 100
"""All attempts live in the payment's row, which must stay far below DynamoDB's 400 KB."""


class PaymentStatus(StrEnum):
    REQUIRES_AUTHORIZATION = "requires_authorization"
    AUTHORIZING = "authorizing"
    AUTHORIZED = "authorized"
    CAPTURING = "capturing"
    CAPTURED = "captured"
    PARTIALLY_CAPTURED = "partially_captured"
    FAILED = "failed"


class Trigger(StrEnum):
    AUTHORIZATION_STARTED = "authorization_started"
    AUTHORIZATION_SUCCEEDED = "authorization_succeeded"
    AUTHORIZATION_DECLINED = "authorization_declined"
    CAPTURE_STARTED = "capture_started"
    CAPTURED_IN_FULL = "captured_in_full"
    CAPTURED_IN_PART = "captured_in_part"
    CAPTURE_DECLINED = "capture_declined"


_S, _T = PaymentStatus, Trigger
MACHINE: Final = StateMachine(
    "payment",
    (
        Transition(_S.REQUIRES_AUTHORIZATION, _T.AUTHORIZATION_STARTED, _S.AUTHORIZING),
        Transition(_S.AUTHORIZING, _T.AUTHORIZATION_SUCCEEDED, _S.AUTHORIZED, PaymentAuthorized),
        Transition(_S.AUTHORIZING, _T.AUTHORIZATION_DECLINED, _S.FAILED, PaymentFailed),
        Transition(_S.AUTHORIZED, _T.CAPTURE_STARTED, _S.CAPTURING),
        Transition(_S.CAPTURING, _T.CAPTURED_IN_FULL, _S.CAPTURED, PaymentCaptured),
        Transition(_S.CAPTURING, _T.CAPTURED_IN_PART, _S.PARTIALLY_CAPTURED, PaymentCaptured),
        Transition(_S.CAPTURING, _T.CAPTURE_DECLINED, _S.AUTHORIZED, CaptureFailed),
    ),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Payment:
    """`capturing` is reserved by a capture that is not decided yet.

    `version` and `sequence` are as they were read; the store counts them on.
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
    correlation_id: str
    attempts: tuple[Attempt, ...] = ()
    provider_payment: str | None = None
    capture_before: datetime | None = None
    version: int = 0
    sequence: int = 0

    @property
    def capturable(self) -> Money:
        """What a capture may still ask for. The first capture releases what it leaves."""
        if self.status is not PaymentStatus.AUTHORIZED:
            return zero(self.amount.currency)
        return self.authorized - self.captured - self.capturing

    def attempt(self, attempt_id: str) -> Attempt | None:
        return next((each for each in self.attempts if each.attempt_id == attempt_id), None)

    def attempt_caused_by(self, cause_id: str) -> Attempt | None:
        return next((each for each in self.attempts if each.cause_id == cause_id), None)

    def start_authorization(self, *, cause_id: str, now: datetime) -> Payment:
        """The intent to authorize, to be made durable before the provider is called."""
        started = self._after(Trigger.AUTHORIZATION_STARTED)
        return started._with_attempt(Operation.AUTHORIZE, self.amount, cause_id, now)

    def start_capture(self, amount: Money, *, cause_id: str, now: datetime) -> Payment:
        """The intent to capture, with `amount` reserved.

        Raises OutcomeUnknown (wait), CurrencyDiffers, InvalidTransition, AmountExceedsCapturable.
        """
        if any(each.status is AttemptStatus.UNKNOWN for each in self.attempts):
            raise OutcomeUnknown
        if amount.currency != self.amount.currency:
            raise CurrencyDiffers(f"the payment is in {self.amount.currency}")
        started = self._after(Trigger.CAPTURE_STARTED)
        if self.capturable < amount:
            raise AmountExceedsCapturable(f"{amount} of {self.capturable}")
        assert amount.minor > 0
        reserved = replace(started, capturing=self.capturing + amount)
        return reserved._with_attempt(Operation.CAPTURE, amount, cause_id, now)

    def answered(self, attempt_id: str, answer: Answer) -> tuple[Payment, tuple[Event, ...]]:
        """With the provider's immediate answer, which is provisional unless it is a rejection."""
        attempt = self.attempt(attempt_id)
        assert attempt is not None, f"{attempt_id} is not an attempt of {self.payment_id}"
        if attempt.decided:
            return self, ()
        provisional = attempt.answered(answer)
        payment = replace(
            self._replacing(provisional),
            provider_payment=answer.provider_payment or self.provider_payment,
        )
        if provisional.decided:
            return payment._refused(provisional)
        return payment, ()

    def noticed(self, notice: Notice) -> tuple[Payment, tuple[Event, ...]]:
        """With a provider's own word on one operation; the same word again changes nothing.

        Raises NoticeContradicts for an operation that was never tried, for another amount, and for
        a verdict that differs from one already given.
        """
        attempt = self.attempt(notice.reference)
        if attempt is None or attempt.operation is not notice.operation:
            raise NoticeContradicts("no such operation was started")
        if attempt.amount != notice.amount:
            raise NoticeContradicts(f"{notice.amount} instead of {attempt.amount}")
        if notice.verdict is None:
            return self, ()
        status = DECIDED[notice.verdict]
        if attempt.decided:
            if attempt.status is not status:
                raise NoticeContradicts(f"{status} after {attempt.status}")
            return self, ()
        decided = replace(
            attempt,
            status=status,
            provider_reference=notice.provider_reference,
            decline_code=notice.decline_code or attempt.decline_code,
        )
        payment = replace(self._replacing(decided), provider_payment=notice.provider_payment)
        if notice.verdict is not Verdict.SUCCEEDED:
            return payment._refused(decided)
        if decided.operation is Operation.AUTHORIZE:
            return payment._authorized(decided, notice.capture_before)
        return payment._captured(decided)

    def _authorized(
        self, attempt: Attempt, capture_before: datetime | None
    ) -> tuple[Payment, tuple[Event, ...]]:
        payment = self._after(Trigger.AUTHORIZATION_SUCCEEDED)
        event = PaymentAuthorized(
            payment_id=self.payment_id,
            order_id=self.order_id,
            amount=attempt.amount,
            provider=attempt.provider,
            provider_reference=str(attempt.provider_reference),
            capture_before=capture_before,
        )
        return replace(payment, authorized=attempt.amount, capture_before=capture_before), (event,)

    def _captured(self, attempt: Attempt) -> tuple[Payment, tuple[Event, ...]]:
        captured = self.captured + attempt.amount
        assert captured <= self.authorized
        in_full = captured == self.authorized
        payment = self._after(Trigger.CAPTURED_IN_FULL if in_full else Trigger.CAPTURED_IN_PART)
        event = PaymentCaptured(
            payment_id=self.payment_id,
            order_id=self.order_id,
            capture_id=attempt.attempt_id,
            amount=attempt.amount,
            captured=captured,
            provider=attempt.provider,
            provider_reference=str(attempt.provider_reference),
        )
        capturing = self.capturing - attempt.amount
        return replace(payment, captured=captured, capturing=capturing), (event,)

    def _refused(self, attempt: Attempt) -> tuple[Payment, tuple[Event, ...]]:
        code = attempt.decline_code or attempt.status.value
        if attempt.operation is Operation.AUTHORIZE:
            return self._after(Trigger.AUTHORIZATION_DECLINED), (
                PaymentFailed(
                    payment_id=self.payment_id,
                    order_id=self.order_id,
                    amount=attempt.amount,
                    decline_code=code,
                ),
            )
        payment = self._after(Trigger.CAPTURE_DECLINED)
        released = replace(payment, capturing=self.capturing - attempt.amount)
        return released, (capture_refused(self, attempt.amount, code),)

    def _with_attempt(
        self, operation: Operation, amount: Money, cause_id: str, now: datetime
    ) -> Payment:
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
        )
        return replace(self, attempts=(*self.attempts, attempt))

    def _replacing(self, changed: Attempt) -> Payment:
        return replace(
            self,
            attempts=tuple(
                changed if each.attempt_id == changed.attempt_id else each for each in self.attempts
            ),
        )

    def _after(self, trigger: Trigger) -> Payment:
        return replace(self, status=MACHINE.step(self.status, trigger).target)


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
        correlation_id=correlation_id,
    )


def capture_refused(payment: Payment, amount: Money, code: str) -> CaptureFailed:
    """The fact that a capture will not happen."""
    return CaptureFailed(
        payment_id=payment.payment_id, order_id=payment.order_id, amount=amount, code=code
    )
