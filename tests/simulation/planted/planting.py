"""Plants a bug in the platform's sources as they are imported, and hunts it with the simulator.

The sources on disk stay as they are. Each hunt has a process of its own, forked before any of the
platform was imported; what a planted edit replaces must stand exactly once in its module.
"""

from __future__ import annotations

import importlib.abc
import importlib.machinery
import importlib.util
import multiprocessing
import os
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from types import CodeType, ModuleType
from typing import Final

PAYMENTS: Final = 4
STEPS_MAX_PER_LIFE: Final = 2_000
"""Ten times what the longest healthy world of the first forty seeds takes: one that goes on for
longer is stuck, and that is found sooner.
"""
_FOREIGN: Final = (
    "boto3",
    "botocore.client",
    "pydantic",
    "aws_lambda_powertools.event_handler",
    "aws_lambda_powertools.utilities.batch",
    "aws_lambda_powertools.utilities.idempotency",
)


@dataclass(frozen=True, slots=True)
class Edit:
    module: str
    old: str
    new: str


@dataclass(frozen=True, slots=True)
class Bug:
    """`edits` that are several at once where each alone is made good by another guard: `why` says
    which. `seed` is tried first. `reconciled` worlds have reports and nights. `life` is the one
    that shows it, where chance does so too rarely: wherever its execution is `cut` in that way, if
    that is given; of a `reconciled` bug it is a story, wherever its worker is killed. `rule` is the
    one that has to tell it: any may, where there is none.
    """

    name: str
    edits: tuple[Edit, ...]
    why: str = ""
    seed: int = 0
    reconciled: bool = False
    life: str = ""
    cut: str = ""
    rule: str = ""


@dataclass(frozen=True, slots=True)
class Hunt:
    """`seeds` is how many were needed, none if a life or a story has found it; nothing was found if
    `rules` are none.
    """

    name: str
    seeds: int
    seed: int
    rules: tuple[str, ...]
    seconds: float


class NotPlanted(Exception):
    """A bug no longer fits the sources: mend its table."""


def bug(
    name: str,
    *edits: tuple[str, str, str],
    why: str = "",
    reconciled: bool = False,
    life: str = "",
    cut: str = "",
    rule: str = "",
) -> Bug:
    planned = tuple(Edit(*each) for each in edits)
    return Bug(name, planned, why=why, reconciled=reconciled, life=life, cut=cut, rule=rule)


def planted(source: str, edits: Sequence[Edit]) -> str:
    """The module's text with its edits; raises NotPlanted."""
    for edit in edits:
        found = source.count(edit.old)
        if found != 1:
            raise NotPlanted(f"{edit.module} has it {found} times: {edit.old!r}")
        source = source.replace(edit.old, edit.new)
    return source


def source_of(module: str) -> Path:
    spec = importlib.util.find_spec(module)
    assert spec is not None, module
    assert spec.origin is not None, module
    return Path(spec.origin)


def check(bug: Bug) -> None:
    """Raises NotPlanted, or SyntaxError, for a bug that cannot be planted."""
    for module in {edit.module for edit in bug.edits}:
        text = planted(source_of(module).read_text(), _of(bug, module))
        compile(text, module, "exec")


def hunt(bug: Bug, *, seeds_max: int) -> Hunt:
    """Run the worlds of one seed after the other until the auditor finds something."""
    _load_foreign()
    ours, theirs = multiprocessing.Pipe(duplex=False)
    context = multiprocessing.get_context("fork")
    worker = context.Process(target=_hunt, args=(bug, seeds_max, theirs))
    worker.start()
    theirs.close()
    try:
        found: Hunt = ours.recv()
    except EOFError:
        raise NotPlanted(f"{bug.name}: its worlds did not run") from None
    finally:
        worker.join()
    return found


def _hunt(bug: Bug, seeds_max: int, answer: object) -> None:
    assert isinstance(answer, multiprocessing.connection.Connection)
    with Path(os.devnull).open("w") as nowhere:
        os.dup2(nowhere.fileno(), 2)
    sys.meta_path.insert(0, _Planter(bug))
    from tests.simulation import crashes, interruptions, world  # noqa: PLC0415 - planted first
    from tests.simulation.run import reconcile, settle_memory, simulate  # noqa: PLC0415
    from tests.simulation.stories import STORIES, crashed, killed, story_called  # noqa: PLC0415
    from tests.simulation.upsets import life_called  # noqa: PLC0415

    world.STEPS_MAX_PER_LIFE = STEPS_MAX_PER_LIFE  # type: ignore[misc]

    settle_memory()
    began = time.monotonic()
    told: set[str] = set()
    if bug.reconciled:  # neither a story nor a life needs a seed
        told = {finding.rule for story in STORIES for finding in killed(story).findings}
        if bug.life and not told:
            wrong = (each.findings for each in crashed(story_called(bug.life)) if each.findings)
            told = {each.rule for each in next(wrong, ())}
    elif bug.cut:
        told = {each.rule for each in islice(interruptions.findings(bug.life, bug.cut), 1)}
    elif bug.life:
        told = {finding.rule for finding in crashes.killed(life_called(bug.life)).findings}
    if told and bug.rule in {"", *told}:
        seconds = time.monotonic() - began
        answer.send(Hunt(bug.name, 0, 0, tuple(sorted(told)), seconds))
        return
    tried = list(dict.fromkeys((bug.seed, *range(seeds_max))))
    for number, seed in enumerate(tried, start=1):
        outcome = reconcile(seed) if bug.reconciled else simulate(seed, PAYMENTS)
        rules = tuple(sorted({finding.rule for finding in outcome.findings}))
        if rules and bug.rule in {"", *rules}:
            answer.send(Hunt(bug.name, number, seed, rules, time.monotonic() - began))
            return
    answer.send(Hunt(bug.name, len(tried), -1, (), time.monotonic() - began))


class _Planter(importlib.abc.MetaPathFinder):
    def __init__(self, bug: Bug) -> None:
        self._bug = bug

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> importlib.machinery.ModuleSpec | None:
        edits = _of(self._bug, fullname)
        spec = importlib.machinery.PathFinder.find_spec(fullname, path, target) if edits else None
        if spec is None or spec.origin is None:
            return None
        spec.loader = _Planted(fullname, spec.origin, edits)
        return spec


class _Planted(importlib.machinery.SourceFileLoader):
    """Compiles the edited text, and never what is cached."""

    def __init__(self, fullname: str, path: str, edits: Sequence[Edit]) -> None:
        super().__init__(fullname, path)
        self._edits = edits

    def get_code(self, fullname: str) -> CodeType:
        del fullname  # always the module it was made for
        text = planted(Path(self.path).read_text(), self._edits)
        return compile(text, self.path, "exec")


def _of(bug: Bug, module: str) -> list[Edit]:
    return [edit for edit in bug.edits if edit.module == module]


def _load_foreign() -> None:
    for name in _FOREIGN:
        importlib.import_module(name)
