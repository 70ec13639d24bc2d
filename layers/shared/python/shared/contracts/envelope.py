"""How a message travels: CloudEvents 1.0, with an id derived from what caused it."""

from dataclasses import dataclass, replace
from datetime import datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """A command or an event: domain value, wire contract and schema at once."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Command(Message):
    """Something a service is asked to do; the key makes a repeated request the same request."""

    idempotency_key: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Event(Message):
    """Something that happened: named in the past tense, never changed, published once."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Cause:
    """Why a write happens: who caused it, in which flow, and when it was handled.

    `id` is the causing message's id, or the client's request. It is marked handled in the same
    transaction as its effect, so that it takes effect once.
    """

    id: str
    correlation_id: str
    traceparent: str
    now: datetime

    def within(self, correlation_id: str) -> "Cause":
        """The same cause, told as a part of a flow that had begun before it."""
        return replace(self, correlation_id=correlation_id)


@dataclass(frozen=True, slots=True, kw_only=True)
class Envelope[M: Message]:
    """A message with its CloudEvents attributes.

    `sequence` counts the messages of one aggregate (`subject`) from 1 without gaps; the bus keeps
    no order, so consumers must. `id` repeats when a publish is retried.
    """

    id: str
    source: str
    subject: str
    time: datetime
    sequence: int
    correlation_id: str
    causation_id: str
    traceparent: str
    data: M

    @property
    def type(self) -> str:
        return type(self.data).__name__

    def cause(self, *, now: datetime, traceparent: str) -> Cause:
        """What this message causes in whoever handles it."""
        return Cause(
            id=self.id, correlation_id=self.correlation_id, traceparent=traceparent, now=now
        )
