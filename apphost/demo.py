"""The demo: a platform of its own, a day of orders, what was said of them, and what must hold."""

from dataclasses import asdict
from pathlib import Path

from rich.console import Console, RenderableType
from rich.table import Table

from apphost import platform
from apphost.checks import Check, run_checks
from apphost.outputs import write_json
from apphost.progress import Progress
from apphost.state_directory import temporary
from apphost.story import Story, tell
from client import reconciliation_render, render

FILE = "demo.json"


def run(state_dir: Path, target: str, console: Console) -> bool:
    """True when every check held. The report goes to `demo.json` in the state directory."""
    progress = Progress(console)
    with temporary("demo", within=state_dir) as own:
        with platform.running(own, target, progress) as outputs:
            story = tell(outputs, progress)
        checks = run_checks(story)
        _show(console, story, checks)
    held = all(check.held for check in checks)
    report = {
        "held": held,
        "checks": [asdict(check) for check in checks],
        "seconds": {**progress.timings, "total": progress.elapsed_seconds()},
        "orders": [told.timeline.as_json() for told in story.orders],
        "reconciliation": story.reconciled.run,
    }
    write_json(report, state_dir / FILE)
    kept = sum(check.held for check in checks)
    console.print(
        f"{kept} of {len(checks)} checks held, in {progress.elapsed_seconds():.0f} s."
        f" The report is {state_dir / FILE}.",
        highlight=False,
    )
    return held


def _show(console: Console, story: Story, checks: list[Check]) -> None:
    for told in story.orders:
        console.print(render.timeline(told.timeline))
    console.print(render.entries(story.paid.entries))
    console.print(reconciliation_render.run(story.reconciled.run))
    console.print(render.trial_balance(story.balance))
    console.print(_table(checks))


def _table(checks: list[Check]) -> RenderableType:
    table = Table(title="Checks", title_justify="left")
    for column in ("", "what must hold", "what was seen"):
        table.add_column(column, overflow="fold")
    for check in checks:
        mark = "[green]✓[/]" if check.held else "[red]✗[/]"
        table.add_row(mark, check.name, check.seen)
    return table
