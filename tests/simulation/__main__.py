"""`python -m tests.simulation replay --seed 7` runs a world again and prints what happened.

`run` is what `make simulate` does: many seeds, every crash point, a report.
"""

from __future__ import annotations

import argparse
import os
import time
from pathlib import Path
from typing import Any

from bench.report import RESULTS, commit, save
from tests.simulation import crashes, stories
from tests.simulation.audit import audit
from tests.simulation.campaign import campaign, tasks
from tests.simulation.crashes import SEED, Killed
from tests.simulation.interruptions import Cut, ended, world_cut_short
from tests.simulation.run import (
    OnLine,
    Outcome,
    explained,
    findings_of,
    reconcile,
    settle_up,
    simulate,
    upset,
)
from tests.simulation.stories import story_called
from tests.simulation.tally import KINDS, report, show
from tests.simulation.upsets import life_called

LIVES = (*KINDS["workflows"], *KINDS["upsets"])
CUTS = ("stopped", "frozen", "lost", "doubled")


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.simulation")
    commands = parser.add_subparsers(dest="command", required=True)
    _replay_options(commands.add_parser("replay", help="one world again, with its trace"))
    _run_options(commands.add_parser("run", help="many worlds, and every crash point"))
    asked = parser.parse_args()
    return _run(asked) if asked.command == "run" else _replay(parser, asked)


def _replay_options(replay: argparse.ArgumentParser) -> None:
    worlds = replay.add_mutually_exclusive_group()
    worlds.add_argument("--reconciled", action="store_true", help="with reports and nights")
    worlds.add_argument("--upsets", action="store_true", help="all upsets at once")
    worlds.add_argument("--settled", action="store_true", help="calm, and settled in the end")
    worlds.add_argument(
        "--life", metavar="NAME", choices=LIVES, help="a workflow or an upset, without faults"
    )
    worlds.add_argument(
        "--story",
        metavar="NAME",
        choices=KINDS["stories"],
        help="a story of the reconciliation, without faults",
    )
    replay.add_argument("--seed", type=int, default=SEED)
    replay.add_argument("--payments", type=int, default=4)
    replay.add_argument(
        "--kill", type=int, nargs="*", default=[], help="moments of that life, story or settlement"
    )
    replay.add_argument(
        "--cut", nargs=2, metavar=("KIND", "NUMBER"), help="that life's compensation: " + str(CUTS)
    )
    replay.add_argument("--quiet", action="store_true", help="no trace")


def _run_options(run: argparse.ArgumentParser) -> None:
    run.add_argument("--seeds", type=_number, default=1_000)
    run.add_argument("--payments", type=_number, default=4_000, help="over all seeds")
    run.add_argument("--every-pair", type=_number, default=60, help="1: all of workflows; 0: none")
    run.add_argument("--every-upset-pair", type=_number, default=60, help="the same of the upsets'")
    run.add_argument("--every-story-pair", type=_number, default=500, help="and of the stories'")
    run.add_argument("--every-place", type=_above_zero, default=1, help="of the stories'")
    run.add_argument("--processes", type=_above_zero, default=os.cpu_count() or 1)
    run.add_argument("--report", type=Path, default=RESULTS / "simulate.json")


def _number(text: str) -> int:
    if not text.isdecimal():
        raise argparse.ArgumentTypeError(f"{text!r} is no number")
    return int(text)


def _above_zero(text: str) -> int:
    if _number(text) < 1:
        raise argparse.ArgumentTypeError("it must be 1 at least")
    return int(text)


def _run(asked: argparse.Namespace) -> int:
    of, began = commit(), time.monotonic()
    every_pair = {
        "workflows": asked.every_pair,
        "upsets": asked.every_upset_pair,
        "stories": asked.every_story_pair,
    }
    wanted = {"seeds": asked.seeds, "payments": asked.payments, "every_place": asked.every_place}
    tally = campaign(list(tasks(**wanted, every_pair=every_pair)), processes=asked.processes)
    wanted |= {f"every_pair_of_{kind}": every for kind, every in every_pair.items()}
    wanted["processes"] = asked.processes
    figures = report(tally, asked=wanted, seconds=time.monotonic() - began)
    save(asked.report, figures, of=of)
    show(figures, print)
    return 1 if figures["findings"] or tally.parts < tally.of else 0


def _replay(parser: argparse.ArgumentParser, asked: argparse.Namespace) -> int:
    on_line = None if asked.quiet else print
    if asked.cut:
        return _cut(parser, asked, on_line)
    led = _led(asked, on_line)
    print(explained(led.findings))  # noqa: T201
    if isinstance(led, Outcome):
        print(f"trace {led.trace_hash}")  # noqa: T201
    return 1 if led.findings else 0


def _led(asked: argparse.Namespace, on_line: OnLine) -> Outcome | Killed:
    more: dict[str, Any] = {"on_line": on_line}
    if asked.life:
        return crashes.killed(life_called(asked.life), *asked.kill, **more)
    if asked.story:
        return stories.killed(story_called(asked.story), *asked.kill, **more)
    if asked.settled:
        return settle_up(asked.seed, *asked.kill, **more)
    if asked.reconciled:
        return reconcile(asked.seed, **more)
    if asked.upsets:
        return upset(asked.seed, **more)
    return simulate(asked.seed, asked.payments, **more)


def _cut(parser: argparse.ArgumentParser, asked: argparse.Namespace, on_line: OnLine) -> int:
    """Where the order has come to is said too: it may be another end than it should be."""
    kind, number = asked.cut
    if not asked.life or kind not in CUTS or not number.isdecimal():
        parser.error(f"--cut is one of {', '.join(CUTS)}, and its number, of a --life")
    world = world_cut_short(asked.life, Cut(kind, "", int(number)))
    world.on_line = on_line
    found = findings_of(world, lambda: audit(world))
    print(explained(found))  # noqa: T201
    print(ended(world))  # noqa: T201
    return 1 if found else 0


if __name__ == "__main__":
    raise SystemExit(main())
