"""Every way in which an execution of a compensation is cut short, in every state that it enters.

Stopped before a state or in it, frozen for a day while another one replaces it, its callback lost
or doubled, the worker of its task killed before and after each call.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from typing import Final

from tests.simulation.audit import audit, evidence_of
from tests.simulation.crashes import world_of
from tests.simulation.evidence import Finding
from tests.simulation.executions import Interruption
from tests.simulation.run import command, explained, findings_of
from tests.simulation.upsets import life_called
from tests.simulation.world import World

KILLED: Final = "killed"


@dataclass(frozen=True, slots=True)
class Cut:
    """What was done to an execution, and in which moment of it; `number` counts those moments."""

    kind: str
    where: str
    number: int


def cuts(name: str) -> list[Cut]:
    """All there are in the calm run of a life."""
    world = world_of(life_called(name))
    killed: list[Cut] = []
    tell = world.calls.on_moment

    def note(moment: str) -> None:
        tell(moment)
        if world.executions.working:
            killed.append(Cut(KILLED, world.executions.working, len(world.calls.places)))

    world.calls.on_moment = note
    world.run()
    moments, callbacks = world.executions.moments, world.executions.callbacks
    return [
        *(Cut("stopped", where, number) for number, where in enumerate(moments, 1)),
        *(
            Cut("frozen", where, number)
            for number, where in enumerate(moments, 1)
            if where.startswith("before ")
        ),
        *(Cut("lost", where, number) for number, where in enumerate(callbacks, 1)),
        *(Cut("doubled", where, number) for number, where in enumerate(callbacks, 1)),
        *killed,
    ]


def cut_short(name: str, cut: Cut) -> World:
    """That world when it has come to its end."""
    world = world_cut_short(name, cut)
    world.run()
    return world


def world_cut_short(name: str, cut: Cut) -> World:
    """The world in which that is done, and nothing else."""
    kill_at = (cut.number,) if cut.kind == KILLED else ()
    world = world_of(life_called(name), *kill_at)
    if cut.kind != KILLED:
        world.executions.interruption = Interruption(cut.kind, cut.number)
    return world


def findings(name: str, kind: str) -> Iterator[Finding]:
    """What is found wherever an execution of that life is cut short in that way."""
    for cut in cuts(name):
        if cut.kind == kind:
            world = world_cut_short(name, cut)
            yield from findings_of(world, partial(audit, world))


def wrong(name: str, cut: Cut, end: str) -> Iterator[str]:
    """What the auditor finds, and whether the order has come to another end than it should."""
    world = world_cut_short(name, cut)
    found = findings_of(world, lambda: audit(world))
    if found:
        yield f"{_how(name, cut)}\n{explained(found)}"
    elif ended(world) != end:
        yield f"{_how(name, cut)}\n  {ended(world)} instead of {end}"


def _how(name: str, cut: Cut) -> str:
    """The command that does it again, and where that is."""
    done = ("--kill",) if cut.kind == KILLED else ("--cut", cut.kind)
    return f"{command('--life', name, *done, str(cut.number))}  # {cut.where}"


def ended(world: World) -> str:
    """Where the order stands, what the provider has taken, given back and holds, and how its
    compensations have ended, with how many commands."""
    (order,) = evidence_of(world).orders.values()
    charges = world.acquirer.charges.values()
    captured, refunded = (
        sum(charge.sum_of(kind) for charge in charges) for kind in ("capture", "refund")
    )
    undone = ", ".join(
        f"{each['reason']} {each['status']} after {len(each['steps'])}"
        for each in order["compensations"]
    )
    held = sum(charge.held for charge in charges)
    return f"{order['status']}, {captured} - {refunded}, {held} held; {undone}"
