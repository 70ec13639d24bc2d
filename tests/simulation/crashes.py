"""Every place in which a worker can be killed, for each workflow: one by one, and two by two.

The places are counted in the calm run of a life: before every call, and after each call that has
an effect, when its answer is lost. Two places of a worker with no effect between them leave the
same behind (a test compares them), so that the pairs are those of effects.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from tests.simulation.audit import audit
from tests.simulation.evidence import Finding
from tests.simulation.lives import Life
from tests.simulation.run import explained
from tests.simulation.world import World

SEED = 1


@dataclass(frozen=True, slots=True)
class Killed:
    """A life with the numbers of the moments at which its worker was killed, and what it left."""

    life: str
    kill_at: tuple[int, ...]
    findings: tuple[Finding, ...]
    what: str = "life"

    def __str__(self) -> str:
        numbers = " ".join(map(str, self.kill_at))
        return (
            f"python -m tests.simulation replay --{self.what} '{self.life}' --kill {numbers}\n"
            + explained(self.findings)
        )


def lived(life: Life, *kill_at: int) -> World:
    """The world in which that life was led without any fault but these."""
    world = World(SEED, lives=[life], rates={}, kill_at=kill_at)
    world.run()
    return world


def places(life: Life) -> list[str]:
    """Every moment at which a worker of this life may be killed, by what it was about to do."""
    return lived(life).calls.places


def singles(life: Life) -> Iterator[Killed]:
    """Killed at each place."""
    for number in range(1, len(places(life)) + 1):
        yield killed(life, number)


def pairs(life: Life, *, part: int = 0, parts: int = 1, every: int = 1) -> Iterator[Killed]:
    """Killed at an effect, and at an effect after it.

    The first effects are cut into `parts`, of which this is one; of the second ones it takes one of
    `every`.
    """
    for first in lived(life).calls.effects[part::parts]:
        later = [each for each in lived(life, first).calls.effects if each > first]
        for second in later[first % every :: every]:
            yield killed(life, first, second)


def killed(life: Life, *kill_at: int) -> Killed:
    try:
        found = tuple(audit(lived(life, *kill_at)))
    except AssertionError as stuck:
        found = (Finding("liveness", str(stuck)),)
    return Killed(life.name, kill_at, found)
