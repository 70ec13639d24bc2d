"""An embedded cloud that the CDK has bootstrapped: made once, started from a copy ever after.

Bootstrapping takes three times as long as deploying the app, and always gives the same.
"""

import hashlib
import shutil
from collections.abc import Callable
from pathlib import Path

from apphost import deployment
from apphost.cloud import embedded
from apphost.deployment import ROOT
from apphost.interruption import postponed
from apphost.local_cloud import Cloud
from apphost.lock import alone_in

SNAPSHOTS = ROOT / "build" / "bootstrapped-cloud"


def snapshot(state_dir: Path, note: Callable[[str], None], within: Path = SNAPSHOTS) -> Path:
    """What a cloud starts from to be ready for `cdk deploy`; `note` hears when it is made first."""
    found = within / _fingerprint()
    with alone_in(within):
        if not found.is_dir():
            note("bootstrapping it for the CDK, this once")
            _make(state_dir, found)
    return found


def _make(state_dir: Path, made: Path) -> None:
    """All of the snapshot or none."""
    half = made.with_suffix(".half")
    shutil.rmtree(half, ignore_errors=True)
    cloud: Cloud | None = None
    try:
        with postponed():
            cloud = embedded.start(state_dir=state_dir)
        deployment.bootstrap(state_dir, cloud.url)
        embedded.stop_to_snapshot(cloud, half)
    finally:
        if cloud is not None:
            with postponed():
                embedded.stop(cloud.pid)
    half.rename(made)


def _fingerprint() -> str:
    """What decides how a bootstrapped cloud looks: the CDK command, the cloud, and our mends."""
    digest = hashlib.sha256()
    mends = sorted((ROOT / "apphost" / "cloud").rglob("*.py"))
    for path in (ROOT / "package-lock.json", ROOT / "requirements" / "cloud.txt", *mends):
        digest.update(path.read_bytes())
    return digest.hexdigest()[:16]
