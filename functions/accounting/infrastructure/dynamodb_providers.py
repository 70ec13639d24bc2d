"""The providers that the books know: who has money of ours, and so has to be reconciled."""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import suppress
from datetime import datetime
from typing import Final

from shared.errors.taxonomy import StaleRow
from shared.persistence.table import Key, Put, Table

PROVIDERS: Final = "PROVIDERS"


class DynamoDbProviders:
    def __init__(self, table: Table) -> None:
        self._table = table
        self._met: set[str] = set()

    def known(self) -> list[str]:
        """Every provider that an entry or a settled line has named, in order."""
        return [str(row["sk"]) for row in self._table.partition(PROVIDERS)]

    def meet(self, providers: Iterable[str], *, now: datetime) -> None:
        """Note them before anything of theirs is booked: once a process, not once an entry."""
        for provider in sorted({*providers} - self._met - {""}):
            with suppress(StaleRow):
                put = Put(key=Key(PROVIDERS, provider), row={})
                self._table.commit([put], cause_id=None, now=now)
            self._met.add(provider)
