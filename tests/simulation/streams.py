"""The streams of the tables: what is written, handed to a relay or a fold in its order."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from tests.doubles.expressions import Item
from tests.simulation import functions
from tests.simulation.agenda import HOUR, MINUTE, SECOND
from tests.simulation.network import Host

BATCH_MAX: Final = 100
TRIES_MAX: Final = 20
KEPT: Final = 24 * HOUR


class Stream:
    """A shard of a table's stream, as one of its readers sees it: in order, again after a failure.

    What was not read within a day is gone.
    """

    def __init__(
        self, host: Host, function: str, *, wanted: Callable[[Item], bool], gives_up: bool
    ) -> None:
        self._host = host
        self._function = function
        self._wanted = wanted
        self._gives_up = gives_up
        self._records: list[tuple[int, int, Item]] = []
        self._inserted = 0
        self._tries = 0
        self._polling = False
        self._busy = False

    def insert(self, item: Item) -> None:
        if self._wanted(item):
            self._inserted += 1
            self._records.append((self._inserted, self._host.agenda.now, item))
            self._poll_in(self._host.fate.rng.randrange(20, 300))

    def poll(self) -> None:
        self._polling = False
        host, now = self._host, self._host.agenda.now
        until = host.down_until(self._function)
        if until > now or self._busy:
            self._poll_in(max(until - now, SECOND))
            return
        kept = [each for each in self._records if now - each[1] < KEPT]
        if len(kept) < len(self._records):
            host.fate.struck["stream_trimmed"] += len(self._records) - len(kept)
        self._records = kept
        if kept:
            self._busy = True
            try:
                self._read(kept[: self._size()])
            finally:
                self._busy = False
        if self._records:
            self._poll_in(min(SECOND << self._tries, 5 * MINUTE) if self._tries else 10)

    def _read(self, batch: list[tuple[int, int, Item]]) -> None:
        answer = self._host.invoke(self._function, _stream_event(batch))
        failed = batch[0][0]
        if answer is not None:
            named = [int(each["itemIdentifier"]) for each in answer["batchItemFailures"]]
            failed = min(named, default=batch[-1][0] + 1)
        self._tries = self._tries + 1 if failed == batch[0][0] else 0
        if self._gives_up and self._tries > TRIES_MAX:
            self._host.fate.struck["stream_gave_up"] += 1
            failed, self._tries = failed + 1, 0
        self._records = [each for each in self._records if each[0] >= failed]

    def _size(self) -> int:
        """The batch: smaller by chance, and halved after each failure."""
        size = BATCH_MAX
        if self._host.fate.strikes("stream_batch_small"):
            size = self._host.fate.rng.randint(1, 5)
        return max(size >> self._tries, 1)

    def _poll_in(self, delay: int) -> None:
        if not self._polling:
            self._polling = True
            self._host.agenda.add(delay, self._function, self.poll)


def streams_of(host: Host) -> dict[str, list[Stream]]:
    """Each table's, one for each of its readers."""
    return {
        table: [
            Stream(host, function, wanted=wanted, gives_up=function.endswith(".relay"))
            for function, wanted in readers
        ]
        for table, readers in functions.STREAMS.items()
    }


def _stream_event(batch: list[tuple[int, int, Item]]) -> dict[str, Any]:
    return {
        "Records": [
            {
                "eventName": "INSERT",
                "dynamodb": {
                    "Keys": {name: item[name] for name in ("pk", "sk")},
                    "NewImage": item,
                    "SequenceNumber": str(number),
                },
            }
            for number, _, item in batch
        ]
    }
