"""`python -m tests.simulation replay --seed 7` runs a world again and prints what happened.

`run` is what `make simulate` does: many seeds, every crash point, a report.
"""

from __future__ import annotations

import argparse
import os
import time
from pathlib import Path

from tests.simulation import audit_reconciliation
from tests.simulation.audit import audit
from tests.simulation.campaign import REPORT, campaign, report, save, show, tasks
from tests.simulation.crashes import SEED
from tests.simulation.run import explained, reconcile, simulate
from tests.simulation.stories import story_called, story_world
from tests.simulation.upsets import life_called
from tests.simulation.world import World


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.simulation")
    commands = parser.add_subparsers(dest="command", required=True)
    replay = commands.add_parser("replay", help="one world again, with its trace")
    replay.add_argument("--seed", type=int, default=SEED)
    replay.add_argument("--payments", type=int, default=4)
    replay.add_argument("--reconciled", action="store_true", help="with reports and nights")
    replay.add_argument("--life", help="a workflow by name, without faults")
    replay.add_argument("--story", help="a story of the reconciliation by name, without faults")
    replay.add_argument("--kill", type=int, nargs="*", default=[], help="moments of that life")
    replay.add_argument("--quiet", action="store_true", help="no trace")
    run = commands.add_parser("run", help="many worlds, and every crash point")
    run.add_argument("--seeds", type=int, default=1_000)
    run.add_argument("--payments", type=int, default=4_000, help="over all seeds")
    run.add_argument("--every-pair", type=int, default=60, help="1: all pairs, 60: one of 60")
    run.add_argument("--every-place", type=int, default=1, help="of the reconciliation's stories")
    run.add_argument("--processes", type=int, default=os.cpu_count() or 1)
    run.add_argument("--report", type=Path, default=REPORT)
    asked = parser.parse_args()
    if asked.command == "run":
        return _run(asked)
    if asked.life or asked.story:
        return _replay_life(asked)
    return _replay_seed(asked)


def _run(asked: argparse.Namespace) -> int:
    began = time.monotonic()
    asked_for = tasks(
        seeds=asked.seeds,
        payments=asked.payments,
        every_pair=asked.every_pair,
        every_place=asked.every_place,
    )
    tally = campaign(list(asked_for), processes=asked.processes)
    figures = report(tally, seconds=time.monotonic() - began)
    save(figures, asked.report)
    show(figures, print)
    return 1 if figures["findings"] or tally.parts < tally.of else 0


def _replay_seed(asked: argparse.Namespace) -> int:
    on_line = None if asked.quiet else print
    if asked.reconciled:
        outcome = reconcile(asked.seed, on_line=on_line)
    else:
        outcome = simulate(asked.seed, asked.payments, on_line=on_line)
    print(explained(outcome.findings))  # noqa: T201
    print(f"trace {outcome.trace_hash}")  # noqa: T201
    return 1 if outcome.findings else 0


def _replay_life(asked: argparse.Namespace) -> int:
    on_line = None if asked.quiet else print
    if asked.story:
        told = story_world(story_called(asked.story), *asked.kill)
        told.on_line = on_line
        told.run()
        found = audit_reconciliation.audit(told)
    else:
        world = World(SEED, lives=[life_called(asked.life)], rates={}, kill_at=asked.kill)
        world.on_line = on_line
        world.run()
        found = audit(world)
    print(explained(found))  # noqa: T201
    return 1 if found else 0


if __name__ == "__main__":
    raise SystemExit(main())
