"""Where the platform runs, and everything in which one stage may differ from another."""

import platform
import sys
from dataclasses import dataclass

from aws_cdk import RemovalPolicy
from aws_cdk.aws_logs import RetentionDays

ARM = "aarch64-manylinux_2_28"
INTEL = "x86_64-manylinux_2_28"


@dataclass(frozen=True, slots=True, kw_only=True)
class Stage:
    """One deployment of the whole platform. Constructs ask for a field, never for the name."""

    name: str

    architecture: str
    """`arm64` or `x86_64`, as Lambda spells them."""
    wheels: str
    """The platform whose wheels are packed, as uv spells it; "" is this machine's own."""
    layers: bool
    """Dependencies and shared code as layers; otherwise one flat zip a service."""

    tls_only: bool
    """Refuse plain HTTP in the policies of queues and topics."""
    customer_managed_keys: bool
    """Encrypt tables and the alarm topic with keys of our own instead of AWS's."""
    retain_data: bool
    """Deletion protection; tables, secrets, keys and logs outlive their stack."""
    tracing: bool
    """Record X-Ray segments of the gateway and the functions."""

    log_retention: RetentionDays
    archive_retention_days: int

    consumer_timeout_seconds: int
    """How long one batch of queue messages may take."""
    inbox_visibility_seconds: int
    """How long a message taken by a worker that died stays hidden before another takes it."""
    inbox_concurrency_max: int
    """How many batches of one inbox are handled at a time: what the providers must bear."""
    relay_parallelization: int
    """Batches of one stream shard relayed at a time; the order within an item is kept."""

    confirmation_seconds: int
    """How long an authorized order waits for its confirmation: well within the life of a hold."""
    compensation_heartbeat_seconds: int
    """How long a compensation waits for a callback before it reads the facts again."""
    compensation_timeout_seconds: int
    compensation_pause_seconds: int
    """Between a failure and the next try."""
    compensation_watch_seconds: int
    """How long nothing may be heard of an execution before another one replaces it."""
    compensation_patience_seconds: int
    """How long an outcome may be unknown before a person is told."""

    splits_reports: bool
    """Read large settlement reports in parts, by a Distributed Map; otherwise in one process."""
    authorizer_cache_seconds: int
    requests_per_second: int
    requests_burst: int
    webhooks_concurrency: int | None
    """Executions set aside for the public webhook function, which is also all it may take."""

    @property
    def removal_policy(self) -> RemovalPolicy:
        """What becomes of data, keys and logs when their stack or they themselves are removed."""
        return RemovalPolicy.RETAIN if self.retain_data else RemovalPolicy.DESTROY


def _local_architecture() -> str:
    """The local cloud runs functions as processes of this machine."""
    return "arm64" if platform.machine().lower() in {"arm64", "aarch64"} else "x86_64"


def _local_wheels() -> str:
    """On Linux the wheels of Lambda's own glibc, so that a container takes them too."""
    if sys.platform != "linux":
        return ""
    return ARM if _local_architecture() == "arm64" else INTEL


LOCAL = Stage(
    name="local",
    architecture=_local_architecture(),
    wheels=_local_wheels(),
    layers=False,  # not every local cloud applies them
    tls_only=False,  # the local cloud speaks plain HTTP on the loopback
    customer_managed_keys=False,
    retain_data=False,
    tracing=False,
    log_retention=RetentionDays.ONE_DAY,
    archive_retention_days=1,
    consumer_timeout_seconds=20,
    inbox_visibility_seconds=25,  # a killed worker's messages come back while someone watches
    inbox_concurrency_max=2,
    relay_parallelization=1,
    confirmation_seconds=3600,  # someone may be trying it by hand; the end-to-end tests take less
    compensation_heartbeat_seconds=10,
    compensation_timeout_seconds=60,
    compensation_pause_seconds=1,
    compensation_watch_seconds=30,
    compensation_patience_seconds=150,
    splits_reports=False,
    authorizer_cache_seconds=0,  # keys are seeded after the deployment, and count at once
    requests_per_second=1000,
    requests_burst=1000,
    webhooks_concurrency=None,
)

DEV = Stage(
    name="dev",
    architecture="arm64",
    wheels=ARM,
    layers=True,
    tls_only=True,
    customer_managed_keys=True,
    retain_data=True,
    tracing=True,
    log_retention=RetentionDays.TWO_WEEKS,
    archive_retention_days=14,
    consumer_timeout_seconds=30,
    inbox_visibility_seconds=180,  # AWS advises six times the function's timeout
    inbox_concurrency_max=5,
    relay_parallelization=2,
    confirmation_seconds=24 * 3600,
    compensation_heartbeat_seconds=300,
    compensation_timeout_seconds=3600,
    compensation_pause_seconds=60,
    compensation_watch_seconds=900,
    compensation_patience_seconds=24 * 3600,
    splits_reports=True,
    authorizer_cache_seconds=300,
    requests_per_second=50,
    requests_burst=100,
    webhooks_concurrency=None,  # a fresh account has too few executions to set any aside
)

PROD = Stage(
    name="prod",
    architecture="arm64",
    wheels=ARM,
    layers=True,
    tls_only=True,
    customer_managed_keys=True,
    retain_data=True,
    tracing=True,
    log_retention=RetentionDays.ONE_YEAR,
    archive_retention_days=365,
    consumer_timeout_seconds=30,
    inbox_visibility_seconds=180,
    inbox_concurrency_max=50,
    relay_parallelization=10,
    confirmation_seconds=6 * 24 * 3600,
    compensation_heartbeat_seconds=1800,
    compensation_timeout_seconds=6 * 3600,
    compensation_pause_seconds=900,
    compensation_watch_seconds=5400,
    compensation_patience_seconds=3 * 24 * 3600,
    splits_reports=True,
    authorizer_cache_seconds=300,
    requests_per_second=500,
    requests_burst=1000,
    webhooks_concurrency=50,
)

STAGES = {stage.name: stage for stage in (LOCAL, DEV, PROD)}
