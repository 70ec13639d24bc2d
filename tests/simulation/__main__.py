"""`python -m tests.simulation replay --seed 7` runs a world again and prints what happened."""

from __future__ import annotations

import argparse

from tests.simulation.audit import audit
from tests.simulation.crashes import SEED, life_called
from tests.simulation.run import explained, simulate
from tests.simulation.world import World


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.simulation")
    commands = parser.add_subparsers(dest="command", required=True)
    replay = commands.add_parser("replay", help="one world again, with its trace")
    replay.add_argument("--seed", type=int, default=SEED)
    replay.add_argument("--payments", type=int, default=4)
    replay.add_argument("--life", help="a workflow by name, without faults")
    replay.add_argument("--kill", type=int, nargs="*", default=[], help="moments of that life")
    replay.add_argument("--quiet", action="store_true", help="no trace")
    asked = parser.parse_args()
    return _replay_life(asked) if asked.life else _replay_seed(asked)


def _replay_seed(asked: argparse.Namespace) -> int:
    outcome = simulate(asked.seed, asked.payments, on_line=None if asked.quiet else print)
    print(explained(outcome.findings))  # noqa: T201
    print(f"trace {outcome.trace_hash}")  # noqa: T201
    return 1 if outcome.findings else 0


def _replay_life(asked: argparse.Namespace) -> int:
    world = World(SEED, lives=[life_called(asked.life)], rates={}, kill_at=asked.kill)
    world.on_line = None if asked.quiet else print
    world.run()
    found = audit(world)
    print(explained(found))  # noqa: T201
    return 1 if found else 0


raise SystemExit(main())
