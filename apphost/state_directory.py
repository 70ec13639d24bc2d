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
OWNER = "owner"


@contextmanager
def temporary(name: str, *, within: Path = LOCAL) -> Iterator[Path]:
    """A fresh directory, removed with its logs unless the block fails.

    What an owner that was killed has left behind under the same name is stopped and removed.
    """
    within.mkdir(parents=True, exist_ok=True)
    for abandoned in _abandoned(within, name):
        platform.down(abandoned)
        shutil.rmtree(abandoned, ignore_errors=True)
    directory = Path(tempfile.mkdtemp(prefix=f"{name}-", dir=within))
    owner = processes.identify(os.getpid())
    (directory / OWNER).write_text(f"{owner.pid} {owner.started}")
    yield directory
    shutil.rmtree(directory, ignore_errors=True)


def _abandoned(within: Path, name: str) -> list[Path]:
    return [
        directory
        for directory in within.glob(f"{name}-*")
        if (owner := _owner(directory)) and not processes.is_running(owner)
    ]


def _owner(directory: Path) -> Process | None:
    """Nothing for a directory that its owner is just making."""
    try:
        pid, _, started = (directory / OWNER).read_text().partition(" ")
    except (FileNotFoundError, NotADirectoryError):
        return None
    return Process(pid=int(pid), started=started, url="", log="") if pid else None
