"""What runs where, and how it feels."""

from dataclasses import dataclass
from pathlib import Path

from rich.console import RenderableType
from rich.table import Table

from apphost import health, outputs, processes
from apphost.processes import Process


@dataclass(frozen=True, slots=True)
class Part:
    name: str
    where: str
    pid: int | None
    state: str

    @property
    def well(self) -> bool:
        return self.state in {"running", "healthy"}


def parts(state_dir: Path) -> list[Part]:
    """The processes that were started and what the platform answers; empty when nothing is up."""
    found = [
        Part(_named(name, process), process.url, process.pid, _state(process))
        for name, process in processes.load(state_dir).items()
    ]
    try:
        told = outputs.read(state_dir / outputs.FILE)
    except FileNotFoundError:
        return found
    faults = health.faults(told)
    places = {"api": told.api_url, "webhooks": told.webhook_url, "sandbox": told.sandbox_url}
    return found + [
        Part(f"{name} answers", places[name], None, faults.get(name, "healthy"))
        for name in health.PROBES
    ]


def table(found: list[Part]) -> RenderableType:
    shown = Table(title="Quittance on this machine", title_justify="left")
    for column in ("part", "state", "pid", "where"):
        shown.add_column(column, overflow="fold")
    for part in found:
        color = "green" if part.well else "red"
        pid = "" if part.pid is None else str(part.pid)
        shown.add_row(part.name, f"[{color}]{part.state}[/]", pid, part.where)
    return shown


def _named(name: str, process: Process) -> str:
    return f"{name} ({process.target})" if process.target else name


def _state(process: Process) -> str:
    return "running" if processes.is_running(process) else "gone"
