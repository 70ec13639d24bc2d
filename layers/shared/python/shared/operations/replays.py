"""A replay: a span of the outbox that is published once more, and how far it has come."""

from __future__ import annotations

from dataclasses import asdict, dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import Any, Final

from shared.errors.taxonomy import NotFound, StaleRow
from shared.moments import timestamp
from shared.operations.dead_letters import REPEATED_WITHIN, Decision
from shared.operations.errors import ReplayOver, TooOldToRepeat
from shared.operations.tasks import TASKS, task
from shared.persistence.rows import Row
from shared.persistence.span import Span
from shared.persistence.table import Key, Put, Table

KIND: Final = "REPLAY"
STALLS_MAX: Final = 30
"""Turns of the clock in a row that the bus refuses before a person has to look."""


class Status(StrEnum):
    RUNNING = "running"
    DONE = "done"
    STOPPED = "stopped"
    FAILED = "failed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Replay:
    """`after` is the last row that was looked at or published; `stalls` are refusals in a row."""

    replay_id: str
    span: Span
    per_second: int
    asked: Decision
    status: Status = Status.RUNNING
    after: Key | None = None
    looked_at: int = 0
    published: int = 0
    stalls: int = 0
    stopped: Decision | None = None
    ended_at: datetime | None = None
    version: int = 0

    def moved(self, *, after: Key | None, looked_at: int, published: int) -> Replay:
        return replace(
            self,
            after=after,
            looked_at=self.looked_at + looked_at,
            published=self.published + published,
            stalls=0,
        )

    def stalled(self, now: datetime) -> Replay:
        """The bus took not all: the same again at the next turn, for a bounded number of turns."""
        again = replace(self, stalls=self.stalls + 1)
        if again.stalls < STALLS_MAX:
            return again
        return replace(again, status=Status.FAILED, ended_at=now)

    def done(self, now: datetime) -> Replay:
        return replace(self, status=Status.DONE, after=None, ended_at=now)

    def stop(self, decision: Decision) -> Replay:
        """Raises ReplayOver; as it is where the same request has stopped it."""
        if self.stopped is not None and self.stopped.request_id == decision.request_id:
            return self
        if self.status is not Status.RUNNING:
            raise ReplayOver(f"it is {self.status}")
        return replace(self, status=Status.STOPPED, stopped=decision, ended_at=decision.at)


def require_repeatable(span: Span, now: datetime) -> None:
    """Raises TooOldToRepeat where a message of the span might take effect twice."""
    if now - span.begins_at > REPEATED_WITHIN:
        raise TooOldToRepeat(f"nothing before {now - REPEATED_WITHIN:%Y-%m-%dT%H:%M:%SZ}")


class Replays:
    def __init__(self, table: Table) -> None:
        self._table = table

    def start(self, replay: Replay) -> Replay:
        """Store it; where the same request has stored it before, that one as it stands now."""
        try:
            return self.save(replay, now=replay.asked.at)
        except StaleRow:
            return self.get(replay.replay_id)

    def get(self, replay_id: str) -> Replay:
        """Raises NotFound."""
        row = self._table.get(_key(replay_id))
        if row is None:
            raise NotFound("no such replay")
        return _from_row(row)

    def save(self, replay: Replay, *, now: datetime) -> Replay:
        """Write its next version; raises StaleRow where somebody else has."""
        written = replace(replay, version=replay.version + 1)
        put = Put(key=_key(replay.replay_id), row=_to_row(written), seen=replay.version)
        self._table.commit([put], cause_id=None, now=now)
        return written

    def running(self) -> list[Replay]:
        """The oldest first."""
        value = f"{KIND}#{Status.RUNNING}"
        rows = self._table.after(TASKS, value=value, bound=" ")
        found = [self._table.get(Key(str(row["pk"]), str(row["sk"]))) for row in rows]
        replays = [_from_row(row) for row in found if row is not None]
        return [each for each in replays if each.status is Status.RUNNING]


def _key(replay_id: str) -> Key:
    return Key(f"{KIND}#{replay_id}", KIND)


def _to_row(replay: Replay) -> Row:
    span, after = replay.span, replay.after
    return {
        **{name: getattr(replay, name) for name in _COUNTS},
        "replay_id": replay.replay_id,
        "status": replay.status.value,
        "begins_at": timestamp(span.begins_at),
        "ends_at": timestamp(span.ends_at),
        "types": list(span.types),
        "about": span.about,
        "after": None if after is None else [after.pk, after.sk],
        "asked": _decision_to_map(replay.asked),
        "stopped": None if replay.stopped is None else _decision_to_map(replay.stopped),
        "ended_at": None if replay.ended_at is None else timestamp(replay.ended_at),
        **task(f"{KIND}#{replay.status}", replay.asked.at, replay.replay_id),
    }


def _from_row(row: Row) -> Replay:
    read: dict[str, Any] = dict(row)
    counts: dict[str, Any] = {name: read[name] for name in _COUNTS}
    after, stopped, ended_at = read.get("after"), read.get("stopped"), read.get("ended_at")
    return Replay(
        **counts,
        replay_id=read["replay_id"],
        status=Status(read["status"]),
        span=Span(
            begins_at=datetime.fromisoformat(read["begins_at"]),
            ends_at=datetime.fromisoformat(read["ends_at"]),
            types=tuple(read["types"]),
            about=read.get("about"),
        ),
        after=None if after is None else Key(*after),
        asked=_decision_from_map(read["asked"]),
        stopped=None if stopped is None else _decision_from_map(stopped),
        ended_at=None if ended_at is None else datetime.fromisoformat(ended_at),
    )


def _decision_to_map(decision: Decision) -> Row:
    return {**asdict(decision), "at": timestamp(decision.at)}


def _decision_from_map(read: dict[str, Any]) -> Decision:
    return Decision(**{**read, "at": datetime.fromisoformat(read["at"])})


_COUNTS: Final = ("per_second", "looked_at", "published", "stalls", "version")
