"""What the API shows of dead letters and replays."""

from typing import TypedDict

from shared.moments import timestamp
from shared.operations.dead_letters import DeadLetter, Decision
from shared.operations.replays import Replay
from shared.rest.events import Timestamp


class FailureView(TypedDict):
    """What a consumer said of one attempt; its last three are noted."""

    attempt: int
    at: Timestamp
    code: str
    detail: str


class DecisionView(TypedDict):
    """Who has sent it again or closed it, when and why."""

    actor: str
    reason: str
    at: Timestamp


class DeadLetterView(TypedDict):
    """A message that was given up. `redrive_of` is the dead letter it had been before, if any."""

    dead_letter_id: str
    service: str
    queue: str
    status: str
    code: str
    detail: str
    redrivable: bool
    message_id: str | None
    message_type: str | None
    correlation_id: str | None
    said_at: Timestamp
    sent_at: Timestamp
    kept_at: Timestamp
    redrive_of: str | None
    decision: DecisionView | None


class DeadLettersView(TypedDict):
    """Dead letters, the oldest first."""

    data: list[DeadLetterView]
    next_cursor: str | None


class InspectedView(DeadLetterView):
    """With the body as it came, and what its consumer said of its last attempts."""

    body: str
    failures: list[FailureView]


ReplayView = TypedDict(
    "ReplayView",
    {
        "replay_id": str,
        "service": str,
        "status": str,
        "from": Timestamp,
        "to": Timestamp,
        "types": list[str],
        "about": str | None,
        "per_second": int,
        "looked_at": int,
        "published": int,
        "asked": DecisionView,
        "stopped": DecisionView | None,
        "ended_at": Timestamp | None,
    },
)
"""A span of the outbox published once more; `looked_at` counts rows, whether of the span or not."""


def replay_view(replay: Replay, service: str) -> ReplayView:
    span, ended_at = replay.span, replay.ended_at
    return {
        "replay_id": replay.replay_id,
        "service": service,
        "status": replay.status.value,
        "from": timestamp(span.begins_at),
        "to": timestamp(span.ends_at),
        "types": list(span.types),
        "about": span.about,
        "per_second": replay.per_second,
        "looked_at": replay.looked_at,
        "published": replay.published,
        "asked": _decision_view(replay.asked),
        "stopped": None if replay.stopped is None else _decision_view(replay.stopped),
        "ended_at": None if ended_at is None else timestamp(ended_at),
    }


def letter_view(letter: DeadLetter, service: str) -> DeadLetterView:
    return {
        "dead_letter_id": letter.dead_letter_id,
        "service": service,
        "queue": letter.queue,
        "status": letter.status.value,
        "code": letter.reason.code,
        "detail": letter.reason.detail,
        "redrivable": letter.redrivable,
        "message_id": letter.message_id,
        "message_type": letter.message_type,
        "correlation_id": letter.correlation_id,
        "said_at": timestamp(letter.said_at),
        "sent_at": timestamp(letter.sent_at),
        "kept_at": timestamp(letter.kept_at),
        "redrive_of": letter.redrive_of,
        "decision": None if letter.decision is None else _decision_view(letter.decision),
    }


def inspected_view(letter: DeadLetter, service: str) -> InspectedView:
    return {
        **letter_view(letter, service),
        "body": letter.body,
        "failures": [
            {"attempt": each.attempt, "at": timestamp(each.at), "code": each.code,
             "detail": each.detail}
            for each in letter.failures
        ],
    }  # fmt: skip


def _decision_view(decision: Decision) -> DecisionView:
    return {
        "actor": decision.actor,
        "reason": decision.reason,
        "at": timestamp(decision.at),
    }
