"""`python -m apphost`: the platform on this machine, up, down, shown, demonstrated and tested."""

import argparse
import os
import subprocess
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

from rich.console import Console

from apphost import demo, outputs, platform, status
from apphost.acquirer import SandboxDidNotStart
from apphost.command import CommandFailed, python
from apphost.deployment import ROOT, ToolMissing
from apphost.health import NotHealthy
from apphost.interruption import end_cleanly_on_terminate
from apphost.local_cloud import CloudError
from apphost.outputs import NotDeployed
from apphost.platform import AnotherTarget
from apphost.progress import Progress
from apphost.targets import EMBEDDED, TARGETS
from client.render import width

FAILURES = (
    AnotherTarget,
    CloudError,
    CommandFailed,
    NotDeployed,
    NotHealthy,
    SandboxDidNotStart,
    ToolMissing,
)
OK, FAILED, INTERRUPTED = 0, 1, 130
OUTPUTS_VARIABLE, TARGET_VARIABLE = "QUITTANCE_E2E_OUTPUTS", "QUITTANCE_TEST_TARGET"


def main(arguments: Sequence[str]) -> int:
    said = _parse(arguments)
    end_cleanly_on_terminate()
    console = Console(width=width(sys.stdout))
    run: Callable[[argparse.Namespace, Console], int] = said.run
    try:
        return run(said, console)
    except FAILURES as error:
        console.print(f"{type(error).__name__}: {error}", style="red", markup=False)
        console.print(f"The logs are under {said.state_dir}.", highlight=False)
        return FAILED
    except KeyboardInterrupt:
        console.print("interrupted; everything that was started is stopped")
        return INTERRUPTED


def up(said: argparse.Namespace, console: Console) -> int:
    """Start the local cloud and the sandbox in the background, and deploy the app."""
    platform.up(said.state_dir, target=said.target, progress=Progress(console))
    console.print(status.table(status.parts(said.state_dir)))
    console.print(
        f"Everything is in {said.state_dir / outputs.FILE}. Next:\n"
        "  python -m client order place --customer ada --currency EUR --line mug:2:19.99"
        " --token tok_visa --watch\n"
        "  make down",
        highlight=False,
    )
    return OK


def down(said: argparse.Namespace, console: Console) -> int:
    """Stop what `up` started, by process id."""
    stopped = platform.down(said.state_dir)
    console.print(f"stopped: {', '.join(stopped)}" if stopped else "nothing was running")
    return OK


def show_status(said: argparse.Namespace, console: Console) -> int:
    """Show what runs where; exit 0 only when all of it is well."""
    found = status.parts(said.state_dir)
    if not found:
        console.print("nothing is running: `make up` starts it")
        return FAILED
    console.print(status.table(found))
    return OK if all(part.well for part in found) else FAILED


def run_demo(said: argparse.Namespace, console: Console) -> int:
    """Run real orders from HTTP to the ledger on a platform of their own, and check them."""
    return OK if demo.run(said.state_dir, said.target, console) else FAILED


def e2e(said: argparse.Namespace, console: Console) -> int:
    """Run the end-to-end tests: on the platform that is up on the target, else on their own."""
    env = {**os.environ, TARGET_VARIABLE: said.target}
    if platform.target_of(said.state_dir) == said.target:
        told = (said.state_dir / outputs.FILE).absolute()
        console.print(f"against the running platform of {told}", highlight=False)
        env[OUTPUTS_VARIABLE] = str(told)
    tests = python("pytest", "tests/e2e", "-v", "-rx", *said.pytest)
    return subprocess.run(tests, cwd=ROOT, env=env, check=False).returncode  # noqa: S603


def _parse(arguments: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m apphost", description=__doc__)
    verbs = parser.add_subparsers(metavar="COMMAND", required=True)
    for name, run in (
        ("up", up),
        ("down", down),
        ("status", show_status),
        ("demo", run_demo),
        ("e2e", e2e),
    ):
        verb = verbs.add_parser(name, help=run.__doc__, description=run.__doc__)
        verb.set_defaults(run=run)
        if run not in (down, show_status):
            verb.add_argument("--target", choices=TARGETS, default=EMBEDDED)
        verb.add_argument("--state-dir", type=Path, default=ROOT / ".local")
        if run is e2e:
            verb.add_argument("pytest", nargs="*", help="further arguments for pytest, after --")
    return parser.parse_args(arguments)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
