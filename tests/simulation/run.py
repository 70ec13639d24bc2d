"""One seed, one world, one outcome: what `make simulate` and the tests run again and again."""

from __future__ import annotations

import gc
import shlex
import traceback
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from tests.simulation import audit_reconciliation, audit_settlement
from tests.simulation.audit import audit
from tests.simulation.evidence import Finding
from tests.simulation.reconciled import ReconciledWorld
from tests.simulation.settling import settle
from tests.simulation.upsets import UPSETS
from tests.simulation.world import World

type OnLine = Callable[[str], object] | None
"""Who is told each line of a trace."""
PAYMENTS_SETTLED = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What became of a seed; nothing is found when all is well. `how` is said to run it again."""

    seed: int
    payments: int
    how: tuple[str, ...]
    trace_hash: str
    findings: tuple[Finding, ...]
    faults: Counter[str]
    simulated_milliseconds: int

    def __str__(self) -> str:
        return f"{command(*self.how)}\n{explained(self.findings)}"


def simulate(seed: int, payments: int, *, on_line: OnLine = None) -> Outcome:
    """Run the world of a seed to its end and audit it; `on_line` is told each line of its trace."""
    world = World(seed, payments=payments)
    how = ("--seed", str(seed), "--payments", str(payments))
    return _led(world, how, lambda: audit(world), on_line)


def reconcile(seed: int, *, on_line: OnLine = None) -> Outcome:
    """The same for a world whose provider settles, and whose nights are reconciled."""
    world = ReconciledWorld(seed)
    how = ("--seed", str(seed), "--reconciled")
    return _led(world, how, lambda: audit_reconciliation.audit(world), on_line)


def upset(seed: int, *, on_line: OnLine = None) -> Outcome:
    """The same for a world in which all upsets come together."""
    world = World(seed, lives=UPSETS)
    return _led(world, ("--seed", str(seed), "--upsets"), lambda: audit(world), on_line)


def settle_up(seed: int, *kill_at: int, on_line: OnLine = None) -> Outcome:
    """The same for a calm world that is settled in its end, by a reader killed at these calls."""
    world = World(seed, payments=PAYMENTS_SETTLED, rates={})
    kill = ("--kill", *map(str, kill_at)) if kill_at else ()

    def audited() -> list[Finding]:
        return audit_settlement.audit(world, settle(world, seed, kill_at=kill_at))

    return _led(world, ("--seed", str(seed), "--settled", *kill), audited, on_line)


def _led(
    world: World, how: tuple[str, ...], audited: Callable[[], list[Finding]], on_line: OnLine
) -> Outcome:
    world.on_line = on_line
    found = findings_of(world, audited)
    return Outcome(
        seed=world.seed,
        payments=len(world.lives),
        how=how,
        trace_hash=world.trace_hash,
        findings=found,
        faults=world.fate.struck,
        simulated_milliseconds=world.agenda.now,
    )


def findings_of(world: World, audited: Callable[[], Iterable[Finding]]) -> tuple[Finding, ...]:
    """What is found in a world when it has come to its end, or that it does not."""
    try:
        world.run()
        return tuple(audited())
    except Exception:  # a bug must not end a run of ten thousand seeds
        return (Finding("liveness", traceback.format_exc(limit=-4)),)


def command(*how: str) -> str:
    """What is typed to run a world again."""
    return shlex.join(("python", "-m", "tests.simulation", "replay", *how))


def explained(findings: Iterable[Finding]) -> str:
    return "\n".join(f"  {rule}: {what}" for rule, what in findings)


def settle_memory() -> None:
    """What is loaded by now stays: the collector need not look at it in every world."""
    gc.collect()
    gc.freeze()
