"""The sandbox's own time, which can be advanced, and the agenda of what is due by it."""

import heapq
import logging
import threading
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

LONGEST_WAIT_SECONDS = 60.0  # the machine's clock may be set; look again at least this often

log = logging.getLogger(__name__)


def machine_time() -> datetime:
    return datetime.now(UTC)


class Clock:
    """The machine's time plus whatever was advanced."""

    def __init__(self, machine: Callable[[], datetime] = machine_time) -> None:
        self._machine = machine
        self._ahead = timedelta()

    def now(self) -> datetime:
        return self._machine() + self._ahead

    def advance(self, by: timedelta) -> None:
        assert by >= timedelta()
        self._ahead += by


class Agenda:
    """Does each thing once, when the sandbox's clock says it is due, earliest first."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._entries: list[tuple[datetime, int, Callable[[], None]]] = []
        self._count = 0
        self._changed = threading.Condition()
        self._one_at_a_time = threading.Lock()
        self._stopped = False

    def at(self, due: datetime, action: Callable[[], None]) -> None:
        with self._changed:
            self._count += 1
            heapq.heappush(self._entries, (due, self._count, action))
            self._changed.notify()

    def run_due(self) -> None:
        """Do what is due now, in the caller's thread; returns when it is done."""
        with self._one_at_a_time:
            while (action := self._next_due()) is not None:
                action()
        with self._changed:
            self._changed.notify()  # the clock may have been advanced: wait anew

    def start(self) -> None:
        threading.Thread(target=self._run, name="agenda", daemon=True).start()

    def stop(self) -> None:
        with self._changed:
            self._stopped = True
            self._entries.clear()
            self._changed.notify()

    def _next_due(self) -> Callable[[], None] | None:
        with self._changed:
            if self._stopped or not self._entries or self._entries[0][0] > self._clock.now():
                return None
            return heapq.heappop(self._entries)[2]

    def _run(self) -> None:
        while not self._stopped:
            with self._changed:
                self._changed.wait(self._seconds_to_wait())
            try:
                self.run_due()
            except Exception:
                log.exception("an entry of the agenda failed")

    def _seconds_to_wait(self) -> float:
        if self._stopped:
            return 0.0
        if not self._entries:
            return LONGEST_WAIT_SECONDS
        left = (self._entries[0][0] - self._clock.now()).total_seconds()
        return min(max(left, 0.0), LONGEST_WAIT_SECONDS)
