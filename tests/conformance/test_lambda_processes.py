"""How Lambda processes start, what they see, how many there are, and how they die."""

import os
import signal
import time
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path

import pytest

from apphost.capabilities import Capability
from apphost.cloud import embedded
from tests.cloud import Account, open_account, workers_of
from tests.conformance.functions import Answer, Journal, deploy, invoke, package
from tests.conformance.waiting import eventually

SLOW = "def handler(event, context):\n    time.sleep(0.3)\n    return os.getpid()\n"
STUCK = (
    "def handler(event, context):\n"
    "    record(os.getpid())\n"
    "    time.sleep(event)\n"
    "    return os.getpid()\n"
)
SHADOWED = (
    "import which\nimport only_in_layer\n"
    "def handler(event, context):\n    return [which.PLACE, only_in_layer.PLACE]\n"
)


def _deploy_with_layer(account: Account) -> None:
    layer = account.client("lambda").publish_layer_version(
        LayerName="shared",
        Content={
            "ZipFile": package(
                {
                    "python/which.py": "PLACE = 'layer'\n",
                    "python/only_in_layer.py": "PLACE = 'layer'\n",
                }
            )
        },
    )
    deploy(
        account,
        SHADOWED,
        Code={"ZipFile": package({"app.py": SHADOWED, "which.py": "PLACE = 'code'\n"})},
        Layers=[layer["LayerVersionArn"]],
    )


@pytest.mark.needs(Capability.LAYERS)
def test_the_code_of_a_function_comes_before_its_layers(account: Account) -> None:
    _deploy_with_layer(account)
    assert invoke(account).payload == ["code", "layer"]


@pytest.mark.stock
def test_stock_puts_layers_before_the_code(stock_account: Account) -> None:
    _deploy_with_layer(stock_account)
    assert invoke(stock_account).payload == ["layer", "layer"]


ENVIRONMENT = "def handler(event, context): return dict(os.environ)\n"


def test_a_function_sees_its_own_environment_only(account: Account) -> None:
    deploy(account, ENVIRONMENT)
    seen = invoke(account).payload
    assert seen["AWS_LAMBDA_FUNCTION_NAME"] == "fn"
    assert seen["AWS_REGION"] == "us-east-1"
    assert seen["AWS_ENDPOINT_URL"].rpartition(":")[2] == account.url.rpartition(":")[2]
    assert not [name for name in seen if "GATEWAY" in name or "PERSIST" in name]


def test_a_functions_credentials_are_of_its_own_account(account: Account) -> None:
    deploy(
        account,
        "import boto3\n"
        "def handler(event, context):\n"
        "    return boto3.client('sts').get_caller_identity()['Account']\n",
    )
    assert invoke(account).payload == account.account_id


@pytest.mark.stock
def test_stock_hands_its_own_environment_on(stock_account: Account) -> None:
    deploy(stock_account, ENVIRONMENT)
    assert "GATEWAY_PORT" in invoke(stock_account).payload


def _quickest_milliseconds(account: Account) -> float:
    """Of twenty warm invocations."""
    deploy(account, "def handler(event, context): return event\n")
    invoke(account)
    taken = []
    for _ in range(20):
        start = time.perf_counter()
        invoke(account)
        taken.append((time.perf_counter() - start) * 1000)
    return min(taken)


@pytest.mark.embedded
def test_a_warm_invocation_does_not_wait_for_log_lines(account: Account) -> None:
    assert _quickest_milliseconds(account) < 50


@pytest.mark.stock
def test_stock_waits_fifty_milliseconds_after_each_invocation(stock_account: Account) -> None:
    assert _quickest_milliseconds(stock_account) > 50


def _processes_of_a_burst(account: Account) -> set[int]:
    deploy(account, SLOW)
    with ThreadPoolExecutor(6) as callers:
        return {a.payload for a in callers.map(lambda _: invoke(account), range(6))}


@pytest.mark.embedded
def test_a_burst_runs_in_no_more_than_two_processes(account: Account) -> None:
    assert len(_processes_of_a_burst(account)) == 2


@pytest.mark.stock
def test_stock_starts_a_process_for_each_call_of_a_burst(stock_account: Account) -> None:
    assert len(_processes_of_a_burst(stock_account)) == 6


@pytest.fixture
def narrow_account(tmp_path: Path) -> Iterator[Account]:
    """In a cloud of one process a function, with a short wait for it."""
    limits = {"EMBEDDED_WORKERS_MAX": "1", "EMBEDDED_WORKER_WAIT_SECONDS": "0.3"}
    cloud = embedded.start(state_dir=tmp_path / "narrow", env=limits)
    yield open_account(cloud.url)
    embedded.stop(cloud.pid)


@pytest.mark.embedded
def test_a_call_that_finds_no_free_process_in_time_is_throttled(
    narrow_account: Account, journal: Journal
) -> None:
    deploy(narrow_account, STUCK, journal=journal)
    throttled = narrow_account.client("lambda").exceptions.TooManyRequestsException
    with ThreadPoolExecutor(1) as caller:
        first = caller.submit(invoke, narrow_account, 1)
        assert eventually(journal.entries)
        with pytest.raises(throttled):
            invoke(narrow_account, 0)
        assert first.result(timeout=10).payload > 0


def _kill_in_the_middle(account: Account, journal: Journal) -> Answer:
    """An invocation whose process is killed as by `kill -9` while it runs."""
    deploy(account, STUCK, journal=journal)
    with ThreadPoolExecutor(1) as caller:
        running: Future[Answer] = caller.submit(invoke, account, 30)
        pids = eventually(journal.entries)
        os.kill(pids[0], signal.SIGKILL)
        return running.result(timeout=10)


def test_an_invocation_fails_when_its_process_is_killed_and_the_next_gets_a_new_one(
    account: Account, journal: Journal
) -> None:
    killed = _kill_in_the_middle(account, journal)
    assert killed.error
    assert killed.payload["errorType"] == "Runtime.ExitError"
    assert killed.payload["errorMessage"].endswith("Runtime exited with error: signal: killed")
    assert invoke(account, 0).payload not in {None, journal.entries()[0]}


@pytest.mark.stock
def test_stock_names_a_killed_process_like_any_error(
    stock_account: Account, journal: Journal
) -> None:
    killed = _kill_in_the_middle(stock_account, journal)
    assert killed.payload["errorType"] == "Runtime.HandlerError"


def test_a_process_that_is_killed_while_idle_is_not_noticed(account: Account) -> None:
    deploy(account, "def handler(event, context): return os.getpid()\n")
    first = invoke(account).payload
    os.kill(first, signal.SIGKILL)
    assert eventually(lambda: (first, "fn") not in workers_of(account))
    again = invoke(account)
    assert not again.error
    assert again.payload != first


def test_the_cloud_tells_which_processes_run_which_function(
    account: Account, journal: Journal
) -> None:
    deploy(account, STUCK, name="told-apart", journal=journal)
    with ThreadPoolExecutor(1) as caller:
        running = caller.submit(invoke, account, 1, name="told-apart")
        pids = eventually(journal.entries)
        busy = workers_of(account, busy_only=True)
        assert (pids[0], "told-apart") in busy
        running.result(timeout=10)
    assert (pids[0], "told-apart") in workers_of(account)
