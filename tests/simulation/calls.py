"""Every call that leaves a worker: numbered, and the place where fate kills it or its answer."""

from __future__ import annotations

from collections.abc import Callable, Collection
from typing import Final

from botocore.exceptions import ConnectTimeoutError, ReadTimeoutError

from tests.doubles.memory_dynamo import refusal
from tests.simulation.agenda import SECOND
from tests.simulation.faults import Fate

READS: Final = frozenset({"get", "query", "scan"})
PAUSE_MAX: Final = 40
"""The longest that a call takes, in milliseconds."""
_BUSY: Final = ("ThrottlingException", "TransactionConflictException", "InternalServerError")
_CANCELLED: Final = ({"Code": "None"}, {"Code": "TransactionConflict"})


class Crash(BaseException):
    """The worker was killed here; no handler may catch this."""


class Calls:
    """Counts the moments of every call: before it, and after it took effect.

    `kill_at` are the numbers at which the worker that calls is killed. A read has no effect, so
    that it has no moment after it. `meanwhile` runs something else in the middle of a worker.
    `effects` are the moments of a calm run that leave different things behind: killed before its
    first effect a worker has done nothing, killed before a later one it has done no more than when
    it was killed after the one before that.
    """

    def __init__(self, fate: Fate, *, kill_at: Collection[int] = ()) -> None:
        self.counted = True
        """Whether workers are killed at what is called now."""
        self.places: list[str] = []
        self.effects: list[int] = []
        self.meanwhile: Callable[[], None] = lambda: None
        self.pause: Callable[[int], None] = lambda _milliseconds: None
        self.on_moment: Callable[[str], None] = lambda _moment: None
        self._fate = fate
        self._kill_at = frozenset(kill_at)
        self._number = 0
        self._told_apart = False

    def begin(self) -> None:
        """Whatever is called from now on is called by another worker."""
        self._told_apart = False

    @property
    def passed(self) -> int:
        """How many moments there were so far."""
        return self._number

    def store(self, moment: str, place: str) -> None:
        """A moment of a call to the store; raises what botocore raises, or Crash."""
        read = place.rpartition(".")[2] in READS
        self.pass_through(moment, place, effect=not read)
        if moment == "before":
            if self._fate.strikes("store_refuses"):
                self.on_moment(f"{place} is refused")
                raise self._refusal(place)
        elif self._fate.strikes("store_answer_lost"):
            self.on_moment(f"the answer of {place} is lost")
            if self._fate.rng.random() < 0.5:
                raise refusal("InternalServerError")
            raise ReadTimeoutError(endpoint_url="store")

    def pass_through(self, moment: str, place: str, *, effect: bool = True) -> None:
        """Any moment of a call: the last of its worker, or one in which others go on."""
        if not self.counted:
            return
        self._number += 1
        if not self._fate.rates:
            self.places.append(f"{moment} {place}")
            if effect and not (moment == "before" and self._told_apart):
                self.effects.append(self._number)
                self._told_apart = True
        self.on_moment(f"{moment} {place}")
        if self._number in self._kill_at or self._fate.strikes("killed"):
            self.on_moment(f"killed {moment} {place}")
            raise Crash
        self.pause(int(self._fate.rng.random() * PAUSE_MAX))  # as randrange, in a third of the time
        between = moment == "before" or place == "provider.POST"
        if between and self._fate.strikes("interleaved"):
            self.meanwhile()

    def _refusal(self, place: str) -> Exception:
        kind = self._fate.rng.randrange(5)
        if kind == 4:
            return ConnectTimeoutError(endpoint_url="store")
        if kind == 3 and place.endswith(".commit"):
            return refusal("TransactionCanceledException", CancellationReasons=list(_CANCELLED))
        return refusal(_BUSY[kind % len(_BUSY)])


INTERLEAVED_WITHIN: Final = 5 * SECOND
"""How far ahead another worker may be that runs in the middle of this one."""
