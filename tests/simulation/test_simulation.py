"""When the network goes quiet the money is right, whatever happened before."""

import os
import subprocess
import sys
from collections.abc import Callable

import pytest

from tests.simulation.agenda import DAY
from tests.simulation.audit import audit
from tests.simulation.run import Outcome, reconcile, settle_memory, simulate, upset
from tests.simulation.world import World

PAYMENTS = 4
SEEDS_PER_BLOCK = 50


def simulated(seed: int) -> Outcome:
    return simulate(seed, PAYMENTS)


@pytest.mark.parametrize("block", range(20))
def test_the_money_is_right_when_the_network_goes_quiet(block: int) -> None:
    """A thousand seeds: `make simulate SEEDS=… PAYMENTS=…` runs more."""
    settle_memory()
    seeds = range(block * SEEDS_PER_BLOCK, (block + 1) * SEEDS_PER_BLOCK)
    outcomes = [simulate(seed, PAYMENTS) for seed in seeds]
    wrong = [str(outcome) for outcome in outcomes if outcome.findings]
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize("seed", range(10))
def test_the_money_is_right_when_all_upsets_come_together(seed: int) -> None:
    outcome = upset(seed)
    assert not outcome.findings, str(outcome)


@pytest.mark.parametrize(("which", "led"), [((), simulated), (("--reconciled",), reconcile)])
def test_the_same_seed_is_the_same_history_in_another_process(
    which: tuple[str, ...], led: Callable[[int], Outcome]
) -> None:
    """To the byte, whatever order a set has there."""
    command = [sys.executable, "-m", "tests.simulation", "replay", "--seed", "7", "--quiet", *which]
    told = {
        subprocess.run(
            command,
            capture_output=True,
            check=True,
            text=True,
            env={**os.environ, "PYTHONHASHSEED": seed},
        ).stdout
        for seed in ("1", "2")
    }
    assert told == {f"\ntrace {led(7).trace_hash}\n"}


def test_the_books_of_a_world_that_was_silent_for_months_are_sealed_and_proved_to_its_end() -> None:
    """A night seals a month at most: seed 225 lasted a day longer."""
    world = World(1, payments=1, rates={})
    world.agenda.add(100 * DAY, "operator", lambda: None)
    world.run()
    assert audit(world) == []
    assert len(world.vault.asked) >= 98


def test_another_seed_is_another_history() -> None:
    assert simulate(7, 1).trace_hash != simulate(8, 1).trace_hash
