"""One seed, one world, one outcome: what `make simulate` and the tests run again and again."""

from __future__ import annotations

import gc
import traceback
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from tests.simulation import audit_reconciliation
from tests.simulation.audit import audit
from tests.simulation.evidence import Finding
from tests.simulation.reconciled import ReconciledWorld
from tests.simulation.world import World


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What became of a seed, and whether it was a reconciled one; nothing is found when all is
    well.
    """

    seed: int
    payments: int
    trace_hash: str
    findings: tuple[Finding, ...]
    faults: Counter[str]
    simulated_milliseconds: int
    reconciled: bool = False

    def __str__(self) -> str:
        command = f"python -m tests.simulation replay --seed {self.seed} --payments {self.payments}"
        if self.reconciled:
            command = f"python -m tests.simulation replay --seed {self.seed} --reconciled"
        return f"{command}\n{explained(self.findings)}"


def simulate(
    seed: int, payments: int, *, on_line: Callable[[str], object] | None = None
) -> Outcome:
    """Run the world of a seed to its end and audit it; `on_line` is told each line of its trace."""
    world = World(seed, payments=payments)
    world.on_line = on_line
    return _led(world, lambda: audit(world))


def reconcile(seed: int, *, on_line: Callable[[str], object] | None = None) -> Outcome:
    """The same for a world whose provider settles, and whose nights are reconciled."""
    world = ReconciledWorld(seed)
    world.on_line = on_line
    return _led(world, lambda: audit_reconciliation.audit(world))


def _led(world: World, audited: Callable[[], list[Finding]]) -> Outcome:
    try:
        world.run()
        found = tuple(audited())
    except Exception:  # a bug must not end a run of ten thousand seeds
        found = (Finding("liveness", traceback.format_exc(limit=-4)),)
    return Outcome(
        seed=world.seed,
        payments=len(world.lives),
        reconciled=isinstance(world, ReconciledWorld),
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
