"""Whether the model has runs that show what the real code did in the simulator."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from tests.model.spin import compiled, follows
from tests.model.traces import BeyondTheModel, Recorder, recorded

SEEDS: Final = range(30)


@dataclass(frozen=True, slots=True)
class Accepted:
    """The seeds whose worlds are runs of the model, those that do what it leaves out, the rest."""

    accepted: tuple[int, ...]
    beyond: tuple[int, ...]
    rejected: tuple[int, ...]


def tracing(place: Path) -> Path:
    """The model as a program that follows a trace."""
    switches = ("TRACE", "N=15", "BOOKS", "UNDOING")
    options = ("-O0", "-DSAFETY", "-DNOREDUCE", "-DCOLLAPSE")
    return compiled(place, switches, options=options)


def accepts(pan: Path, recorder: Recorder, place: Path) -> bool:
    trace = place / "trace"
    trace.write_text(recorder.text())
    return follows(pan, trace)


def accepted(seeds: Iterable[int], pan: Path, place: Path) -> Accepted:
    right: list[int] = []
    beyond: list[int] = []
    rejected: list[int] = []
    for seed in seeds:
        try:
            recorder = recorded(seed)
        except BeyondTheModel:
            beyond.append(seed)
            continue
        (right if accepts(pan, recorder, place) else rejected).append(seed)
    return Accepted(tuple(right), tuple(beyond), tuple(rejected))
