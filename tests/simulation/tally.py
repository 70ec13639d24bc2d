"""What the tasks of a campaign bring, added up, and the report about it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from tests.simulation.agenda import DAY
from tests.simulation.crashes import Killed
from tests.simulation.evidence import Finding
from tests.simulation.faults import RATES
from tests.simulation.lives import WORKFLOWS
from tests.simulation.run import Outcome
from tests.simulation.stories import STORIES
from tests.simulation.upsets import UPSETS

FAILURES_MAX: Final = 20
KINDS: Final[dict[str, tuple[str, ...]]] = {
    "workflows": tuple(life.name for life in WORKFLOWS),
    "upsets": tuple(life.name for life in UPSETS),
    "stories": tuple(story.name for story in STORIES),
}
MEANINGS: Final[dict[str, frozenset[str]]] = {
    # money, or a word on it, that somebody does not have
    "lost": frozenset(
        {"provider = payments", "provider = ledger", "payments = orders", "X2", "X6"}
        | {"B3", "S1", "S5"}
    ),
    # taken, given back, booked or undone once more than it should be
    "doubled": frozenset({"P1", "P2", "P4", "P6", "X1", "X5", "L5", "L7", "L8", "R1", "B4", "B5"}),
    # sums that do not come out
    "unbalanced": frozenset({"L1", "L2", "L3", "open", "R2", "R3", "B1", "B2", "S2", "S3"}),
    # what stands there is not what happened, was changed, or may not be there
    "corrupted": frozenset(
        {"L4", "L6", "L9", "P3", "P8", "X3", "X4", "R4", "R6", "S4", "S6"},
    ),
    # what does not come to its end
    "stuck": frozenset({"liveness", "P5", "R5", "unexpected"}),
}
"""What it means for money that a rule is broken."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """What one task has brought: of seeds, or of the crash points of a life or story; `seconds`
    of a processor by what they were spent on, `cost` as it was expected.
    """

    outcome: Outcome | None = None
    life: str = ""
    singles: int = 0
    pairs: int = 0
    pairs_in_all: int = 0
    wrong: tuple[Killed, ...] = ()
    seconds: Mapping[str, float] = field(default_factory=dict)
    cost: float = 0.0


@dataclass(kw_only=True)
class Tally:
    """The sums of all `parts` that have come so far, of so many, in whatever order they come."""

    of: int
    cost_of: float = 0.0
    parts: int = 0
    cost: float = 0.0
    seeds: int = 0
    payments: int = 0
    simulated_milliseconds: int = 0
    seconds: dict[str, float] = field(default_factory=dict)
    faults: Counter[str] = field(default_factory=Counter)
    singles: Counter[str] = field(default_factory=Counter)
    pairs: Counter[str] = field(default_factory=Counter)
    pairs_in_all: Counter[str] = field(default_factory=Counter)
    rules: Counter[str] = field(default_factory=Counter)
    failures: list[str] = field(default_factory=list)

    def add(self, part: Part) -> None:
        self.parts += 1
        self.cost += part.cost
        self.singles[part.life] += part.singles
        self.pairs[part.life] += part.pairs
        self.pairs_in_all[part.life] += part.pairs_in_all
        for kind, seconds in part.seconds.items():
            self.seconds[kind] = self.seconds.get(kind, 0.0) + seconds
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

    def broke(self, why: BaseException) -> None:
        """A task that brought nothing."""
        self._wrong((Finding("liveness", ""),), f"a task broke: {why!r}")

    def _wrong(self, findings: tuple[Finding, ...], text: str) -> None:
        self.rules.update(finding.rule for finding in findings)
        if len(self.failures) < FAILURES_MAX:
            self.failures.append(text)


def report(tally: Tally, *, asked: Mapping[str, int], seconds: float) -> dict[str, Any]:
    """What stands in `bench/results`: what was asked for, and what has come."""
    simulated_days = tally.simulated_milliseconds / DAY
    return {
        "asked": dict(asked),
        "parts": f"{tally.parts:,} of {tally.of:,}",
        "seeds": tally.seeds,
        "payments": tally.payments,
        "wall_seconds": round(seconds, 1),
        "cpu_seconds": {kind: round(spent, 1) for kind, spent in sorted(tally.seconds.items())},
        "simulated_days": round(simulated_days, 1),
        "simulated_over_wall": round(simulated_days * 86_400 / seconds),
        "crash_points": tally.singles.total(),
        "pairs": tally.pairs.total(),
        "pairs_in_all": tally.pairs_in_all.total(),
        "crashes": {kind: _crashes(tally, names) for kind, names in KINDS.items()},
        "faults": dict(sorted({**dict.fromkeys(RATES, 0), **tally.faults}.items())),
        **{meaning: _sum(tally.rules, rules) for meaning, rules in MEANINGS.items()},
        "findings": dict(sorted(tally.rules.items())),
        "failures": sorted(tally.failures),
    }


def _crashes(tally: Tally, names: Iterable[str]) -> dict[str, Any]:
    """The pairs there are in all are those that begin at the crash points that were tried."""
    by_name = {
        name: (tally.singles[name], tally.pairs[name], tally.pairs_in_all[name]) for name in names
    }
    sums = [sum(column) for column in zip(*by_name.values(), strict=True)]
    return {
        "crash_points": sums[0],
        "pairs": sums[1],
        "pairs_in_all": sums[2],
        "by_name": {
            name: dict(zip(("crash_points", "pairs", "pairs_in_all"), numbers, strict=True))
            for name, numbers in by_name.items()
        },
    }


def show(figures: Mapping[str, Any], say: Callable[[str], object]) -> None:
    """The report for people."""
    asked = figures["asked"]
    say(f"{'parts':<24}{figures['parts']:>24}")
    for name in ("seeds", "payments", "crash_points", "pairs", "simulated_days", "wall_seconds"):
        say(f"{name.replace('_', ' '):<24}{figures[name]:>14,}")
    say(f"{'simulated over wall':<24}{figures['simulated_over_wall']:>14,}")
    for kind, spent in figures["cpu_seconds"].items():
        say(f"{'CPU seconds of ' + kind:<24}{spent:>14,}")
    say("faults")
    for name, number in figures["faults"].items():
        say(f"  {name.replace('_', ' '):<22}{number:>14,}")
    for kind, of in figures["crashes"].items():
        say(_of_kind(kind, of, asked))
        for name, numbers in of["by_name"].items():
            say(f"  {name:<78}{numbers['crash_points']:>7,}{numbers['pairs']:>10,}")
    for failure in figures["failures"]:
        say(failure)
    say(", ".join(f"{figures[meaning]} {meaning}" for meaning in MEANINGS))


def _of_kind(kind: str, of: Mapping[str, Any], asked: Mapping[str, int]) -> str:
    """How much was tried of how much, where not all of it was asked for."""
    places = asked.get("every_place", 1) if kind == "stories" else 1
    thinned = f" (one of {places})" if places > 1 else ""
    every = asked.get(f"every_pair_of_{kind}", 0)
    return (
        f"{kind}: {of['crash_points']:,} crash points{thinned},"
        f" {of['pairs']:,} of {of['pairs_in_all']:,} pairs that begin there"
        + (f" (one of {every:,})" if every > 1 else "")
    )


def _sum(rules: Counter[str], of: frozenset[str]) -> int:
    return sum(number for rule, number in rules.items() if rule in of)
