"""Runs spin over the model: translate, compile, search; what pan says as numbers."""

from __future__ import annotations

import re
import shutil
import subprocess
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

MODEL: Final = Path(__file__).parent / "payment.pml"
COMPILERS: Final = ("spin", "gcc")
DEPTH_MAX: Final = 200_000
SEARCH_SECONDS_MAX: Final = 1_800


@dataclass(frozen=True, slots=True)
class Found:
    """What a search came to. `violated` is what the first counterexample breaks, `steps` long."""

    violated: str | None
    states: int
    transitions: int
    depth: int
    seconds: float
    steps: tuple[str, ...] = ()


def missing() -> str | None:
    """The program that is not installed, if there is one."""
    return next((name for name in COMPILERS if shutil.which(name) is None), None)


def compiled(place: Path, switches: Sequence[str], *, options: Sequence[str]) -> Path:
    """The searching program of the model with these switches."""
    place.mkdir(parents=True, exist_ok=True)
    defined = [f"-D{switch}" for switch in switches]
    _run(["spin", "-a", *defined, str(MODEL)], place)
    _run(["gcc", "-w", *options, "-o", "pan", "pan.c"], place)
    return place / "pan"


def searched(place: Path, switches: Sequence[str], *, fast: bool, cycles: bool = False) -> Found:
    """Every state that can be reached, or the way to the first that must not be.

    `fast` takes long to compile, for a search of minutes. No error means: no assertion ever
    fails, and nothing ends elsewhere than it may; with `cycles`: no run goes on for ever.
    """
    kind = "-DNP" if cycles else "-DSAFETY"
    options = ("-O2" if fast else "-O0", kind, "-DCOLLAPSE", "-DNOFAIR", "-DMEMLIM=4000")
    pan = compiled(place, switches, options=options)
    began = time.monotonic()
    output = _run([str(pan), *(["-l"] if cycles else []), f"-m{DEPTH_MAX}"], place)
    seconds = time.monotonic() - began
    assert "max search depth too small" not in output
    violated = re.search(r"^pan:1: (.*?)(?: \(at depth \d+\))?$", output, re.MULTILINE)
    return Found(
        violated=violated and violated[1],
        states=_number(output, r"(\d+) states, stored"),
        transitions=_number(output, r"(\d+) transitions"),
        depth=_number(output, r"depth reached (\d+)"),
        seconds=seconds,
        steps=_counterexample(place, switches) if violated else (),
    )


def follows(pan: Path, trace: Path) -> bool:
    """Whether a program compiled with TRACE finds a run of the model that shows this trace."""
    output = _run([str(pan), f"-m{DEPTH_MAX}"], pan.parent, QUITTANCE_TRACE=str(trace))
    assert "max search depth too small" not in output
    return "end state in claim reached" in output


def _counterexample(place: Path, switches: Sequence[str]) -> tuple[str, ...]:
    defined = [f"-D{switch}" for switch in switches]
    told = _run(["spin", "-t", "-p", "-k", "payment.pml.trail", *defined, str(MODEL)], place)
    steps = re.findall(
        r"^ *\d+:\tproc +\d+ \(([:\w]+):1\) (?:\S*/)?(\w+\.pml:\d+).*?\t\[(.*)\]$", told, re.M
    )
    return tuple(f"{who} {where} {what}" for who, where, what in steps)


def _number(output: str, pattern: str) -> int:
    found = re.search(pattern, output)
    assert found is not None, output
    return int(found[1])


def _run(command: Sequence[str], place: Path, **environment: str) -> str:
    """Its output; a program that ends badly without having searched is an error."""
    ended = subprocess.run(
        command,
        cwd=place,
        env=_environment(environment),
        capture_output=True,
        text=True,
        timeout=SEARCH_SECONDS_MAX,
        check=False,
    )
    said = ended.stdout + ended.stderr
    assert ended.returncode == 0, f"{' '.join(command)}: {said}"
    return said


def _environment(more: Mapping[str, str]) -> dict[str, str]:
    return {"PATH": "/usr/local/bin:/usr/bin:/bin", **more}
