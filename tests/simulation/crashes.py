"""Every place in which a worker can be killed, for each workflow: one by one, and two by two.

The places are counted in the calm run of a life: before every call, and after each call that has
an effect, when its answer is lost. Two places of a worker with no effect between them leave the
same behind (a test compares them), so that the pairs are those of effects.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import partial

from tests.simulation.audit import audit
from tests.simulation.evidence import Finding
from tests.simulation.lives import Life
from tests.simulation.run import OnLine, command, explained, findings_of
from tests.simulation.world import World

SEED = 1


@dataclass(frozen=True, slots=True)
class Killed:
    """A life with the numbers of the moments at which its worker was killed, and what it left.

    `later` are the effects that came after the last of them, if that was an effect.
    """

    life: str
    kill_at: tuple[int, ...]
    findings: tuple[Finding, ...]
    what: str = "life"
    later: tuple[int, ...] = ()

    def __str__(self) -> str:
        how = (f"--{self.what}", self.life, "--kill", *map(str, self.kill_at))
        return f"{command(*how)}\n{explained(self.findings)}"


def world_of(life: Life, *kill_at: int) -> World:
    """The world in which that life is led without any fault but these."""
    return World(SEED, lives=[life], rates={}, kill_at=kill_at)


def lived(life: Life, *kill_at: int) -> World:
    """That world when the life has ended."""
    world = world_of(life, *kill_at)
    world.run()
    return world


def places(life: Life) -> list[str]:
    """Every moment at which a worker of this life may be killed, by what it was about to do."""
    return lived(life).calls.places


def crashed(life: Life, *, part: int = 0, parts: int = 1, every: int = 0) -> Iterator[Killed]:
    """Killed at each place, or at one of `parts` of them; and in pairs, as `enumerated` says."""
    some = range(1 + part, len(places(life)) + 1, parts)
    return enumerated(some, partial(killed, life), every)


def enumerated(some: Iterable[int], kill: Callable[..., Killed], every: int) -> Iterator[Killed]:
    """Killed at each of these places; and, where that is an effect, at one of `every` effects
    after it, too (0: at none).
    """
    for first in some:
        single = kill(first)
        yield single
        for second in single.later[first % every :: every] if every else ():
            yield kill(first, second)


def killed(life: Life, *kill_at: int, on_line: OnLine = None) -> Killed:
    world = world_of(life, *kill_at)
    world.on_line = on_line
    found = findings_of(world, lambda: audit(world))
    return Killed(life.name, kill_at, found, later=effects_after(world, kill_at))


def effects_after(world: World, kill_at: tuple[int, ...]) -> tuple[int, ...]:
    """The effects after the last place at which the worker was killed, if it was one itself."""
    effects = world.calls.effects
    if not kill_at or kill_at[-1] not in effects:
        return ()
    return tuple(effects[effects.index(kill_at[-1]) + 1 :])
