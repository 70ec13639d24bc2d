"""What a long run has found, kept in bench/results: the figures, and the commit they are of."""

from __future__ import annotations

import json
import os
import platform
import subprocess
import sys
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

ROOT: Final = Path(__file__).parents[1]
RESULTS: Final = Path(__file__).parent / "results"
TOLD_SECONDS: Final = 5.0


def write(name: str, figures: dict[str, Any], *, of: str) -> Path:
    """Keep the figures as `name`.json in bench/results."""
    return save(RESULTS / f"{name}.json", figures, of=of)


def save(path: Path, figures: dict[str, Any], *, of: str) -> Path:
    """Keep the figures there; `of` is the commit at the run's beginning."""
    path.parent.mkdir(parents=True, exist_ok=True)
    made = {
        "commit": of,
        "made_at": datetime.now(UTC).isoformat(timespec="seconds"),
        "python": platform.python_version(),
        "cores": os.cpu_count(),
    }
    path.write_text(json.dumps({**made, **figures}, indent=2) + "\n")
    return path


def commit() -> str:
    """What is checked out, with a mark where that has changes that are not committed.

    Ask before a long run: somebody may commit while it goes on.
    """
    told = ("describe", "--always", "--dirty=+", "--abbrev=40", "--exclude=*")
    try:
        ended = subprocess.run(  # noqa: S603
            ["git", *told],  # noqa: S607
            cwd=ROOT,
            capture_output=True,
            text=True,
            check=True,
        )
    except (OSError, subprocess.CalledProcessError):
        return "unknown"
    return ended.stdout.strip()


class Counter:
    """How far a long run has come, told every few seconds."""

    def __init__(self, name: str, goal: int) -> None:
        self.done = 0
        self._name = name
        self._goal = goal
        self._began = self._told = time.perf_counter()

    @property
    def seconds(self) -> float:
        return time.perf_counter() - self._began

    def add(self, count: int) -> None:
        self.done += count
        if time.perf_counter() - self._told >= TOLD_SECONDS:
            self._told = time.perf_counter()
            rate = self.done / self.seconds
            print(f"{self._name}: {self.done:,} of {self._goal:,}, {rate:,.0f}/s", file=sys.stderr)


def table(rows: dict[str, Any]) -> None:
    """Names and figures, one a line."""
    width = max(map(len, rows))
    for name, figure in rows.items():
        shown = f"{figure:,}" if isinstance(figure, int | float) else str(figure)
        print(f"{name:<{width}}  {shown}")
