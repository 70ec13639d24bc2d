"""Every way in which an execution of a compensation is cut short, in every state that it enters.

Stopped before a state or in it, frozen for a day while another one replaces it, its callback lost
or doubled, the worker of its task killed before and after each call.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from tests.simulation.audit import audit, evidence_of
from tests.simulation.crashes import SEED
from tests.simulation.executions import Interruption
from tests.simulation.lives import Life
from tests.simulation.run import explained
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
    world = _world(life_called(name))
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
    """The world in which that was done, and nothing else."""
    kill_at = (cut.number,) if cut.kind == KILLED else ()
    world = _world(life_called(name), *kill_at)
    if cut.kind != KILLED:
        world.executions.interruption = Interruption(cut.kind, cut.number)
    world.run()
    return world


def wrong(name: str, cut: Cut, end: str) -> Iterator[str]:
    """What the auditor finds, and whether the order has come to another end than it should."""
    try:
        world = cut_short(name, cut)
    except AssertionError as stuck:
        yield f"{name}, {cut}: {stuck}"
        return
    found = audit(world)
    if found:
        yield f"{name}, {cut}: {explained(found)}"
    if ended(world) != end:
        yield f"{name}, {cut}: {ended(world)} instead of {end}"


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


def _world(life: Life, *kill_at: int) -> World:
    return World(SEED, lives=[life], rates={}, kill_at=kill_at)
