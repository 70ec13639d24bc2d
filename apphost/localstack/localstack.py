"""Start, watch and stop a LocalStack without Docker; runs in the development environment."""

import os
import shutil
from collections.abc import Mapping
from pathlib import Path

from apphost.local_cloud import ROOT, Cloud, Kind

PYTHON = ROOT / ".localstack" / "bin" / "python"
START_LIMIT_SECONDS = 120
FUNCTION_START_LIMIT_SECONDS = 60
FILES = ("home", "filesystem", "tmp")


def start(
    *, state_dir: Path, port: int | None = None, env: Mapping[str, str] | None = None
) -> Cloud:
    """Start one on 127.0.0.1; it starts empty and writes nothing outside of `state_dir`.

    `env` adds to its environment. Raises CloudError.
    """
    KIND.require_installed()
    for name in FILES:
        shutil.rmtree(state_dir / name, ignore_errors=True)
        (state_dir / name).mkdir(parents=True)
    return KIND.start(state_dir, port=port, env=env or {})


def _environment(state_dir: Path, port: int) -> dict[str, str]:
    """Small on purpose: no profile, credential or Docker of the user's can get in."""
    return {
        "PATH": os.environ.get("PATH", os.defpath),
        "HOME": str(state_dir / "home"),
        "XDG_CACHE_HOME": str(state_dir / "home" / "cache"),
        "TMPDIR": str(state_dir / "tmp"),
        "FILESYSTEM_ROOT": str(state_dir / "filesystem"),
        "GATEWAY_LISTEN": f"127.0.0.1:{port}",
        "LOCALSTACK_HOST": f"127.0.0.1:{port}",
        "OVERRIDE_IN_DOCKER": "0",
        "DOCKER_HOST": "unix:///nowhere",
        "DNS_ADDRESS": "0",
        "DISABLE_EVENTS": "1",
        "SKIP_SSL_CERT_DOWNLOAD": "1",
        "CFN_IGNORE_UNSUPPORTED_RESOURCE_TYPES": "1",
        "SQS_ENDPOINT_STRATEGY": "path",
        "LAMBDA_RUNTIME_EXECUTOR": "subprocess",
        "LAMBDA_SYNCHRONOUS_CREATE": "1",
        "LAMBDA_RUNTIME_ENVIRONMENT_TIMEOUT": str(FUNCTION_START_LIMIT_SECONDS),
        "LAMBDA_EVENT_SOURCE_MAPPING_POLL_INTERVAL_SEC": "0.1",
        "LAMBDA_EVENT_SOURCE_MAPPING_MAX_BACKOFF_ON_EMPTY_POLL_SEC": "0.2",
        "PROVIDER_OVERRIDE_DYNAMODB": "moto",
        "PROVIDER_OVERRIDE_DYNAMODBSTREAMS": "moto",
        "NO_PROXY": "127.0.0.1",
        "PYTHONUNBUFFERED": "1",
    }


KIND = Kind(
    title="LocalStack",
    python=PYTHON,
    install="make setup-localstack",
    launcher="apphost.localstack.launcher",
    worker="awslambdaric",
    environment=_environment,
    start_limit_seconds=START_LIMIT_SECONDS,
)
wait_ready, stop, is_running = KIND.wait_ready, KIND.stop, KIND.is_running
