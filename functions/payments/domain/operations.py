"""Which messages tell that money was moved, held or freed: what the ledger must know of."""

from __future__ import annotations

from shared.contracts.envelope import Message
from shared.contracts.payments import (
    AuthorizationExpired,
    CaptureFailed,
    DisputeLost,
    DisputeOpened,
    DisputeWon,
    PaymentAuthorized,
    PaymentCaptured,
    PaymentRefunded,
    PaymentVoided,
    RefundFailed,
    RefundRequested,
    Undoes,
)

type Operation = (
    PaymentAuthorized
    | AuthorizationExpired
    | PaymentCaptured
    | CaptureFailed
    | PaymentVoided
    | RefundRequested
    | PaymentRefunded
    | RefundFailed
    | DisputeOpened
    | DisputeWon
    | DisputeLost
)


def is_operation(message: Message) -> bool:
    """Whether a message tells a movement: a failure does only where it undoes one."""
    match message:
        case CaptureFailed():
            return message.undoes_capture
        case RefundFailed():
            return message.undoes is not Undoes.NOTHING
        case _:
            return isinstance(message, Operation.__value__)
