"""Every way in, tried with what nobody should send: `python -m bench.fuzz`.

Takes how many times as much is tried as usual (1; less for a quick look). Writes
bench/results/fuzz.json; ends with 1 where something was found.
"""

from __future__ import annotations

import importlib.util
import os
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable
from concurrent.futures import Future, ProcessPoolExecutor, as_completed
from random import Random
from typing import Any, Final

from schemathesis import GenerationMode

from bench import report
from tests.fuzz.forgeries import Forger
from tests.fuzz.notices import Notices
from tests.fuzz.parsers import PARSERS
from tests.fuzz.requests import MODES, Found, Fuzzer

PROCESSES: Final = 2
REQUESTS: Final = 20_000
FORGERIES: Final = 100_000
NOTICES: Final = 20_000
RUNS: Final = 50_000
"""Of each parser, guided by coverage."""
BLOCK: Final = 5_000
SHOWN_CHARACTERS: Final = 2_000

type Tried = tuple[str, Counter[str], str]
"""What was tried, the counts, and what was found: empty if nothing."""


def requests(number: int, mode: GenerationMode, count: int) -> Tried:
    fuzzer = Fuzzer(number=1)
    operation = fuzzer.operations()[number]
    found = _found(lambda: fuzzer.fuzz(operation, requests=count, mode=mode))
    statuses = {f"answered {status}": times for status, times in fuzzer.statuses.items()}
    return "requests", Counter({"tried": fuzzer.sent, **statuses}), found


def forgeries(seed: int, count: int) -> Tried:
    forger = Forger(Random(seed))  # noqa: S311
    found = _found(lambda: forger.run(count))
    tried = sum(forger.counts[kind] for kind in ("forged", "replayed", "genuine"))
    return "webhooks", Counter({"tried": tried}) + forger.counts, found


def notices(seed: int, count: int) -> Tried:
    signed = Notices(Random(seed))  # noqa: S311
    found = _found(lambda: signed.run(count))
    return "signed notices", Counter({"tried": sum(signed.counts.values())}) + signed.counts, found


def parsed(name: str, runs: int) -> Tried:
    """In a process of its own, which the fuzzer ends."""
    if importlib.util.find_spec("atheris") is None:
        return "parsers", Counter({"not tried: atheris is not here": 1}), ""
    run = subprocess.run(  # noqa: S603
        [sys.executable, "-m", "tests.fuzz.coverage", name, str(runs)],
        capture_output=True,
        text=True,
        errors="replace",
        check=False,
    )
    if run.returncode:
        return "parsers", Counter({"tried": 0}), f"{name}: {run.stderr[-SHOWN_CHARACTERS:]}"
    return "parsers", Counter({"tried": runs}), ""


def _found(run: Callable[[], None]) -> str:
    try:
        run()
    except (Found, AssertionError, ExceptionGroup) as found:
        return str(found)[:SHOWN_CHARACTERS]
    return ""


def _silent() -> None:
    """The services log each request; nobody reads that here."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)


def _started(pool: ProcessPoolExecutor, times: float) -> list[Future[Tried]]:
    """The quick parts first."""
    started = [
        pool.submit(forgeries, seed, BLOCK) for seed in range(int(FORGERIES * times) // BLOCK)
    ]
    started += [pool.submit(notices, seed, BLOCK) for seed in range(int(NOTICES * times) // BLOCK)]
    started += [pool.submit(parsed, name, int(RUNS * times)) for name in PARSERS]
    operations = range(len(Fuzzer().operations()))
    each = -(-int(REQUESTS * times) // (len(MODES) * len(operations)))
    started += [pool.submit(requests, one, mode, each) for one in operations for mode in MODES]
    return started


def main() -> int:
    times = float(sys.argv[1]) if len(sys.argv) > 1 else 1.0
    commit, began = report.commit(), time.perf_counter()
    counts: dict[str, Counter[str]] = {}
    found: list[str] = []
    with ProcessPoolExecutor(PROCESSES, initializer=_silent) as pool:
        started = _started(pool, times)
        for number, done in enumerate(as_completed(started), start=1):
            name, counted, wrong = done.result()
            counts.setdefault(name, Counter()).update(counted)
            found += [wrong] if wrong else []
            told = f"{name}: {counts[name]['tried']:,}, found {len(found)}"
            print(f"{number} of {len(started)} parts; {told}", file=sys.stderr)
            run = {
                "parts": f"{number} of {len(started)}",
                "seconds": round(time.perf_counter() - began, 1),
                "found": found,
            }
            _keep(run, counts, commit)
    rows = {
        f"{name}: {kind}": count for name, each in counts.items() for kind, count in each.items()
    }
    report.table({**rows, "found": len(found)})
    for each in found:
        print(f"\n{each}", file=sys.stderr)
    return 1 if found else 0


def _keep(run: dict[str, Any], counts: dict[str, Counter[str]], commit: str) -> None:
    """After each part, so that a run that is stopped has told what it has tried."""
    figures = {name: dict(sorted(each.items())) for name, each in counts.items()}
    report.write("fuzz", {**run, **figures}, of=commit)


if __name__ == "__main__":
    sys.exit(main())
