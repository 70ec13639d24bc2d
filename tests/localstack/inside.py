"""A program run in LocalStack's own environment."""

import subprocess

from apphost.local_cloud import ROOT
from apphost.localstack.localstack import PYTHON

LIMIT_SECONDS = 90


def run(*arguments: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [PYTHON, *arguments],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=LIMIT_SECONDS,
        check=False,
    )


def said(*arguments: str) -> str:
    """The last line that it printed; it must end well."""
    ran = run(*arguments)
    assert ran.returncode == 0, ran.stderr
    return ran.stdout.strip().rpartition("\n")[2]
