"""The whole platform on this machine: brought up, told apart, brought down."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from apphost import acquirer, deployment, health, local_aws, outputs, processes, seeding
from apphost.interruption import postponed
from apphost.lock import alone_in
from apphost.outputs import Deployed, Outputs
from apphost.processes import Process
from apphost.progress import Progress, silent
from apphost.seeding import Provider
from apphost.targets import EMBEDDED, STOP_SECONDS, TARGETS

HEALTHY_SECONDS = 90.0
CLOUD, SANDBOX = "cloud", "sandbox"


class AnotherTarget(Exception):
    """A platform on another local cloud runs in this state directory."""


@dataclass(frozen=True, slots=True)
class Running:
    """The processes of a platform; `fresh`: nothing has been deployed to this cloud yet."""

    cloud: Process
    sandbox: Process
    fresh: bool
    provider_keys: tuple[str, str] | None = None


def up(
    state_dir: Path,
    *,
    target: str = EMBEDDED,
    progress: Progress | None = None,
    cloud_env: Mapping[str, str] | None = None,
) -> Outputs:
    """Running, deployed, seeded and healthy. A platform that runs is kept and deployed to again.

    Where a start fails, what was started is stopped again; a platform that ran before is left.
    `cloud_env` adds to the environment of a cloud that is started. Raises AnotherTarget where the
    one that runs is of another target.
    """
    assert target in TARGETS
    told = progress or silent()
    with alone_in(state_dir):
        kept = target_of(state_dir)
        if kept not in (None, target):
            raise AnotherTarget(f"the platform runs on {kept}: `make down` stops it")
        try:
            return _bring_up(state_dir, target, told, cloud_env or {})
        except BaseException:
            if kept is None:
                with postponed():
                    _stop_all(state_dir)
            raise


def down(state_dir: Path) -> list[str]:
    """Stop what was recorded and still runs, nothing else; returns the names of what was."""
    if not state_dir.is_dir():
        return []
    with alone_in(state_dir), postponed():
        return _stop_all(state_dir)


@contextmanager
def running(
    state_dir: Path,
    target: str = EMBEDDED,
    progress: Progress | None = None,
    cloud_env: Mapping[str, str] | None = None,
) -> Iterator[Outputs]:
    """A platform for as long as the block lasts, however it ends."""
    try:
        yield up(state_dir, target=target, progress=progress, cloud_env=cloud_env)
    finally:
        down(state_dir)


def target_of(state_dir: Path) -> str | None:
    """What the platform that is up runs on; nothing where none is up."""
    recorded = processes.load(state_dir)
    if {CLOUD, SANDBOX} <= set(recorded) and all(map(processes.is_running, recorded.values())):
        return recorded[CLOUD].target
    return None


def _bring_up(
    state_dir: Path, target: str, progress: Progress, cloud_env: Mapping[str, str]
) -> Outputs:
    with deployment.synthesis(state_dir) as synthesis:
        running_already = target_of(state_dir) is not None
        found = (
            _keep(state_dir) if running_already else _start(state_dir, target, progress, cloud_env)
        )
        with progress.step("synthesizing the CDK app"):
            synthesis.finish(timeout_seconds=deployment.SYNTH_SECONDS)
    with progress.step("deploying the CDK app") as note:
        deployed = deployment.deploy(state_dir, found.cloud.url, note)
    with progress.step("seeding keys and the provider"):
        made = _seed(state_dir, target, found, deployed)
    with progress.step("waiting until the platform is healthy"):
        health.wait_healthy(made, timeout_seconds=HEALTHY_SECONDS)
    outputs.write(made, state_dir / outputs.FILE)
    return made


def _keep(state_dir: Path) -> Running:
    recorded = processes.load(state_dir)
    return Running(recorded[CLOUD], recorded[SANDBOX], fresh=False)


def _start(
    state_dir: Path, target: str, progress: Progress, cloud_env: Mapping[str, str]
) -> Running:
    """Half a platform is none: what is left of an earlier one is stopped first."""
    _stop_all(state_dir)

    def record(cloud: Process) -> None:
        processes.save(state_dir, {CLOUD: cloud})

    with progress.step(f"starting {TARGETS[target].title}") as note:
        TARGETS[target].start(state_dir / "cloud", cloud_env, note, record)
    cloud = processes.load(state_dir)[CLOUD]
    with progress.step("starting the sandbox acquirer"), postponed():
        api_key, webhook_secret = seeding.new_provider_keys()
        sandbox = acquirer.start(state_dir, api_key=api_key, endpoint_url=cloud.url)
        processes.save(state_dir, {CLOUD: cloud, SANDBOX: sandbox})
    return Running(cloud, sandbox, fresh=True, provider_keys=(api_key, webhook_secret))


def _seed(state_dir: Path, target: str, found: Running, deployed: Deployed) -> Outputs:
    manager = local_aws.secrets_manager(found.cloud.url)
    keys = seeding.seed_api_keys(
        manager, deployed.output("Platform", "ApiKeysSecret"), _known_keys(state_dir, found)
    )
    made = _outputs(target, found, deployed, keys)
    if found.provider_keys is not None:
        api_key, webhook_secret = found.provider_keys
        provider = Provider(url=found.sandbox.url, api_key=api_key, webhook_secret=webhook_secret)
        seeding.seed_provider(manager, deployed.output("Platform", "ProvidersSecret"), provider)
        seeding.register_webhook(provider, made.webhook_url)
        seeding.register_bucket(provider, made.buckets["settlement_reports"])
    return made


def _known_keys(state_dir: Path, found: Running) -> Mapping[str, str]:
    """The keys that callers of a kept platform hold."""
    if found.fresh:
        return {}
    try:
        return outputs.read(state_dir / outputs.FILE).api_keys
    except FileNotFoundError:
        return {}


def _outputs(target: str, found: Running, deployed: Deployed, keys: Mapping[str, str]) -> Outputs:
    endpoint = found.cloud.url
    rest_api, stage = deployed.output("Edge", "RestApiId"), deployed.output("Edge", "StageName")
    function_url = urlsplit(deployed.output("Payments", "WebhookUrl"))
    url_id = (function_url.hostname or "").partition(".")[0]
    return Outputs(
        target=target,
        aws_endpoint_url=endpoint,
        region=local_aws.REGION,
        api_url=endpoint + TARGETS[target].api_path.format(id=rest_api, stage=stage),
        webhook_url=f"{endpoint}/_aws/lambda-url/{url_id}",
        sandbox_url=found.sandbox.url,
        console_url=None,
        api_keys=keys,
        tables=deployed.named(outputs.TABLES),
        bus=deployed.output("Platform", "BusName"),
        state_machines={"compensation": deployed.output("Orders", "CompensationArn")},
        queues=deployed.named(outputs.QUEUES),
        buckets={"settlement_reports": deployed.output("Payments", "SettlementReportsBucketName")},
        functions=deployed.named(outputs.FUNCTIONS),
    )


def _stop_all(state_dir: Path) -> list[str]:
    """The sandbox first, so that it calls nobody who is gone; each with its own deadline."""
    recorded = processes.load(state_dir)
    stopped = [name for name, process in recorded.items() if processes.is_running(process)]
    if SANDBOX in recorded:
        processes.stop(recorded[SANDBOX])
    cloud = recorded.get(CLOUD)
    if cloud is not None and not processes.is_taken_over(cloud):
        TARGETS[cloud.target or EMBEDDED].stop(cloud.pid, timeout_seconds=STOP_SECONDS)
    for file in (processes.FILE, outputs.FILE):
        (state_dir / file).unlink(missing_ok=True)
    return stopped
