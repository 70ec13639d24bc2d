"""Runs what `inside.py` offers in the environment of the embedded cloud."""

import json
import subprocess
from typing import Any

from apphost.cloud.embedded import PYTHON
from apphost.local_cloud import ROOT


def run_inside(experiment: str) -> Any:
    """What the experiment gave."""
    ran = subprocess.run(
        [PYTHON, "-m", "tests.conformance.inside", experiment],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )
    return json.loads(ran.stdout)
