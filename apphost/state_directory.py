"""A state directory of one's own under `.local`, and the end of those whose owner is gone."""

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from apphost import platform, processes
from apphost.deployment import ROOT
from apphost.processes import Process

LOCAL = ROOT / ".local"
OWNER = ".owner"  # beside the directory, so that it stays until the directory is gone


@contextmanager
def temporary(name: str, *, within: Path = LOCAL) -> Iterator[Path]:
    """A fresh directory, removed with its logs unless the block fails.

    What an owner that was killed has left behind under the same name is stopped and removed.
    """
    within.mkdir(parents=True, exist_ok=True)
    for abandoned in _abandoned(within, name):
        platform.down(abandoned)
        _remove(abandoned)
    directory = Path(tempfile.mkdtemp(prefix=f"{name}-", dir=within))
    owner = processes.identify(os.getpid())
    directory.with_suffix(OWNER).write_text(f"{owner.pid} {owner.started}")
    yield directory
    _remove(directory)


def _remove(directory: Path) -> None:
    """A program that its owner's death left running may still write: then the next one removes."""
    shutil.rmtree(directory, ignore_errors=True)
    if not directory.exists():
        directory.with_suffix(OWNER).unlink(missing_ok=True)


def _abandoned(within: Path, name: str) -> list[Path]:
    return [
        file.with_suffix("")
        for file in within.glob(f"{name}-*{OWNER}")
        if not processes.is_running(_owner(file))
    ]


def _owner(file: Path) -> Process:
    pid, _, started = file.read_text().partition(" ")
    return Process(pid=int(pid), started=started, url="", log="")
