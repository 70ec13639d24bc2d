"""`python -m tests.model` searches every configuration and plants every bug, and prints a table."""

from __future__ import annotations

import sys
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.model.configurations import CONFIGURATIONS
from tests.model.mutants import MUTANTS
from tests.model.spin import Found, missing, searched


def main() -> int:
    if missing() is not None:
        _say(f"{missing()} is not installed: apt-get install spin gcc")
        return 2
    wrong = 0
    with TemporaryDirectory() as place:
        _say(f"{'states':>10} {'transitions':>12} {'depth':>6} {'seconds':>8}  searched")
        for configuration in CONFIGURATIONS:
            found = searched(Path(place), configuration.switches, fast=True)
            _say(_line(found, configuration.name))
            right = found.violated is None and found.states == configuration.states
            if not right:
                _say("\n".join([f"violated: {found.violated}", *found.steps]))
            wrong += not right
        for mutant in MUTANTS:
            found = searched(Path(place), (mutant.name, *mutant.switches), fast=False)
            seen = found.violated is not None and mutant.breaks in found.violated
            _say(_line(found, f"{mutant.name}: {mutant.does}: {'found' if seen else 'NOT FOUND'}"))
            wrong += not seen
    _say(f"{len(CONFIGURATIONS)} configurations, {len(MUTANTS)} planted bugs, {wrong} wrong")
    return min(wrong, 1)


def _line(found: Found, name: str) -> str:
    return (
        f"{found.states:>10,} {found.transitions:>12,} {found.depth:>6} {found.seconds:>8.1f}"
        f"  {name}"
    )


def _say(text: str) -> None:
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


raise SystemExit(main())
