"""The states of a payment and every allowed transition between them: one line each."""

from enum import StrEnum
from typing import Final

from shared.contracts.payments import (
    AuthorizationExpired,
    CaptureFailed,
    DisputeLost,
    DisputeOpened,
    DisputeWon,
    PaymentAuthorized,
    PaymentCaptured,
    PaymentFailed,
    PaymentRefunded,
    PaymentVoided,
    RefundFailed,
    RefundRequested,
    VoidFailed,
)
from shared.states import StateMachine


class PaymentStatus(StrEnum):
    REQUIRES_AUTHORIZATION = "requires_authorization"
    AUTHORIZING = "authorizing"
    AUTHORIZED = "authorized"
    FAILED = "failed"
    EXPIRED = "expired"
    CAPTURING = "capturing"
    PARTIALLY_CAPTURED = "partially_captured"
    CAPTURED = "captured"
    VOIDING = "voiding"
    VOIDED = "voided"
    PARTIALLY_REFUNDED = "partially_refunded"
    REFUNDED = "refunded"
    DISPUTED = "disputed"
    CHARGED_BACK = "charged_back"


class Trigger(StrEnum):
    AUTHORIZATION_STARTED = "authorization_started"
    AUTHORIZATION_SUCCEEDED = "authorization_succeeded"
    AUTHORIZATION_DECLINED = "authorization_declined"
    AUTHORIZATION_EXPIRED = "authorization_expired"
    CAPTURE_STARTED = "capture_started"
    CAPTURE_SUCCEEDED = "capture_succeeded"
    CAPTURE_FAILED = "capture_failed"
    CAPTURE_REVERSED = "capture_reversed"
    VOID_STARTED = "void_started"
    VOID_SUCCEEDED = "void_succeeded"
    VOID_FAILED = "void_failed"
    REFUND_STARTED = "refund_started"
    REFUND_SUCCEEDED = "refund_succeeded"
    REFUND_FAILED = "refund_failed"
    REFUND_REVERSED = "refund_reversed"
    DISPUTE_OPENED = "dispute_opened"
    DISPUTE_WON = "dispute_won"
    DISPUTE_LOST = "dispute_lost"


EVENTS: Final = {
    Trigger.AUTHORIZATION_STARTED: None,
    Trigger.AUTHORIZATION_SUCCEEDED: PaymentAuthorized,
    Trigger.AUTHORIZATION_DECLINED: PaymentFailed,
    Trigger.AUTHORIZATION_EXPIRED: AuthorizationExpired,
    Trigger.CAPTURE_STARTED: None,
    Trigger.CAPTURE_SUCCEEDED: PaymentCaptured,
    Trigger.CAPTURE_FAILED: CaptureFailed,
    Trigger.CAPTURE_REVERSED: CaptureFailed,
    Trigger.VOID_STARTED: None,
    Trigger.VOID_SUCCEEDED: PaymentVoided,
    Trigger.VOID_FAILED: VoidFailed,
    Trigger.REFUND_STARTED: RefundRequested,
    Trigger.REFUND_SUCCEEDED: PaymentRefunded,
    Trigger.REFUND_FAILED: RefundFailed,
    Trigger.REFUND_REVERSED: RefundFailed,
    Trigger.DISPUTE_OPENED: DisputeOpened,
    Trigger.DISPUTE_WON: DisputeWon,
    Trigger.DISPUTE_LOST: DisputeLost,
}


class _Any(StateMachine):
    seen = set()
    def __init__(self): pass
    def step(self, s, t, g): self.seen.add((s,t,g))
    def allows(self, s, t): 
        S=PaymentStatus
        return s in {Trigger.AUTHORIZATION_STARTED:{S.REQUIRES_AUTHORIZATION,S.FAILED,S.EXPIRED},
          Trigger.CAPTURE_STARTED:{S.AUTHORIZED,S.PARTIALLY_CAPTURED,S.PARTIALLY_REFUNDED},
          Trigger.VOID_STARTED:{S.AUTHORIZED,S.PARTIALLY_CAPTURED,S.PARTIALLY_REFUNDED},
          Trigger.REFUND_STARTED:{S.CAPTURED,S.PARTIALLY_CAPTURED,S.PARTIALLY_REFUNDED,S.DISPUTED,S.CHARGED_BACK}}[t]
MACHINE=_Any()
