"""Why a message failed, noted by its consumer beside its rows, for whoever finds it dead.

A note costs a write, and most failures come right: only the last tries of a message are noted.
"""

from __future__ import annotations

import traceback
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import PurePath
from typing import Any, Final

from shared.errors.taxonomy import QuittanceException, StaleRow, StoreBusy
from shared.moments import timestamp
from shared.observability import log
from shared.persistence.rows import Row
from shared.persistence.table import Key, Put, Table

NOTED_FROM: Final = 3
"""The attempt from which on a failure is noted: two before a message is given up."""
KEPT: Final = timedelta(days=20)
DETAIL_CHARACTERS_MAX: Final = 500
UNEXPECTED: Final = "unexpected_failure"
LIBRARIES: Final = frozenset({"aws_lambda_powertools", "boto3", "botocore", "pydantic", "urllib3"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Failure:
    """One attempt at a message. The detail is ours: it repeats nothing of the content."""

    attempt: int
    at: datetime
    code: str
    detail: str


class FailureNotes:
    def __init__(self, table: Table) -> None:
        self._table = table

    def keep(self, record_id: str, failure: Failure) -> None:
        """Note it; a database that is busy is the reason already, and gets no more to do."""
        if failure.attempt < NOTED_FROM:
            return
        key = Key(f"FAILURE#{record_id}", f"{failure.attempt:010d}")
        row: Row = {
            "at": timestamp(failure.at),
            "code": failure.code,
            "detail": failure.detail,
            "expires_at": int((failure.at + KEPT).timestamp()),
        }
        try:
            self._table.commit([Put(key=key, row=row)], cause_id=None, now=failure.at)
        except StaleRow:
            return  # noted before
        except StoreBusy as busy:
            log.warning("failure not noted", code=busy.code)

    def of(self, record_id: str) -> Iterator[Failure]:
        """What was noted of a queue's record, in the order of its attempts."""
        for row in self._table.partition(f"FAILURE#{record_id}"):
            yield Failure(
                attempt=int(str(row["sk"])),
                at=datetime.fromisoformat(str(row["at"])),
                code=str(row["code"]),
                detail=str(row["detail"]),
            )


def failure_of(error: Exception, record: dict[str, Any], *, now: datetime) -> Failure:
    """What to tell of an exception: our own words, or its name and the place it came from."""
    code, detail = UNEXPECTED, _place(error)
    if isinstance(error, QuittanceException):
        code, detail = error.code, error.detail
    return Failure(
        attempt=int(record.get("attributes", {}).get("ApproximateReceiveCount", 1)),
        at=now,
        code=code,
        detail=detail[:DETAIL_CHARACTERS_MAX],
    )


def _place(error: Exception) -> str:
    """The exception's text may repeat content; its class and the line of ours do not."""
    frames = traceback.extract_tb(error.__traceback__)
    ours = [each for each in frames if not LIBRARIES & set(PurePath(each.filename).parts)]
    name = type(error).__name__
    if not ours:
        return name
    place = PurePath(ours[-1].filename)
    return f"{name} at {place.parent.name}/{place.name}:{ours[-1].lineno}"
