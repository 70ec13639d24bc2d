"""Tell the ledger, each night and in full, what was done on the day before."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta
from itertools import batched
from typing import Final, Protocol

from shared.contracts.attestation import AttestedOperation, DayAttested, OperationsAttested
from shared.contracts.envelope import Cause
from shared.tally import Tally

OVER_AFTER: Final = timedelta(minutes=45)
"""A day is attested when whoever wrote in it has long ended, be its clock ten minutes behind and
ours ten ahead, and the index has caught up; and before the proof of the night."""
PAGE_OPERATIONS: Final = 500
"""On one page: far below what the bus carries."""
DAYS_MAX: Final = 7
"""Attested in one run, should the schedule have been down."""


class Attestations(Protocol):
    def last_day(self) -> str | None:
        """The last day that was attested."""

    def operations(self, day: str, shard: str) -> Iterable[AttestedOperation]:
        """What was told on a day, in a part of the index, in order."""

    def shards(self) -> Sequence[str]: ...

    def keep(self, event: OperationsAttested | DayAttested, cause: Cause) -> None:
        """Announce a page or a day, once: what is there already stays."""


def attest_days(*, attestations: Attestations, cause: Cause) -> list[str]:
    """Attest each day that is over and was not yet; the first of all is yesterday.

    A day is told complete after all its pages: interrupted, it is told again from its beginning.
    """
    over = (cause.now - OVER_AFTER).date() - timedelta(days=1)
    last = attestations.last_day()
    day = over if last is None else date.fromisoformat(last) + timedelta(days=1)
    attested: list[str] = []
    while day <= over and len(attested) < DAYS_MAX:
        _attest(day.isoformat(), attestations, cause)
        attested.append(day.isoformat())
        day += timedelta(days=1)
    return attested


def is_due(last: str | None, now: datetime) -> bool:
    """Whether a day waits to be attested."""
    return last is None or last < ((now - OVER_AFTER).date() - timedelta(days=1)).isoformat()


def _attest(day: str, attestations: Attestations, cause: Cause) -> None:
    tally = Tally()
    for shard in attestations.shards():
        pages = batched(attestations.operations(day, shard), PAGE_OPERATIONS, strict=False)
        for number, operations in enumerate(pages):
            for each in operations:
                tally.add(each.message_id)
            page = OperationsAttested(day=day, page=f"{shard}-{number:06d}", operations=operations)
            attestations.keep(page, cause)
    whole = DayAttested(day=day, operations=tally.count, digest=tally.digest)
    attestations.keep(whole, cause)
