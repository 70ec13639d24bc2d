"""What the use cases of accounting need from the outside."""

from collections.abc import Iterable
from typing import Protocol

from accounting.domain.journal import JournalEntry
from shared.contracts.accounting import LedgerEntryCreated
from shared.contracts.envelope import Cause


class Journal(Protocol):
    def find(self, entry_id: str) -> JournalEntry | None: ...

    def append(self, entry: JournalEntry, created: LedgerEntryCreated, cause: Cause) -> None:
        """Write the entry and its announcement as one item.

        Raises StaleRow when an entry of this id is there, StoreBusy.
        """

    def entries(self) -> Iterable[JournalEntry]:
        """Every entry, consistently, in no order."""
