"""A program run to its end: logged, timed, and killed with its children if we go first."""

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

TAIL_LINES = 25


class CommandFailed(Exception):
    """It ended badly, or not in time; the message holds the last lines it wrote."""


def quiet(line: str) -> None:
    """Nobody is listening."""


class Command:
    def __init__(self, name: str, process: "subprocess.Popen[str]", log: Path) -> None:
        self._name = name
        self._process = process
        self._log = log

    def finish(self, *, timeout_seconds: float, on_line: Callable[[str], None] = quiet) -> None:
        """Wait for its end, giving each line it writes to `on_line`. Raises CommandFailed."""
        overdue = threading.Event()

        def give_up() -> None:
            overdue.set()
            self.kill()

        watchdog = threading.Timer(timeout_seconds, give_up)
        try:
            watchdog.start()
            lines = self._read(on_line)
            code = self._process.wait()
        finally:
            watchdog.cancel()
        if overdue.is_set():
            raise CommandFailed(f"{self._name} took more than {timeout_seconds:g} s\n{lines}")
        if code != 0:
            raise CommandFailed(f"{self._name} ended with {code}\n{lines}")

    def kill(self) -> None:
        """Its whole process group, if it still runs."""
        if self._process.poll() is None:
            os.killpg(self._process.pid, signal.SIGKILL)
            self._process.wait()

    def _read(self, on_line: Callable[[str], None]) -> str:
        assert self._process.stdout is not None
        last: list[str] = []
        with self._log.open("a") as log:
            for line in self._process.stdout:
                log.write(line)
                last = [*last[1 - TAIL_LINES :], line]
                on_line(line.strip())
        return "".join(last)


@contextmanager
def started(
    name: str, arguments: Sequence[str], *, env: Mapping[str, str], cwd: Path, log: Path
) -> Iterator[Command]:
    """The program, in a process group of its own, begun now and gone when the block is left."""
    process = subprocess.Popen(  # noqa: S603  our own programs only
        list(arguments),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        stdin=subprocess.DEVNULL,
        env=dict(env),
        cwd=cwd,
        text=True,
        errors="replace",
        start_new_session=True,
    )
    command = Command(name, process, log)
    try:
        yield command
    finally:
        command.kill()
        if process.stdout is not None:
            process.stdout.close()


def python(module: str, *arguments: str) -> list[str]:
    """The arguments that run a module of ours with the interpreter that runs us."""
    return [sys.executable, "-m", module, *arguments]
