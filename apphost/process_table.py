"""The processes of this machine, ours or not."""

import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

DEFUNCT = "ZX"  # ended, and not yet collected by its parent
LISTING_LIMIT_SECONDS = 5


@dataclass(frozen=True)
class SystemProcess:
    pid: int
    group: int
    command: str


def running() -> Iterator[SystemProcess]:
    """All that have not ended, with the words that each was called with."""
    if Path("/proc/self/stat").exists():
        return _by_proc()
    return _by_ps()


def _by_proc() -> Iterator[SystemProcess]:
    for entry in Path("/proc").iterdir():
        if not entry.name.isdigit():
            continue
        try:
            command = (entry / "cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
            fields = (entry / "stat").read_text(errors="replace").rpartition(")")[2].split()
        except (FileNotFoundError, ProcessLookupError, PermissionError):
            continue
        if fields[0] not in DEFUNCT:
            yield SystemProcess(pid=int(entry.name), group=int(fields[2]), command=command)


def _by_ps() -> Iterator[SystemProcess]:
    """Where there is no /proc, as on macOS."""
    listing = subprocess.run(
        ["/bin/ps", "-A", "-ww", "-o", "stat=,pid=,pgid=,command="],
        capture_output=True,
        text=True,
        check=True,
        timeout=LISTING_LIMIT_SECONDS,
    )
    for line in listing.stdout.splitlines():
        state, pid, group, command = line.split(maxsplit=3)
        if state[0] not in DEFUNCT:
            yield SystemProcess(pid=int(pid), group=int(group), command=command)
