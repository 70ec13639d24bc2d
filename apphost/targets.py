"""The local clouds that the platform can run on: how each is started, addressed and stopped."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from apphost import bootstrapped, deployment, processes
from apphost.cloud import embedded
from apphost.interruption import postponed
from apphost.localstack import localstack
from apphost.processes import Process

EMBEDDED, LOCALSTACK = "embedded", "localstack"
STOP_SECONDS = 3.0  # nothing of it is kept, so it need not wait for idle connections


type Note = Callable[[str], None]
type Record = Callable[[Process], None]
type Start = Callable[[Path, Mapping[str, str], Note, Record], None]


class Stop(Protocol):
    def __call__(self, pid: int, *, timeout_seconds: float) -> None: ...


@dataclass(frozen=True, slots=True)
class Target:
    """`api_path` is filled with the REST API's `id` and `stage`.

    `start` takes the cloud's directory, what to add to its environment, whom to tell what it does,
    and whom to give the process to as soon as it runs; what it has started is ready for
    `cdk deploy`.
    """

    title: str
    api_path: str
    start: Start
    stop: Stop


def _start_embedded(home: Path, env: Mapping[str, str], note: Note, record: Record) -> None:
    snapshot = bootstrapped.snapshot(home, note)
    with postponed():
        cloud = embedded.start(state_dir=home, env=env, from_snapshot=snapshot)
        record(processes.identify(cloud.pid, url=cloud.url, log=str(cloud.log), target=EMBEDDED))


def _start_localstack(home: Path, env: Mapping[str, str], note: Note, record: Record) -> None:
    """It keeps nothing that another could start from, so each is bootstrapped for itself."""
    with postponed():
        cloud = localstack.start(state_dir=home, env=env)
        record(processes.identify(cloud.pid, url=cloud.url, log=str(cloud.log), target=LOCALSTACK))
    note("bootstrapping it for the CDK")
    deployment.bootstrap(home, cloud.url)


TARGETS = {
    EMBEDDED: Target(
        "the embedded cloud",
        "/restapis/{id}/{stage}/_user_request_",
        _start_embedded,
        embedded.stop,
    ),
    LOCALSTACK: Target(
        "LocalStack",
        "/_aws/execute-api/{id}/{stage}",
        _start_localstack,
        localstack.stop,
    ),
}
