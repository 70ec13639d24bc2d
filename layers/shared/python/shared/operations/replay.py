"""Carry replays on: publish a little, keep how far it is, and so on until the time is up.

Killed at any point, the next turn goes on from what was kept: at most a few seconds' messages are
published once more. No row of the outbox is written.
"""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Final

from shared.errors.taxonomy import StaleRow
from shared.messaging.relay import BusRefused, Relay
from shared.observability import log
from shared.operations.dead_letters import Decision
from shared.operations.replays import Replay, Replays
from shared.persistence.rows import Row
from shared.persistence.table import Key, Table
from shared.persistence.until_fresh import until_fresh

LOOKED_AT_ONCE: Final = 1000
KEPT_EVERY_SECONDS: Final = 5
"""How much is published before it is kept how far it is."""


def stop_replay(replay_id: str, decision: Decision, *, replays: Replays) -> Replay:
    """Where it is, it stays; raises NotFound, ReplayOver."""

    def once() -> Replay:
        replay = replays.get(replay_id)
        stopped = replay.stop(decision)
        return replay if stopped == replay else replays.save(stopped, now=decision.at)

    return until_fresh(once)


class Replayer:
    """`pause` is told for how many seconds to wait, `may_go_on` says whether there is time."""

    def __init__(
        self,
        *,
        replays: Replays,
        table: Table,
        relay: Relay,
        clock: Callable[[], datetime],
        pause: Callable[[float], None],
    ) -> None:
        self._replays = replays
        self._table = table
        self._relay = relay
        self._clock = clock
        self._pause = pause

    def turn(self, may_go_on: Callable[[], bool]) -> int:
        """Carry every running replay on, the oldest first; returns how many messages went."""
        published = 0
        for replay in self._replays.running():
            if not may_go_on():
                break
            try:
                published += self._carry_on(replay, may_go_on)
            except StaleRow:
                log.info("replay carried on by another turn", replay_id=replay.replay_id)
        return published

    def _carry_on(self, replay: Replay, may_go_on: Callable[[], bool]) -> int:
        before = replay.published
        while may_go_on():
            page = self._table.outbox(replay.span, after=replay.after, looked_at_max=LOOKED_AT_ONCE)
            for rows in _parts(page.rows, size=replay.per_second * KEPT_EVERY_SECONDS):
                if not may_go_on():
                    return replay.published - before
                replay, refused = self._publish(replay, rows)
                if refused:
                    return replay.published - before
            replay = replay.moved(after=page.last, looked_at=page.looked_at, published=0)
            if page.last is None:
                replay = replay.done(self._clock())
            replay = self._replays.save(replay, now=self._clock())
            if page.last is None:
                log.info("replay done", replay_id=replay.replay_id, published=replay.published)
                break
        return replay.published - before

    def _publish(self, replay: Replay, rows: Sequence[Row]) -> tuple[Replay, bool]:
        """The replay behind these messages, and whether the bus refused to take them."""
        last = Key(str(rows[-1]["pk"]), str(rows[-1]["sk"]))
        refused = False
        try:
            self._relay.repeat(rows, pace=lambda count: self._pause(count / replay.per_second))
            replay = replay.moved(after=last, looked_at=0, published=len(rows))
        except BusRefused:
            replay, refused = replay.stalled(self._clock()), True
        return self._replays.save(replay, now=self._clock()), refused


def _parts(rows: Sequence[Row], *, size: int) -> list[Sequence[Row]]:
    return [rows[start : start + size] for start in range(0, len(rows), size)]
