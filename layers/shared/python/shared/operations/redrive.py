"""Send a dead letter again: intent, effect, outcome, each durable."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final

from shared.errors.taxonomy import QuittanceException, StaleRow
from shared.observability import log
from shared.operations.dead_letters import DeadLetter, Decision, Status, begin_redrive, close
from shared.operations.letters import DeadLetters
from shared.persistence.until_fresh import until_fresh

LEFT_BEHIND: Final = timedelta(minutes=1)
"""From then on nobody is sending it any more who began to."""
FINISHED_AT_ONCE_MAX: Final = 500

type Send = Callable[[DeadLetter], None]
"""Puts the body into the queue it came from; raises QueueBusy."""


def redrive_letter(
    dead_letter_id: str, decision: Decision, *, letters: DeadLetters, send: Send
) -> DeadLetter:
    """Raises NotFound, QueueBusy, and what `begin_redrive` refuses with."""

    def intent() -> DeadLetter:
        letter = letters.get(dead_letter_id)
        begun = begin_redrive(letter, decision)
        return letter if begun == letter else letters.save(begun)

    return _finish(until_fresh(intent), letters=letters, send=send)


def close_letter(dead_letter_id: str, decision: Decision, *, letters: DeadLetters) -> DeadLetter:
    """Raises NotFound, and what `close` refuses with."""

    def once() -> DeadLetter:
        letter = letters.get(dead_letter_id)
        closed = close(letter, decision)
        return letter if closed == letter else letters.save(closed)

    return until_fresh(once)


def finish_redrives(*, letters: DeadLetters, send: Send, now: datetime) -> int:
    """Send what somebody began to send and did not finish; returns how many."""
    finished = 0
    for listed in letters.listed(Status.REDRIVING):
        decision = listed.item.decision
        assert decision is not None, "somebody has begun it"
        if now - decision.at >= LEFT_BEHIND:
            try:
                _finish(listed.item, letters=letters, send=send)
                finished += 1
            except QuittanceException as failure:  # the next turn tries again
                letter_id = listed.item.dead_letter_id
                log.warning("redrive not finished", dead_letter_id=letter_id, code=failure.code)
        if finished == FINISHED_AT_ONCE_MAX:
            break
    return finished


def _finish(letter: DeadLetter, *, letters: DeadLetters, send: Send) -> DeadLetter:
    """A crash behind the sending sends it once more: consumers take each message once."""
    if letter.status is not Status.REDRIVING:
        return letter
    send(letter)
    try:
        return letters.save(replace(letter, status=Status.REDRIVEN))
    except StaleRow:
        return letters.get(letter.dead_letter_id)  # somebody else was faster
