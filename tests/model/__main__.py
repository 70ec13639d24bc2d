"""`python -m tests.model` searches every configuration, plants every bug, holds the simulator's
runs against the model, and prints a table.
"""

from __future__ import annotations

import argparse
import sys
from dataclasses import asdict
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from bench.report import commit, save
from tests.model.acceptance import SEEDS, accepted, tracing
from tests.model.configurations import CONFIGURATIONS, Configuration
from tests.model.mutants import MUTANTS, Mutant
from tests.model.spin import Found, missing, searched


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.model")
    parser.add_argument("--report", type=Path, help="where to write the figures as JSON")
    asked = parser.parse_args()
    if missing() is not None:
        _say(f"{missing()} is not installed: apt-get install spin gcc")
        return 2
    of = commit()
    with TemporaryDirectory() as name:
        place = Path(name)
        _say(f"{'states':>10} {'transitions':>12} {'depth':>6} {'seconds':>8}  searched")
        configurations = [_searched(place, each) for each in CONFIGURATIONS]
        mutants = [_planted(place, each) for each in MUTANTS]
        told = accepted(SEEDS, tracing(place), place)
    right = sum(each["right"] for each in configurations)
    found = sum(each["found"] for each in mutants)
    figures = {
        "configurations": f"{right} of {len(CONFIGURATIONS)} right",
        "states": sum(each["states"] for each in configurations),
        "planted_bugs": f"{found} of {len(MUTANTS)} found",
        "traces": {name: len(seeds) for name, seeds in asdict(told).items()},
    }
    for name, figure in figures.items():
        _say(f"{name.replace('_', ' ')}: {figure}")
    if asked.report:
        searches = {"searched": configurations, "planted": mutants}
        save(asked.report, {**figures, **searches}, of=of)
    wrong = right < len(CONFIGURATIONS) or found < len(MUTANTS) or told.rejected
    return 1 if wrong else 0


def _searched(place: Path, configuration: Configuration) -> dict[str, Any]:
    found = searched(place, configuration.switches, fast=True)
    _say(_line(found, configuration.name))
    right = found.violated is None and found.states == configuration.states
    if not right:
        _say("\n".join([f"violated: {found.violated}", *found.steps]))
    return {**_figures(configuration.name, found), "right": right}


def _planted(place: Path, mutant: Mutant) -> dict[str, Any]:
    found = searched(place, (mutant.name, *mutant.switches), fast=False)
    seen = found.violated is not None and mutant.breaks in found.violated
    _say(_line(found, f"{mutant.name}: {mutant.does}: {'found' if seen else 'NOT FOUND'}"))
    return {**_figures(mutant.name, found), "found": seen}


def _figures(name: str, found: Found) -> dict[str, Any]:
    return {
        "name": name,
        "states": found.states,
        "transitions": found.transitions,
        "depth": found.depth,
        "seconds": round(found.seconds, 1),
    }


def _line(found: Found, name: str) -> str:
    return (
        f"{found.states:>10,} {found.transitions:>12,} {found.depth:>6} {found.seconds:>8.1f}"
        f"  {name}"
    )


def _say(text: str) -> None:
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    raise SystemExit(main())
