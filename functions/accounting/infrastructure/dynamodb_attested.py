"""What payments has attested, in the accounting table beside the books."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import suppress
from datetime import datetime, timedelta
from typing import Any, Final

from shared.contracts.attestation import AttestedOperation, DayAttested, OperationsAttested
from shared.errors.taxonomy import StaleRow
from shared.money import Money
from shared.persistence.rows import Row
from shared.persistence.table import Key, Put, Table

PAGES_KEPT: Final = timedelta(days=90)
"""The tally of a day is kept for ever; its pages as long as somebody may have to look for one."""


class DynamoDbAttested:
    def __init__(self, table: Table) -> None:
        self._table = table

    def keep(self, event: OperationsAttested | DayAttested, *, now: datetime) -> None:
        row: Row
        if isinstance(event, DayAttested):
            key = Key("ATTESTED", event.day)
            row = {"operations": event.operations, "digest": event.digest}
        else:
            key = Key(f"ATTESTED#{event.day}", event.page)
            row = {
                "listed": json.dumps([_written(each) for each in event.operations]),
                "expires_at": int((now + PAGES_KEPT).timestamp()),
            }
        with suppress(StaleRow):
            self._table.commit([Put(key=key, row=row)], cause_id=None, now=now)

    def days(self) -> Iterator[DayAttested]:
        for row in self._table.partition("ATTESTED"):
            yield DayAttested(
                day=str(row["sk"]),
                operations=int(str(row["operations"])),
                digest=str(row["digest"]),
            )

    def operations(self, day: str) -> Iterator[AttestedOperation]:
        for row in self._table.partition(f"ATTESTED#{day}"):
            yield from map(_read, json.loads(str(row["listed"])))


def _written(each: AttestedOperation) -> list[Any]:
    amount = each.amount
    return [each.message_id, each.fact, each.payment_id, amount.minor, amount.currency]


def _read(written: list[Any]) -> AttestedOperation:
    message_id, fact, payment_id, minor, currency = written
    return AttestedOperation(
        message_id=message_id, fact=fact, payment_id=payment_id, amount=Money(minor, currency)
    )
