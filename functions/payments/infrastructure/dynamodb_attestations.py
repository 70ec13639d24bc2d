"""What was told on a day, read back from the outbox, and what is told of it."""

from __future__ import annotations

import json
import zlib
from collections.abc import Iterator, Sequence
from contextlib import suppress
from itertools import batched
from typing import Any, Final

from payments.domain.operations import is_operation
from shared.contracts.attestation import AttestedOperation, DayAttested, OperationsAttested
from shared.contracts.envelope import Cause, Envelope
from shared.errors.taxonomy import StaleRow
from shared.ids import message_id
from shared.money import Money
from shared.persistence.outbox import SHARDS, outbox_attributes
from shared.persistence.rows import Row
from shared.persistence.table import READ_AT_ONCE_MAX, Index, Key, Put, Table

SERVICE: Final = "payments"
BY_DAY: Final = Index("operations", partition="OperationDay", sort="OccurredOn")
"""The messages that tell a movement, by their day."""
_LAST: Final = Key("ATTESTED", "LAST")
DAY_LETTERS: Final = 10


def operation_mark(envelope: Envelope[Any]) -> Row:
    """What an outbox row has so that its day's index holds it; nothing if it moves no money."""
    if not is_operation(envelope.data):
        return {}
    shard = SHARDS[zlib.crc32(envelope.id.encode()) % len(SHARDS)]
    return {"OperationDay": _partition(str(outbox_day(envelope)), shard)}


def outbox_day(envelope: Envelope[Any]) -> str:
    return str(outbox_attributes(envelope)["OccurredOn"])[:DAY_LETTERS]


def _partition(day: str, shard: str) -> str:
    return f"{day}#{shard}"


class DynamoDbAttestations:
    def __init__(self, table: Table) -> None:
        self._table = table

    def shards(self) -> Sequence[str]:
        return SHARDS

    def last_day(self) -> str | None:
        row = self._table.get(_LAST)
        return None if row is None else str(row["day"])

    def operations(self, day: str, shard: str) -> Iterator[AttestedOperation]:
        found = self._table.index(
            BY_DAY.name, attribute=BY_DAY.partition, value=_partition(day, shard)
        )
        for rows in batched(found, READ_AT_ONCE_MAX, strict=False):
            keys = [Key(str(row["pk"]), str(row["sk"])) for row in rows]
            read = sorted(self._table.get_many(keys), key=lambda row: str(row["Id"]))
            yield from map(_operation, read)

    def keep(self, event: OperationsAttested | DayAttested, cause: Cause) -> None:
        page = event.page if isinstance(event, OperationsAttested) else "whole"
        subject = f"attested-{event.day}"
        envelope = Envelope(
            id=f"{message_id(SERVICE, subject, 1, 1)}/{page}",
            source=f"quittance.{SERVICE}",
            subject=f"{subject}/{page}",
            time=cause.now,
            sequence=1,
            correlation_id=cause.correlation_id,
            causation_id=cause.id,
            traceparent=cause.traceparent,
            data=event,
        )
        puts = [Put(key=Key(f"ATTESTED#{event.day}", page), row=outbox_attributes(envelope))]
        if isinstance(event, DayAttested):
            puts.append(self._last(event.day))
        with suppress(StaleRow):
            self._table.commit(puts, cause_id=None, now=cause.now)

    def _last(self, day: str) -> Put:
        row = self._table.get(_LAST)
        version = 0 if row is None else int(str(row["version"]))
        return Put(key=_LAST, row={"day": day, "version": version + 1}, seen=version)


def _operation(row: Row) -> AttestedOperation:
    data = json.loads(str(row["Payload"]))["data"]
    amount = data["amount"]
    return AttestedOperation(
        message_id=str(row["Id"]),
        fact=str(row["Type"]),
        payment_id=data["payment_id"],
        amount=Money(amount["minor"], amount["currency"]),
    )
