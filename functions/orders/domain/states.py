"""The states of an order and every allowed transition between them: one line each."""

from enum import StrEnum
from typing import Final

from shared.contracts.compensation import CompensationRequested
from shared.contracts.orders import OrderCancelled, OrderConfirmed
from shared.contracts.payments import AuthorizePayment, RefundPayment
from shared.states import StateMachine, read


class OrderStatus(StrEnum):
    PENDING = "pending"
    AUTHORIZED = "authorized"
    PAYMENT_FAILED = "payment_failed"
    CAPTURING = "capturing"
    PAID = "paid"
    CANCELLING = "cancelling"
    CANCELLED = "cancelled"
    PARTIALLY_REFUNDED = "partially_refunded"
    REFUNDED = "refunded"
    DISPUTED = "disputed"


class Trigger(StrEnum):
    PAYMENT_AUTHORIZED = "payment_authorized"
    PAYMENT_FAILED = "payment_failed"
    PAYMENT_RETRIED = "payment_retried"
    AUTHORIZATION_EXPIRED = "authorization_expired"
    CONFIRMED = "confirmed"
    CAPTURE_BOOKED = "capture_booked"
    CAPTURE_FAILED = "capture_failed"
    CAPTURE_UNDONE = "capture_undone"
    CANCELLED = "cancelled"
    NOT_CONFIRMED = "not_confirmed"
    PAYMENT_VOIDED = "payment_voided"
    REFUND_REQUESTED = "refund_requested"
    REFUND_SUCCEEDED = "refund_succeeded"
    REFUND_FAILED = "refund_failed"
    DISPUTE_OPENED = "dispute_opened"
    DISPUTE_WON = "dispute_won"
    DISPUTE_LOST = "dispute_lost"


_EVENTS: Final = {
    Trigger.CONFIRMED: OrderConfirmed,
    Trigger.CANCELLED: CompensationRequested,
    Trigger.NOT_CONFIRMED: CompensationRequested,
    Trigger.PAYMENT_RETRIED: AuthorizePayment,
    Trigger.REFUND_REQUESTED: RefundPayment,
    Trigger.PAYMENT_VOIDED: OrderCancelled,
}

_GRAPH: Final = """
payment_authorized: pending -> authorized
payment_failed: pending -> payment_failed
payment_failed: cancelling -> cancelled payment_failed
payment_retried: payment_failed -> pending
authorization_expired: pending -> payment_failed
authorization_expired: authorized -> payment_failed
authorization_expired: cancelling -> cancelled payment_failed
confirmed: authorized -> capturing
capture_booked: authorized -> paid partially_refunded refunded disputed
capture_booked: capturing -> paid partially_refunded refunded disputed
capture_booked: cancelling -> paid partially_refunded refunded disputed
capture_booked: payment_failed -> paid partially_refunded refunded disputed
capture_booked: cancelled -> paid partially_refunded refunded disputed
capture_booked: refunded -> partially_refunded
capture_failed: capturing -> cancelling payment_failed cancelled
capture_undone: capturing -> authorized cancelling payment_failed cancelled
capture_undone: paid -> authorized cancelling payment_failed cancelled
capture_undone: partially_refunded -> authorized cancelling payment_failed cancelled refunded
capture_undone: refunded -> authorized cancelling payment_failed cancelled
capture_undone: disputed -> authorized cancelling payment_failed cancelled
cancelled: pending -> cancelling
cancelled: authorized -> cancelling
cancelled: capturing -> capturing
cancelled: payment_failed -> cancelled
not_confirmed: authorized -> cancelling
payment_voided: pending -> cancelled
payment_voided: authorized -> cancelled
payment_voided: cancelling -> cancelled payment_failed
refund_requested: paid -> paid
refund_requested: partially_refunded -> partially_refunded
refund_requested: disputed -> disputed
refund_succeeded: paid -> partially_refunded refunded
refund_succeeded: partially_refunded -> refunded
refund_failed: partially_refunded -> paid
refund_failed: refunded -> paid partially_refunded
dispute_opened: paid -> disputed
dispute_opened: partially_refunded -> disputed
dispute_opened: refunded -> disputed
dispute_won: disputed -> paid partially_refunded refunded
dispute_lost: paid -> disputed
dispute_lost: partially_refunded -> disputed
dispute_lost: refunded -> disputed
"""

MACHINE: Final = StateMachine("order", read(_GRAPH, OrderStatus, Trigger, _EVENTS))
