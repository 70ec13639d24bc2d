"""One seed, one world, one outcome: what `make simulate` and the tests run again and again."""

from __future__ import annotations

import gc
import traceback
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from tests.simulation.audit import audit
from tests.simulation.evidence import Finding
from tests.simulation.world import World


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What became of a seed; nothing is found when all is well."""

    seed: int
    payments: int
    trace_hash: str
    findings: tuple[Finding, ...]
    faults: Counter[str]
    simulated_milliseconds: int

    def __str__(self) -> str:
        command = f"python -m tests.simulation replay --seed {self.seed} --payments {self.payments}"
        return f"{command}\n{explained(self.findings)}"


def simulate(
    seed: int, payments: int, *, on_line: Callable[[str], object] | None = None
) -> Outcome:
    """Run the world of a seed to its end and audit it; `on_line` is told each line of its trace."""
    world = World(seed, payments=payments)
    world.on_line = on_line
    try:
        world.run()
        found = tuple(audit(world))
    except Exception:  # a bug must not end a run of ten thousand seeds
        found = (Finding("liveness", traceback.format_exc(limit=-4)),)
    return Outcome(
        seed=seed,
        payments=payments,
        trace_hash=world.trace_hash,
        findings=found,
        faults=world.fate.struck,
        simulated_milliseconds=world.agenda.now,
    )


def explained(findings: Iterable[Finding]) -> str:
    return "\n".join(f"  {rule}: {what}" for rule, what in findings)


def settle_memory() -> None:
    """What is loaded by now stays: the collector need not look at it in every world."""
    gc.collect()
    gc.freeze()
