"""The sandbox acquirer as a process of its own: the provider of the local platform."""

import json
import os
import subprocess
import time
from pathlib import Path

from apphost import local_aws, processes
from apphost.command import python
from apphost.deployment import ROOT
from apphost.processes import Process

READY_SECONDS = 20.0
POLL_SECONDS = 0.02
SEED = "7"


class SandboxDidNotStart(Exception):
    """The sandbox ended, or was not listening in time; the message names its log."""


def start(state_dir: Path, *, api_key: str, endpoint_url: str) -> Process:
    """Running and listening on a free port, detached from this process.

    It puts its reports into buckets of the cloud at `endpoint_url`.
    """
    ready, log = state_dir / "sandbox.ready.json", state_dir / "sandbox.log"
    ready.unlink(missing_ok=True)
    arguments = ("--port", "0", "--seed", SEED, "--api-key", api_key, "--ready-file", str(ready))
    with log.open("ab") as output:
        child = subprocess.Popen(  # noqa: S603
            python("sandbox", *arguments),
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            cwd=ROOT,
            env=local_aws.environment(endpoint_url, os.environ),
            start_new_session=True,
        )
    try:
        url = _await_ready(child, ready)
    except BaseException:
        child.kill()
        child.wait()
        raise
    child.returncode = 0  # it goes on without us: its handle is not to complain about that
    return processes.identify(child.pid, url=url, log=str(log))


def _await_ready(child: "subprocess.Popen[bytes]", ready: Path) -> str:
    ends = time.monotonic() + READY_SECONDS
    while time.monotonic() < ends:
        if child.poll() is not None:
            raise SandboxDidNotStart(f"the sandbox ended with {child.returncode}: see its log")
        if url := _url_in(ready):
            return url
        time.sleep(POLL_SECONDS)
    raise SandboxDidNotStart(f"the sandbox was not listening after {READY_SECONDS:g} s")


def _url_in(ready: Path) -> str | None:
    """Nothing while the file is missing or half written."""
    try:
        url: str = json.loads(ready.read_text())["url"]
    except (FileNotFoundError, ValueError):
        return None
    return url
