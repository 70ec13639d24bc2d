"""Starting and stopping a cloud leaves nothing behind, and what was saved starts again."""

import os
import signal
import socket
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest
import urllib3
from botocore.exceptions import HTTPClientError

from apphost import local_cloud, process_table
from apphost.cloud import embedded
from apphost.local_cloud import Cloud, CloudError
from tests.cloud import Account, open_account
from tests.conformance.functions import Journal, deploy, invoke
from tests.conformance.resources import make_queue, make_table, map_source, put, receive
from tests.conformance.stock import stock_cloud
from tests.conformance.waiting import eventually

SLEEPS = "def handler(event, context):\n    record(os.getpid())\n    time.sleep(60)\n"
pytestmark = pytest.mark.embedded

RECORDS = """
def handler(event, context):
    for r in event["Records"]:
        record(r["body"] if "body" in r else r["dynamodb"]["Keys"]["pk"]["S"])
"""


@pytest.fixture
def cloud(tmp_path: Path) -> Iterator[Cloud]:
    started = embedded.start(state_dir=tmp_path / "cloud")
    yield started
    embedded.stop(started.pid)


def _is_alive(pid: int) -> bool:
    return any(process.pid == pid for process in process_table.running())


@contextmanager
def _busy_worker(cloud: Cloud, journal: Journal) -> Iterator[int]:
    """The process id of a function that sleeps for a minute."""
    account = open_account(cloud.url)
    deploy(account, SLEEPS, journal=journal, timeout_seconds=90)
    with ThreadPoolExecutor(1) as caller:
        running = caller.submit(invoke, account)
        yield eventually(journal.entries)[0]
        with pytest.raises(HTTPClientError):
            running.result(timeout=10)


def test_a_started_cloud_answers_on_its_own_port_and_is_gone_after_stop(tmp_path: Path) -> None:
    cloud = embedded.start(state_dir=tmp_path)
    embedded.wait_ready(cloud, timeout_seconds=5)
    assert embedded.is_running(cloud.pid)
    assert embedded.lambda_workers(cloud) == []
    assert "Ready" in (tmp_path / "cloud.log").read_text()
    embedded.stop(cloud.pid)
    assert not embedded.is_running(cloud.pid)
    assert not _is_alive(cloud.pid)
    embedded.stop(cloud.pid)


def test_it_listens_on_the_loopback_address_only(cloud: Cloud) -> None:
    port = int(cloud.url.rpartition(":")[2])
    sockets = Path(f"/proc/{cloud.pid}/net/tcp").read_text().split("\n")[1:]
    listening = {line.split()[1] for line in sockets if line and line.split()[3] == "0A"}
    assert {a for a in listening if a.endswith(f":{port:04X}")} == {f"0100007F:{port:04X}"}


def test_two_clouds_run_side_by_side(cloud: Cloud, tmp_path: Path) -> None:
    other = embedded.start(state_dir=tmp_path / "other")
    try:
        make_queue(open_account(cloud.url, "111111111111"), "mine")
        queues = open_account(other.url, "111111111111").client("sqs").list_queues()
        assert queues.get("QueueUrls", []) == []
    finally:
        embedded.stop(other.pid)


def test_a_busy_lambda_process_ends_with_its_cloud(cloud: Cloud, journal: Journal) -> None:
    with _busy_worker(cloud, journal) as worker:
        embedded.stop(cloud.pid, timeout_seconds=3)
        assert not _is_alive(worker)


def test_stop_ends_the_lambda_processes_of_a_cloud_that_was_killed(
    cloud: Cloud, journal: Journal
) -> None:
    with _busy_worker(cloud, journal) as worker:
        os.kill(cloud.pid, signal.SIGKILL)
        embedded.stop(cloud.pid)
        assert not _is_alive(worker)


def test_a_cloud_that_does_not_listen_to_reason_is_stopped_by_force(
    cloud: Cloud,
) -> None:
    os.kill(cloud.pid, signal.SIGSTOP)
    start = time.monotonic()
    embedded.stop(cloud.pid, timeout_seconds=1)
    assert time.monotonic() - start < 5
    assert not _is_alive(cloud.pid)


def test_stop_leaves_a_process_alone_that_is_no_cloud() -> None:
    embedded.stop(os.getpid())
    assert not embedded.is_running(os.getpid())


def test_a_cloud_that_ended_is_not_ready(cloud: Cloud) -> None:
    embedded.stop(cloud.pid)
    with pytest.raises(CloudError, match="not ready"):
        embedded.wait_ready(cloud, timeout_seconds=5)


def test_a_missing_environment_says_what_to_do(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    missing = replace(embedded.KIND, python=tmp_path / "python")
    monkeypatch.setattr(embedded, "KIND", missing)
    with pytest.raises(CloudError, match="run `make setup`"):
        embedded.start(state_dir=tmp_path)


@pytest.fixture
def taken_port() -> Iterator[int]:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        yield taken.getsockname()[1]


def test_a_port_that_was_asked_for_and_is_taken_is_an_error(
    tmp_path: Path, taken_port: int
) -> None:
    with pytest.raises(CloudError, match="already in use"):
        embedded.start(state_dir=tmp_path, port=taken_port)


def test_a_port_that_was_taken_meanwhile_is_replaced(
    tmp_path: Path, taken_port: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    ports = iter([taken_port, local_cloud.free_port()])
    monkeypatch.setattr(local_cloud, "free_port", lambda: next(ports))
    cloud = embedded.start(state_dir=tmp_path)
    embedded.wait_ready(cloud, timeout_seconds=5)
    embedded.stop(cloud.pid)
    assert not cloud.url.endswith(f":{taken_port}")


def _map_table_and_inbox(account: Account, journal: Journal) -> None:
    """A function that records what comes from either; the first row of the table has come."""
    deploy(account, RECORDS, journal=journal)
    _, inbox_arn = make_queue(account, "inbox")
    map_source(account, inbox_arn)
    mapping_id = map_source(account, make_table(account), StartingPosition="TRIM_HORIZON")
    put(account, "before")

    def result() -> str:
        found = account.client("lambda").get_event_source_mapping(UUID=mapping_id)
        said: str = found["LastProcessingResult"]
        return said

    assert eventually(lambda: result().startswith("OK"))
    assert journal.entries() == ["before"]


def _send(account: Account, queue: str, body: str) -> None:
    sqs = account.client("sqs")
    sqs.send_message(QueueUrl=sqs.get_queue_url(QueueName=queue)["QueueUrl"], MessageBody=body)


def test_a_cloud_started_from_a_snapshot_goes_on_where_the_other_stopped(
    cloud: Cloud, tmp_path: Path, journal: Journal
) -> None:
    account = open_account(cloud.url)
    _map_table_and_inbox(account, journal)
    make_queue(account, "left")
    _send(account, "left", "waiting")
    account.client("secretsmanager").create_secret(Name="keys", SecretString="kept")
    made = account.client("lambda").create_function_url_config(FunctionName="fn", AuthType="NONE")
    url_id = made["FunctionUrl"].split("//")[1].split(".")[0]
    embedded.stop_to_snapshot(cloud, tmp_path / "snapshot")
    again = embedded.start(state_dir=tmp_path / "again", from_snapshot=tmp_path / "snapshot")
    try:
        account = open_account(again.url, account.account_id)
        put(account, "after")
        assert eventually(lambda: journal.entries() == ["before", "after"])
        _send(account, "inbox", "message")
        assert eventually(lambda: journal.entries() == ["before", "after", "message"])
        left = account.client("sqs").get_queue_url(QueueName="left")["QueueUrl"]
        assert [message["Body"] for message in receive(account, left)] == ["waiting"]
        secret = account.client("secretsmanager").get_secret_value(SecretId="keys")
        assert secret["SecretString"] == "kept"
        answer = urllib3.request("GET", f"{again.url}/_aws/lambda-url/{url_id}/")
        assert answer.status == 502
    finally:
        embedded.stop(again.pid)


@pytest.mark.stock
def test_stock_loses_what_is_written_first_after_a_restart(
    tmp_path: Path, journal: Journal
) -> None:
    kept = {"PERSIST_STATE": "1", "STATE_DIR": str(tmp_path / "state")}
    with stock_cloud(tmp_path, **kept) as url:
        account = open_account(url)
        _map_table_and_inbox(account, journal)
    with stock_cloud(tmp_path, **kept) as url:
        account = open_account(url, account.account_id)
        _send(account, "inbox", "message")
        put(account, "after")
        put(account, "later")
        assert eventually(lambda: "later" in journal.entries())
        assert journal.entries() == ["before", "later"]
