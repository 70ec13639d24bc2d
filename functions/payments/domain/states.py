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
from shared.states import StateMachine, read


class PaymentStatus(StrEnum):
    REQUIRES_AUTHORIZATION = "requires_authorization"
    AUTHORIZING = "authorizing"
    AUTHORIZED = "authorized"
    FAILED = "failed"
    EXPIRED = "expired"
    CAPTURING = "capturing"
    PARTIALLY_CAPTURED = "partially_captured"
    CAPTURED = "captured"
    SETTLED = "settled"
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
    CAPTURE_SETTLED = "capture_settled"
    SETTLEMENT_TAKEN_BACK = "settlement_taken_back"


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
    Trigger.CAPTURE_SETTLED: None,
    Trigger.SETTLEMENT_TAKEN_BACK: None,
}

_GRAPH: Final = """
authorization_started: requires_authorization -> authorizing
authorization_started: failed -> authorizing
authorization_started: expired -> authorizing
authorization_started: voided -> authorizing
authorization_succeeded: authorizing -> authorized
authorization_succeeded: failed -> authorized
authorization_declined: authorizing -> failed
authorization_expired: authorized -> expired
capture_started: authorized -> capturing
capture_started: partially_captured -> capturing
capture_started: settled -> capturing
capture_started: partially_refunded -> capturing
capture_succeeded: authorized -> partially_captured captured settled partially_refunded refunded
capture_succeeded: expired -> partially_captured captured settled partially_refunded refunded
capture_succeeded: capturing -> partially_captured captured settled partially_refunded refunded
capture_succeeded: capturing -> disputed charged_back
capture_succeeded: partially_captured -> captured
capture_succeeded: settled -> partially_captured captured
capture_succeeded: voided -> partially_captured captured settled
capture_succeeded: refunded -> partially_refunded
capture_failed: capturing -> authorized partially_captured settled partially_refunded refunded
capture_failed: capturing -> disputed charged_back
capture_reversed: partially_captured -> authorized settled expired voided
capture_reversed: captured -> authorized partially_captured settled voided
capture_reversed: settled -> authorized expired voided
capture_reversed: partially_refunded -> authorized refunded expired voided
capture_reversed: refunded -> authorized expired voided
void_started: authorized -> voiding
void_started: partially_captured -> voiding
void_started: settled -> voiding
void_started: partially_refunded -> voiding
void_succeeded: authorized -> voided
void_succeeded: voiding -> authorized partially_captured settled voided partially_refunded
void_succeeded: voiding -> refunded disputed charged_back
void_failed: voiding -> authorized partially_captured captured settled voided partially_refunded
void_failed: voiding -> refunded disputed charged_back
refund_started: partially_captured -> partially_captured
refund_started: captured -> captured
refund_started: settled -> settled
refund_started: partially_refunded -> partially_refunded
refund_started: disputed -> disputed
refund_started: charged_back -> charged_back
refund_succeeded: partially_captured -> partially_refunded refunded
refund_succeeded: captured -> partially_refunded refunded
refund_succeeded: settled -> partially_refunded refunded
refund_succeeded: partially_refunded -> refunded
refund_reversed: partially_refunded -> partially_captured captured settled
refund_reversed: refunded -> partially_captured captured settled partially_refunded
dispute_opened: partially_captured -> disputed
dispute_opened: captured -> disputed
dispute_opened: settled -> disputed
dispute_opened: partially_refunded -> disputed
dispute_opened: refunded -> disputed
dispute_opened: charged_back -> disputed
dispute_won: disputed -> authorized expired partially_captured captured settled voided
dispute_won: disputed -> partially_refunded refunded charged_back
dispute_lost: disputed -> charged_back
capture_settled: partially_captured -> settled
capture_settled: captured -> settled
settlement_taken_back: settled -> partially_captured captured
"""

MACHINE: Final = StateMachine("payment", read(_GRAPH, PaymentStatus, Trigger, EVENTS))
