"""Ours and a naive ledger on the same store in one run; CPU beside SQLite's and django-hordak's.

`python -m bench.ledger` prints a table and writes bench/results/ledger.json. The store is the
embedded cloud; what AWS would bill is metered from the requests.
"""

from __future__ import annotations

import shutil
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any, Final

from accounting.application.fold import fold
from accounting.domain.balances import sums_of
from accounting.domain.chain import LANES
from accounting.infrastructure.dynamodb_folds import DynamoDbFolds
from accounting.infrastructure.dynamodb_journal import DynamoDbJournal
from apphost.cloud import embedded
from bench import report
from bench.cpu import cpu_figures
from bench.meter import Meter
from bench.naive_ledger import NaiveLedger
from bench.streams import START, Work, stream
from shared.persistence.rows import Row
from tests.cloud import Account, open_account
from tests.integration.tables import MAIN, create_main_table

ENTRIES: Final = 400
WORKERS: Final = 4
ROUNDS: Final = 7
FOLDED_AT_ONCE: Final = 400
GOALS: Final = {"write_units_max": 1.2, "hot_over_uniform_min": 0.95}


@dataclass(frozen=True)
class Figures:
    """Of one stream on one ledger; units and calls are an entry's."""

    postings_per_second: float
    calls: float
    write_units: float
    index_units: float
    conflicts: float


def ours(account: Account, work: list[Work]) -> Figures:
    """Each entry one put by several workers; the fold runs behind them, as behind a stream."""
    client = account.client("dynamodb")
    table = create_main_table(client)
    meter = Meter()
    meter.attach(client)
    journal, folds = DynamoDbJournal(table), DynamoDbFolds(table)
    began = time.perf_counter()
    _each(work, lambda each: journal.append([(each.entry, each.created)], each.cause))
    posted = time.perf_counter() - began
    calls = meter.calls
    rows: list[Row] = list(journal.rows())  # what the stream would bring, without asking the store
    meter.calls = calls
    began = time.perf_counter()
    for start in range(0, len(rows), FOLDED_AT_ONCE):
        fold(rows[start : start + FOLDED_AT_ONCE], folds=folds, now=START)
    seconds = posted + time.perf_counter() - began
    told = sums_of(each.entry for each in work).balance("1100", "EUR").debit.minor
    kept = sum(folds.lane(lane).sums.balance("1100", "EUR").debit.minor for lane in range(LANES))
    assert kept == told, "the balances are not what was posted"
    return _figures(work, seconds, meter, conflicts=0)


def naive(account: Account, work: list[Work]) -> Figures:
    client = account.client("dynamodb")
    create_main_table(client)
    meter = Meter()
    meter.attach(client)
    ledger = NaiveLedger(client, MAIN)
    began = time.perf_counter()
    _each(work, ledger.post)
    return _figures(work, time.perf_counter() - began, meter, conflicts=ledger.conflicts)


def _each(work: Iterable[Work], post: Callable[[Work], None]) -> None:
    with ThreadPoolExecutor(WORKERS) as pool:
        list(pool.map(post, work))


def _figures(work: list[Work], seconds: float, meter: Meter, *, conflicts: int) -> Figures:
    postings = sum(len(each.entry.postings) for each in work)
    return Figures(
        postings_per_second=postings / seconds,
        calls=meter.calls / len(work),
        write_units=meter.write_units / len(work),
        index_units=meter.index_units / len(work),
        conflicts=conflicts / len(work),
    )


def measure(url: str) -> dict[str, list[Figures]]:
    """Each ledger and stream in rounds that take turns."""
    taken: dict[str, list[Figures]] = {}
    for number in range(ROUNDS):
        for name, ledger in (("ours", ours), ("naive", naive)):
            for hot in (True, False) if number % 2 else (False, True):
                work = stream(f"{name}-{hot}-{number}", entries=ENTRIES, hot=hot)
                found = ledger(open_account(url), work)
                taken.setdefault(f"{name} {'hot' if hot else 'uniform'}", []).append(found)
    return taken


def medians(taken: dict[str, list[Figures]]) -> dict[str, dict[str, float]]:
    return {
        name: {
            field: round(statistics.median(getattr(each, field) for each in rounds), 3)
            for field in Figures.__dataclass_fields__
        }
        for name, rounds in taken.items()
    }


def ratios(taken: dict[str, list[Figures]]) -> dict[str, float]:
    """Of what stood side by side in a round, the median: whatever slows a round slows both."""

    def ratio(field: str, name: str, other: str) -> float:
        pairs = zip(taken[name], taken[other], strict=True)
        sides = [(getattr(one, field), getattr(two, field)) for one, two in pairs]
        return float(round(statistics.median(one / two for one, two in sides), 2))

    speed = partial(ratio, "postings_per_second")
    return {
        "ours hot/uniform": speed("ours hot", "ours uniform"),
        "naive hot/uniform": speed("naive hot", "naive uniform"),
        "ours/naive hot": speed("ours hot", "naive hot"),
        "ours/naive uniform": speed("ours uniform", "naive uniform"),
        "naive/ours write units": ratio("write_units", "naive hot", "ours hot"),
    }


def main() -> int:
    at = report.commit()
    state = Path(tempfile.mkdtemp(prefix="quittance-bench-"))
    cloud = embedded.start(state_dir=state)
    try:
        embedded.wait_ready(cloud)
        taken = measure(cloud.url)
    finally:
        embedded.stop(cloud.pid)
        shutil.rmtree(state, ignore_errors=True)
    store = medians(taken)
    result: dict[str, Any] = {
        "store": store,
        "ratios": ratios(taken),
        "cpu": cpu_figures(),
        "goals": GOALS,
    }
    report.write("ledger", result, of=at)
    _show(result)
    units = max(store["ours hot"]["write_units"], store["ours uniform"]["write_units"])
    reached = (
        units <= GOALS["write_units_max"],
        result["ratios"]["ours hot/uniform"] >= GOALS["hot_over_uniform_min"],
    )
    return 0 if all(reached) else 1


def _show(result: dict[str, Any]) -> None:
    print(
        f"{'ledger':<14}{'postings/s':>12}{'calls':>8}{'units':>8}{'indexes':>9}{'conflicts':>11}"
    )
    for name, each in result["store"].items():
        print(
            f"{name:<14}{each['postings_per_second']:>12.0f}{each['calls']:>8.2f}"
            f"{each['write_units']:>8.2f}{each['index_units']:>9.2f}{each['conflicts']:>11.2f}"
        )
    for name, ratio in result["ratios"].items():
        print(f"{name:<28}{ratio:>8.2f}")
    for name, microseconds in result["cpu"].items():
        print(f"{name:<42}{microseconds:>10}")


if __name__ == "__main__":
    sys.exit(main())
