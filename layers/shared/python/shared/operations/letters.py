"""Dead letters in a service's own table: for ever, and those to be worked on in an index."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict, replace
from datetime import datetime
from typing import Any, Final

from shared.errors.taxonomy import NotFound, StaleRow
from shared.messaging.failures import Failure
from shared.moments import timestamp
from shared.operations.dead_letters import DeadLetter, Decision, Reason, Status
from shared.operations.errors import DeadLetterTooLarge
from shared.operations.tasks import FIRST, TASKS, Listed, task
from shared.persistence.rows import Row
from shared.persistence.table import Key, Put, Table

KIND: Final = "DEADLETTER"
BODY_BYTES_MAX: Final = 300_000
"""An item of DynamoDB holds 400 KB; a message of ours has at most 200 KB."""


class DeadLetters:
    def __init__(self, table: Table) -> None:
        self._table = table

    def keep(self, letter: DeadLetter) -> bool:
        """Store a new one; False where it was stored before. Raises DeadLetterTooLarge."""
        if len(letter.body.encode()) > BODY_BYTES_MAX:
            raise DeadLetterTooLarge
        try:
            self.save(letter)
        except StaleRow:
            return False
        return True

    def get(self, dead_letter_id: str) -> DeadLetter:
        """Raises NotFound."""
        row = self._table.get(_key(dead_letter_id))
        if row is None:
            raise NotFound("no such dead letter")
        return _from_row(row)

    def save(self, letter: DeadLetter) -> DeadLetter:
        """Write its next version; raises StaleRow where somebody else has."""
        written = replace(letter, version=letter.version + 1)
        put = Put(key=_key(letter.dead_letter_id), row=_to_row(written), seen=letter.version)
        at = letter.kept_at if letter.decision is None else letter.decision.at
        self._table.commit([put], cause_id=None, now=at)
        return written

    def listed(self, status: Status, *, after: str = FIRST) -> Iterator[Listed[DeadLetter]]:
        """Those in a status, the oldest first, as they stand now."""
        for row in self._table.after(TASKS, value=_task(status), bound=after):
            found = self._table.get(Key(str(row["pk"]), str(row["sk"])))
            if found is not None and found["status"] == status.value:
                yield Listed(_from_row(found), str(row[TASKS.sort]))


def _key(dead_letter_id: str) -> Key:
    return Key(f"{KIND}#{dead_letter_id}", KIND)


def _task(status: Status) -> str:
    return f"{KIND}#{status}"


def _to_row(letter: DeadLetter) -> Row:
    decision = letter.decision
    return {
        **{name: getattr(letter, name) for name in _PLAIN},
        **{name: timestamp(getattr(letter, name)) for name in _MOMENTS},
        "reason": asdict(letter.reason),
        "failures": [{**asdict(each), "at": timestamp(each.at)} for each in letter.failures],
        "decision": None
        if decision is None
        else {**asdict(decision), "at": timestamp(decision.at)},
        "status": letter.status.value,
        **task(_task(letter.status), letter.kept_at, letter.dead_letter_id),
    }


def _from_row(row: Row) -> DeadLetter:
    read: dict[str, Any] = dict(row)
    decision = read.get("decision")
    plain: dict[str, Any] = {name: read.get(name) for name in _PLAIN}
    moments: dict[str, Any] = {name: datetime.fromisoformat(read[name]) for name in _MOMENTS}
    return DeadLetter(
        **plain,
        **moments,
        reason=Reason(**read["reason"]),
        failures=tuple(Failure(**_dated(each)) for each in read["failures"]),
        decision=None if decision is None else Decision(**_dated(decision)),
        status=Status(read["status"]),
    )


def _dated(read: dict[str, Any]) -> dict[str, Any]:
    return {**read, "at": datetime.fromisoformat(read["at"])}


_PLAIN: Final = (
    "dead_letter_id",
    "queue",
    "redrivable",
    "body",
    "message_id",
    "message_type",
    "correlation_id",
    "redrive_of",
    "version",
)
_MOMENTS: Final = ("said_at", "sent_at", "kept_at")
