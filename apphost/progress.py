"""What is being done, told while it is done, with the seconds since the start."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rich.console import Console


class Progress:
    """A terminal sees a spinner and a line for each finished step; a log sees lines alone."""

    def __init__(self, console: Console) -> None:
        self.console = console
        self.timings: dict[str, float] = {}
        self._started = time.monotonic()

    @contextmanager
    def step(self, doing: str) -> Iterator[Callable[[str], None]]:
        """One step; what it yields adds a word on how far it is. Its seconds go to `timings`."""
        begun = time.monotonic()
        if not self.console.is_terminal:
            self._line("…", doing)
        with self.console.status(doing) as status:
            yield lambda detail: status.update(f"{doing}: {detail}")
        self.timings[doing] = round(time.monotonic() - begun, 2)
        self._line("✓", f"{doing} [dim]({self.timings[doing]:.1f} s)[/]")

    def elapsed_seconds(self) -> float:
        return round(time.monotonic() - self._started, 2)

    def _line(self, mark: str, text: str) -> None:
        self.console.print(
            f"[dim]{self.elapsed_seconds():6.1f} s[/] {mark} {text}", highlight=False
        )


def silent() -> Progress:
    return Progress(Console(quiet=True))
