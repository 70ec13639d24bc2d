"""A dead letter as a row: what was given up, why, and what a person has decided about it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from shared.messaging.failures import Failure
from shared.operations.errors import (
    DeadLetterClosed,
    DeadLetterRedriven,
    NotRedrivable,
    TooOldToRepeat,
)
from shared.persistence.table import CAUSE_KEPT

REPEATED_WITHIN: Final = CAUSE_KEPT - timedelta(days=15)
"""How old a message may be when it is said again: its cause's mark must outlive the 14 days that
queues may still take to deliver it."""


class Status(StrEnum):
    """`redriving` is the intent: it is sent, now or by the clock, and then `redriven`."""

    OPEN = "open"
    REDRIVING = "redriving"
    REDRIVEN = "redriven"
    CLOSED = "closed"


@dataclass(frozen=True, slots=True)
class Reason:
    code: str
    detail: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """Who has decided, by which request, when and why."""

    actor: str
    reason: str
    request_id: str
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class DeadLetter:
    """`message_*` and `correlation_id` are what could be read in the body; `said_at` its time."""

    dead_letter_id: str
    queue: str
    redrivable: bool
    body: str
    reason: Reason
    failures: tuple[Failure, ...]
    message_id: str | None
    message_type: str | None
    correlation_id: str | None
    said_at: datetime
    sent_at: datetime
    kept_at: datetime
    redrive_of: str | None
    status: Status = Status.OPEN
    decision: Decision | None = None
    version: int = 0


def begin_redrive(letter: DeadLetter, decision: Decision) -> DeadLetter:
    """On its way again; as it is where it is on its way, or was sent by the same request.

    Raises DeadLetterClosed, DeadLetterRedriven, NotRedrivable, TooOldToRepeat.
    """
    if _decided_by(letter, decision) or letter.status is Status.REDRIVING:
        return letter
    _require_open(letter)
    if not letter.redrivable:
        raise NotRedrivable("it holds a position in a stream; see the runbook of its queue")
    if decision.at - letter.said_at > REPEATED_WITHIN:
        raise TooOldToRepeat(f"its message was said at {letter.said_at:%Y-%m-%d}")
    return replace(letter, status=Status.REDRIVING, decision=decision)


def close(letter: DeadLetter, decision: Decision) -> DeadLetter:
    """Never to be sent; as it is where the same request has closed it.

    Raises DeadLetterClosed, DeadLetterRedriven.
    """
    if _decided_by(letter, decision):
        return letter
    _require_open(letter)
    return replace(letter, status=Status.CLOSED, decision=decision)


def _decided_by(letter: DeadLetter, decision: Decision) -> bool:
    return letter.decision is not None and letter.decision.request_id == decision.request_id


def _require_open(letter: DeadLetter) -> None:
    if letter.status is Status.OPEN:
        return
    decided = letter.decision
    assert decided is not None, "whatever is not open was decided by somebody"
    kind = DeadLetterClosed if letter.status is Status.CLOSED else DeadLetterRedriven
    raise kind(f"by {decided.actor} at {decided.at:%Y-%m-%dT%H:%M:%SZ}")
