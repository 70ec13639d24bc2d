"""Start, watch and stop an embedded cloud; runs in the development environment."""

import os
import shutil
from collections.abc import Mapping
from pathlib import Path

from apphost import local_cloud
from apphost.local_cloud import ROOT, Cloud, CloudError, Kind

PYTHON = ROOT / ".cloud" / "bin" / "python"
START_LIMIT_SECONDS = 30
TEMPORARY = "tmp"
STATE = "state"
SAVING_FAILED = "ERROR [persistence]"


def start(
    *,
    state_dir: Path,
    port: int | None = None,
    env: Mapping[str, str] | None = None,
    from_snapshot: Path | None = None,
) -> Cloud:
    """Start one on 127.0.0.1, empty or with a copy of what `stop_to_snapshot` left.

    It keeps everything in `state_dir`. `env` adds to its environment. Raises CloudError.
    """
    KIND.require_installed()
    for name in (TEMPORARY, STATE):
        shutil.rmtree(state_dir / name, ignore_errors=True)
    (state_dir / TEMPORARY).mkdir(parents=True)
    if from_snapshot is not None:
        shutil.copytree(from_snapshot, state_dir / STATE)
    return KIND.start(state_dir, port=port, env=env or {})


def stop_to_snapshot(cloud: Cloud, snapshot: Path, *, timeout_seconds: float = 30) -> None:
    """End it and keep what is in it: deployed stacks, tables, streams, queues, functions, secrets.

    Raises CloudError when it did not end by itself or could not save everything.
    """
    ended = KIND.end(cloud, timeout_seconds=timeout_seconds)
    if not ended or SAVING_FAILED in cloud.log.read_text(errors="replace"):
        raise CloudError(f"{KIND.title} was not saved; see {cloud.log}")
    shutil.copytree(cloud.log.parent / STATE, snapshot)


def lambda_workers(cloud: Cloud, *, busy_only: bool = False) -> list[tuple[int, str]]:
    """The Lambda processes that run now: process id and function name."""
    return [
        (worker["pid"], worker["function"])
        for worker in local_cloud.workers(cloud)["workers"]
        if worker["busy"] or not busy_only
    ]


def _environment(state_dir: Path, port: int) -> dict[str, str]:
    """Small on purpose: no profile, credential or Docker of the user's can get in."""
    return {
        "PATH": os.environ.get("PATH", os.defpath),
        "TMPDIR": str(state_dir / TEMPORARY),
        "PERSIST_STATE": "1",
        "STATE_DIR": str(state_dir / STATE),
        "S3_PERSIST": "1",
        "S3_DATA_DIR": str(state_dir / STATE / "s3"),
        "GATEWAY_PORT": str(port),
        "AWS_ACCESS_KEY_ID": "test",
        "AWS_SECRET_ACCESS_KEY": "test",
        "AWS_DEFAULT_REGION": "us-east-1",
        "IOT_MTLS_ENABLED": "0",
        "SFTP_ENABLED": "0",
        "DOCKER_HOST": "unix:///nowhere",
    }


KIND = Kind(
    title="The embedded cloud",
    python=PYTHON,
    install="make setup",
    launcher="apphost.cloud.launcher",
    worker=str(Path(__file__).parent / "bootstrap.py"),
    environment=_environment,
    start_limit_seconds=START_LIMIT_SECONDS,
)
wait_ready, stop, is_running = KIND.wait_ready, KIND.stop, KIND.is_running
