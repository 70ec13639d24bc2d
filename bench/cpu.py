"""CPU per posting in batches of a hundred entries: ours, SQLite and django-hordak, in one run.

Ours does everything but speak to a network, from the event that is told: entry, checks, limits,
announcement, item, chain, balances, day of effect. It is measured once more from the finished
entry on, which is where SQLite begins.
django-hordak stands in an environment of its own (requirements/bench.txt, `.bench`). It posts as
its documentation shows, by its models; on SQLite in memory, without the triggers by which it
checks balances on PostgreSQL and MySQL, which makes it faster than its users have it.
"""

from __future__ import annotations

import json
import sqlite3
import subprocess
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import batched
from pathlib import Path
from typing import Any, Final

from accounting.application.book import book
from accounting.domain.manual import Periods
from bench.streams import START, Work, stream
from shared.contracts.payments import PaymentRefunded
from shared.errors.taxonomy import StaleRow
from shared.persistence.rows import Row, dump_row, load_row
from shared.persistence.table import Put
from tests.doubles.ledger import Ledger
from tests.doubles.memory_table import MemoryTable

BATCH: Final = 100
BATCHES: Final = 10
ROUNDS: Final = 15
ROOT: Final = Path(__file__).parents[1]
PYTHON: Final = ROOT / ".bench" / "bin" / "python"
TIMEOUT_SECONDS: Final = 300


def cpu_figures() -> dict[str, Any]:
    """Microseconds of CPU for a posting, and how many times hordak's that is less."""
    mine = _best(_ours)
    figures: dict[str, Any] = {
        "ours, µs a posting": round(mine, 1),
        "ours from the finished entry, µs a posting": round(_best(_ours_from_entries), 1),
        "SQLite, µs a posting": round(_best(_sqlite), 1),
    }
    hordak = _hordak()
    figures["django-hordak, µs a posting"] = round(hordak, 1) if hordak else "not installed"
    if hordak:
        figures["django-hordak/ours"] = round(hordak / mine, 1)
    return figures


def _best(measure: Callable[[list[tuple[Told, ...]]], None]) -> float:
    """Of the least disturbed round: other programs can only add to CPU, by cold caches."""
    taken = []
    for number in range(ROUNDS):
        work = stream(f"cpu-{number}", entries=BATCH * BATCHES, hot=False)
        batches = list(batched(map(_told, work), BATCH, strict=True))
        began = time.process_time()
        measure(batches)
        taken.append((time.process_time() - began) / (2 * len(work)) * 1e6)
    return min(taken)


@dataclass(frozen=True)
class Told:
    """Work, and an event of two postings to book as much."""

    work: Work
    event: PaymentRefunded


def _told(work: Work) -> Told:
    entry = work.entry
    event = PaymentRefunded(
        payment_id=entry.payment_id,
        order_id=entry.order_id,
        refund_id=entry.reference,
        amount=entry.amount,
        refunded=entry.amount,
        provider="sandbox",
        provider_reference="sbx_op_3",
    )
    return Told(work, event)


class PlainTable(MemoryTable):
    """Makes the items and keeps every condition, and nothing that only a test wants of a double."""

    def commit(self, puts: Sequence[Put], *, cause_id: str | None, now: datetime) -> None:
        del cause_id, now
        if not all(map(self._holds, puts)):
            raise StaleRow
        for put in puts:
            item = dump_row({**put.row, "pk": put.key.pk, "sk": put.key.sk})
            if "Payload" in item and put.key not in self._items:
                self._inserts.append(load_row(item))
            self._keep(put.key, item)


def _ours(batches: list[tuple[Told, ...]]) -> None:
    """The store is the one in memory: it makes DynamoDB's items, checks every condition."""
    open_ = Periods()
    ledger = Ledger(now=START, table=PlainTable())
    for batch in batches:
        for each in batch:
            event, cause = each.event, each.work.cause
            book(event, happened_at=cause.now, periods=open_, journal=ledger.journal, cause=cause)
        ledger.fold()


def _ours_from_entries(batches: list[tuple[Told, ...]]) -> None:
    ledger = Ledger(now=START, table=PlainTable())
    for batch in batches:
        for each in batch:
            work = each.work
            ledger.journal.append([(work.entry, work.created)], work.cause)
        ledger.fold()


def _sqlite(batches: list[tuple[Told, ...]]) -> None:
    """The same entry, announcement, postings and balances; a transaction a batch."""
    base = sqlite3.connect(":memory:")
    base.executescript(
        """
        CREATE TABLE entry (id TEXT PRIMARY KEY, booked_at TEXT, payload TEXT);
        CREATE TABLE posting (entry TEXT REFERENCES entry, account TEXT, side TEXT, minor INTEGER);
        CREATE TABLE balance (account TEXT, side TEXT, minor INTEGER, PRIMARY KEY (account, side));
        """
    )
    for batch in batches:
        with base:
            for each in batch:
                entry = each.work.entry
                payload: Row = {"entry_id": entry.entry_id, "order_id": entry.order_id}
                base.execute(
                    "INSERT INTO entry VALUES (?, ?, ?)",
                    (entry.entry_id, entry.booked_at.isoformat(), json.dumps(payload)),
                )
                for posting in entry.postings:
                    line = (posting.account.code, posting.side.value, posting.amount.minor)
                    base.execute("INSERT INTO posting VALUES (?, ?, ?, ?)", (entry.entry_id, *line))
                    base.execute(
                        "INSERT INTO balance VALUES (?, ?, ?) ON CONFLICT (account, side)"
                        " DO UPDATE SET minor = minor + excluded.minor",
                        line,
                    )
    base.close()


def _hordak() -> float | None:
    """Measured by a process in hordak's own environment, or None where that is not installed."""
    if not PYTHON.exists():
        return None
    done = subprocess.run(  # noqa: S603 - our own script
        [str(PYTHON), str(ROOT / "bench" / "hordak_cpu.py"), str(BATCH), str(BATCHES)],
        capture_output=True,
        text=True,
        timeout=TIMEOUT_SECONDS,
        check=True,
    )
    return float(done.stdout.strip().splitlines()[-1])
