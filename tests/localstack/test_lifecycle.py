"""A LocalStack is started on its own port, keeps to its folder, and is gone when it is stopped."""

import os
import signal
import socket
import sys
from pathlib import Path

import pytest
import urllib3

from apphost.local_cloud import ROOT, Cloud, CloudError
from apphost.localstack import localstack
from tests.cloud import open_account
from tests.conformance.functions import deploy, invoke
from tests.conformance.waiting import eventually
from tests.localstack.inside import run, said


def test_localstack_is_the_pinned_one(running: Cloud) -> None:
    told = urllib3.request("GET", f"{running.url}/_localstack/info", timeout=10).json()
    assert told["version"] == "4.14.0"


def test_it_is_gone_with_its_functions_after_stop(tmp_path: Path) -> None:
    cloud = localstack.start(state_dir=tmp_path)
    localstack.wait_ready(cloud)
    assert localstack.is_running(cloud.pid)
    account = open_account(cloud.url)
    deploy(account, "def handler(event, context): return os.getpid()\n")
    function_pid = invoke(account).payload
    localstack.stop(cloud.pid)
    assert not localstack.is_running(cloud.pid)
    assert not _runs(function_pid)
    localstack.stop(cloud.pid)


def test_one_that_does_not_hear_is_stopped_by_force(tmp_path: Path) -> None:
    cloud = localstack.start(state_dir=tmp_path)
    os.kill(cloud.pid, signal.SIGSTOP)
    localstack.stop(cloud.pid, timeout_seconds=0.2)
    assert not localstack.is_running(cloud.pid)


def test_functions_end_when_their_localstack_is_killed(tmp_path: Path) -> None:
    cloud = localstack.start(state_dir=tmp_path)
    account = open_account(cloud.url)
    deploy(account, "def handler(event, context): return os.getpid()\n")
    function_pid = invoke(account).payload
    os.kill(cloud.pid, signal.SIGKILL)
    assert eventually(lambda: not _runs(function_pid))
    with pytest.raises(CloudError, match="LocalStack is not ready"):
        localstack.wait_ready(cloud)


def test_it_keeps_everything_in_its_folder(running: Cloud) -> None:
    account = open_account(running.url)
    deploy(account, "def handler(event, context): return [os.environ['HOME'], __file__]\n")
    home, code = invoke(account).payload
    state_dir = running.log.parent
    assert Path(home).is_relative_to(state_dir / "tmp")
    assert Path(code).is_relative_to(state_dir / "tmp")
    assert list((state_dir / "home" / "cache" / "plux").iterdir())
    assert (state_dir / "filesystem").is_dir()


@pytest.mark.skipif(sys.platform != "linux", reason="reads the sockets from /proc")
def test_it_listens_on_the_loopback_alone(running: Cloud) -> None:
    account = open_account(running.url)
    deploy(account, "def handler(event, context): pass\n")
    invoke(account)
    listening = _listening_addresses(running.pid)
    assert len(listening) >= 2
    assert set(listening) == {"127.0.0.1"}


def test_a_port_that_is_taken_is_told(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        with pytest.raises(CloudError, match="Address already in use"):
            localstack.start(state_dir=tmp_path, port=taken.getsockname()[1])


def test_another_process_of_the_same_number_is_left_alone() -> None:
    assert not localstack.is_running(os.getpid())
    localstack.stop(os.getpid())


def test_another_version_is_refused() -> None:
    program = (
        "from apphost.localstack import launcher\n"
        "launcher.stock.VERSION = '4.15.0'\n"
        "launcher.main()\n"
    )
    refused = run("-c", program)
    assert refused.returncode == 1
    assert refused.stderr == "LocalStack is 4.14.0; the plugin is for 4.15.0\n"
    assert stock_version_of_the_lock() == "4.14.0"


def test_an_empty_queue_is_asked_again_within_the_bound() -> None:
    program = (
        "from apphost.localstack.plugin import polling, stock\n"
        "name = 'localstack.services.lambda_.event_source_mapping.esm_worker'\n"
        "backoff = lambda: stock.part(name).ExponentialBackoff("
        "initial_interval=1, max_interval=0.2).next_backoff()\n"
        "before = backoff()\n"
        "polling.mend()\n"
        "print(before >= 0.5, backoff() <= 0.3)\n"
    )
    assert said("-c", program) == "True True"


def stock_version_of_the_lock() -> str:
    lock = (ROOT / "requirements" / "localstack.txt").read_text()
    (line,) = [line for line in lock.splitlines() if line.startswith("localstack-core==")]
    return line.removeprefix("localstack-core==").removesuffix(" \\")


def _runs(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return "Z" not in _state(pid)


def _state(pid: int) -> str:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except FileNotFoundError:
        return "Z"


def _listening_addresses(pid: int) -> list[str]:
    """The addresses on which the process accepts connections."""
    inodes = set()
    for descriptor in Path(f"/proc/{pid}/fd").iterdir():
        try:
            target = str(descriptor.readlink())
        except FileNotFoundError:
            continue
        if target.startswith("socket:["):
            inodes.add(target.removeprefix("socket:[").removesuffix("]"))
    found = []
    for table in ("tcp", "tcp6", "udp", "udp6"):
        for line in Path(f"/proc/{pid}/net/{table}").read_text().splitlines()[1:]:
            fields = line.split()
            listens = fields[3] == "0A" if table.startswith("tcp") else fields[2].endswith(":0000")
            if fields[9] in inodes and listens:
                found.append(_address(fields[1].partition(":")[0]))
    return found


def _address(hexadecimal: str) -> str:
    if len(hexadecimal) > 8:
        return hexadecimal
    return socket.inet_ntoa(bytes.fromhex(hexadecimal)[::-1])
