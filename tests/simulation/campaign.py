"""Many seeds and every crash point, over all processors, with progress and a report."""

from __future__ import annotations

import json
import signal
import subprocess
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field
from functools import partial
from multiprocessing import get_context
from pathlib import Path
from typing import Any, Final

from tests.simulation import stories
from tests.simulation.agenda import DAY
from tests.simulation.crashes import Killed, pairs, singles
from tests.simulation.evidence import Finding
from tests.simulation.lives import WORKFLOWS
from tests.simulation.run import Outcome, reconcile, settle_memory, simulate
from tests.simulation.stories import STORIES
from tests.simulation.upsets import UPSETS, life_called

ROOT: Final = Path(__file__).parents[2]
REPORT: Final = ROOT / "bench" / "results" / "simulate.json"
PARTS: Final = 24
"""Into so many tasks the pairs of one workflow are cut."""
TOLD_EVERY_SECONDS: Final = 20
FAILURES_MAX: Final = 20
RECONCILED_EVERY: Final = 10
"""Of so many seeds one is led with reports and reconciled nights, too."""
DOUBLED: Final = frozenset({"P4", "L7", "L8", "R1"})
UNBALANCED: Final = frozenset({"L1", "L2", "L3"})
STUCK: Final = frozenset({"liveness", "P5"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """What one task has brought: of seeds, or of the crash points of a workflow."""

    outcome: Outcome | None = None
    life: str = ""
    singles: int = 0
    pairs: int = 0
    wrong: tuple[Killed, ...] = ()


@dataclass(kw_only=True)
class Tally:
    """The sums of all `parts` that have come so far, of so many."""

    of: int
    parts: int = 0
    seeds: int = 0
    payments: int = 0
    simulated_milliseconds: int = 0
    faults: Counter[str] = field(default_factory=Counter)
    singles: Counter[str] = field(default_factory=Counter)
    pairs: Counter[str] = field(default_factory=Counter)
    rules: Counter[str] = field(default_factory=Counter)
    failures: list[str] = field(default_factory=list)

    def add(self, part: Part) -> None:
        self.parts += 1
        self.singles[part.life] += part.singles
        self.pairs[part.life] += part.pairs
        for killed in part.wrong:
            self._wrong(killed.findings, str(killed))
        outcome = part.outcome
        if outcome is None:
            return
        self.seeds += 1
        self.payments += outcome.payments
        self.simulated_milliseconds += outcome.simulated_milliseconds
        self.faults.update(outcome.faults)
        if outcome.findings:
            self._wrong(outcome.findings, str(outcome))

    def _wrong(self, findings: tuple[Finding, ...], text: str) -> None:
        self.rules.update(finding.rule for finding in findings)
        if len(self.failures) < FAILURES_MAX:
            self.failures.append(text)


def campaign(tasks: Sequence[Task], *, processes: int) -> Tally:
    """Carry out all tasks, or as many as have come to their end when somebody interrupts it."""
    tally, began = Tally(of=len(tasks)), time.monotonic()
    told = began
    pool = ProcessPoolExecutor(processes, get_context("forkserver"), initializer=_begin)
    try:
        for part in pool.map(_run, tasks):
            tally.add(part)
            now = time.monotonic()
            if now - told > TOLD_EVERY_SECONDS:
                told = now
                _say_progress(tally, now - began)
    except KeyboardInterrupt:
        print("interrupted: what follows is about what came to its end")  # noqa: T201
    finally:
        pool.shutdown(cancel_futures=True)
    return tally


def _begin() -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the campaign decides what is still waited for
    settle_memory()


def report(tally: Tally, *, seconds: float) -> dict[str, Any]:
    """What stands in `bench/results`, with the commit that it belongs to."""
    simulated_days = tally.simulated_milliseconds / DAY
    return {
        "commit": _git("rev-parse", "HEAD"),
        "changed_since": bool(_git("status", "--porcelain", "--untracked-files=no")),
        "parts": f"{tally.parts:,} of {tally.of:,}",
        "seeds": tally.seeds,
        "payments": tally.payments,
        "wall_seconds": round(seconds, 1),
        "simulated_days": round(simulated_days, 1),
        "simulated_over_wall": round(simulated_days * 86_400 / seconds),
        "crash_points": sum(tally.singles.values()),
        "pairs": sum(tally.pairs.values()),
        "crash_points_by_workflow": dict(sorted((+tally.singles).items())),
        "pairs_by_workflow": dict(sorted((+tally.pairs).items())),
        "faults": dict(sorted(tally.faults.items())),
        "lost": _rest(tally.rules),
        "doubled": _sum(tally.rules, DOUBLED),
        "unbalanced": _sum(tally.rules, UNBALANCED),
        "stuck": _sum(tally.rules, STUCK),
        "findings": dict(sorted(tally.rules.items())),
        "failures": tally.failures,
    }


def show(figures: dict[str, Any], say: Callable[[str], object]) -> None:
    """The report for people."""
    say(f"{'parts':<24}{figures['parts']:>24}")
    for name in ("seeds", "payments", "crash_points", "pairs", "simulated_days", "wall_seconds"):
        say(f"{name.replace('_', ' '):<24}{figures[name]:>14,}")
    say(f"{'simulated over wall':<24}{figures['simulated_over_wall']:>14,}")
    say("faults")
    for name, number in figures["faults"].items():
        say(f"  {name.replace('_', ' '):<22}{number:>14,}")
    say("crash points, pairs")
    for name, number in figures["crash_points_by_workflow"].items():
        say(f"  {name:<34}{number:>6,}{figures['pairs_by_workflow'].get(name, 0):>10,}")
    for failure in figures["failures"]:
        say(failure)
    names = ("lost", "doubled", "unbalanced", "stuck")
    say(", ".join(f"{figures[name]} {name}" for name in names))


def save(figures: dict[str, Any], path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(figures, indent=2) + "\n")


type Task = Callable[[], Part]


def _run(task: Task) -> Part:
    return task()


def tasks(*, seeds: int, payments: int, every_pair: int, every_place: int) -> Iterator[Task]:
    """All seeds, each crash point of the lives once (of the reconciliation's stories one of
    `every_place`), and one of `every_pair` pairs of the workflows' (0: none).

    The longest come first, so that the last processor is not left alone with one.
    """
    for life in WORKFLOWS:
        for part in range(PARTS if every_pair else 0):
            yield partial(_pairs, life.name, part, every_pair)
    for story in STORIES:
        parts = PARTS * every_place
        yield from (partial(_stories, story.name, part, parts) for part in range(PARTS))
    for life in (*WORKFLOWS, *UPSETS):
        yield partial(_singles, life.name)
    for seed in range(seeds // RECONCILED_EVERY):
        yield partial(_reconciled, seed)
    for seed in range(seeds):
        share = payments * (seed + 1) // seeds - payments * seed // seeds
        yield partial(_seed, seed, share)


def _seed(seed: int, payments: int) -> Part:
    return Part(outcome=simulate(seed, payments))


def _reconciled(seed: int) -> Part:
    return Part(outcome=reconcile(seed))


def _stories(name: str, part: int, parts: int) -> Part:
    lived = list(stories.singles(stories.story_called(name), part=part, parts=parts))
    return Part(life=name, singles=len(lived), wrong=tuple(each for each in lived if each.findings))


def _singles(name: str) -> Part:
    lived = list(singles(life_called(name)))
    return Part(life=name, singles=len(lived), wrong=tuple(each for each in lived if each.findings))


def _pairs(name: str, part: int, every: int) -> Part:
    number, wrong = 0, []
    for killed in pairs(life_called(name), part=part, parts=PARTS, every=every):
        number += 1
        if killed.findings:
            wrong.append(killed)
    return Part(life=name, pairs=number, wrong=tuple(wrong))


def _say_progress(tally: Tally, seconds: float) -> None:
    done = tally.parts / tally.of
    rest = seconds / done - seconds
    print(  # noqa: T201
        f"{done:4.0%}  {tally.seeds:,} seeds  {tally.payments:,} payments"
        f"  {sum(tally.pairs.values()):,} pairs  {len(tally.failures)} wrong"
        f"  {seconds:,.0f} s, about {rest:,.0f} s more",
        flush=True,
    )


def _sum(rules: Counter[str], of: frozenset[str]) -> int:
    return sum(number for rule, number in rules.items() if rule in of)


def _rest(rules: Counter[str]) -> int:
    """Everything else is money, or a word on it, that somebody does not have."""
    return _sum(rules, frozenset(rules) - DOUBLED - UNBALANCED - STUCK)


def _git(*arguments: str) -> str:
    told = subprocess.run(
        ["git", "-C", str(ROOT), *arguments],  # noqa: S607
        capture_output=True,
        check=False,
        text=True,
    )
    return told.stdout.strip()
