"""`python -m tests.simulation.planted` hunts every planted bug and prints the seeds it took."""

from __future__ import annotations

import argparse
import sys
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import asdict, replace
from pathlib import Path
from statistics import median

from bench.report import commit, save
from tests.simulation.planted.bugs import BUGS, known
from tests.simulation.planted.planting import Hunt, hunt


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.simulation.planted")
    parser.add_argument("--seeds", type=int, default=40, help="at most, for each bug")
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--anew", action="store_true", help="not first with the seed that is known")
    parser.add_argument("--only", default="", help="bugs whose name contains this")
    parser.add_argument("--report", type=Path, help="where to write the figures as JSON")
    asked = parser.parse_args()
    of = commit()
    first = known()
    bugs = [
        replace(each, seed=0 if asked.anew else first.get(each.name, 0))
        for each in BUGS
        if asked.only in each.name
    ]
    with ThreadPoolExecutor(asked.workers) as workers:
        hunts = []
        hunting = [workers.submit(hunt, each, seeds_max=asked.seeds) for each in bugs]
        for ended in as_completed(hunting):
            hunts.append(ended.result())
            _say(_line(hunts[-1]))
    found = [each.seeds for each in hunts if each.rules]
    by_seed = [seeds for seeds in found if seeds]
    told = len(found) - len(by_seed)
    _say(
        f"{len(found)} of {len(hunts)} found, {told} by a life or a story;"
        f" seeds needed by the others: median {median(by_seed or [0])}"
    )
    if asked.report:
        figures = {
            "bugs": len(hunts),
            "found": len(found),
            "found_by_a_life_or_story": told,
            "median_seeds_of_the_others": median(by_seed or [0]),
            "hunts": [asdict(each) for each in hunts],
        }
        save(asked.report, figures, of=of)
    return 0 if all(each.rules for each in hunts) else 1


def _line(done: Hunt) -> str:
    seen = f"{done.seeds:>5} seeds  {', '.join(done.rules)}" if done.rules else "NOT FOUND"
    return f"{done.seconds:>7.1f} s  {done.name}: {seen}"


def _say(text: str) -> None:
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


raise SystemExit(main())
