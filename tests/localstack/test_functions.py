"""Functions run as processes of AWS's own runtime, and fail as they fail on AWS."""

import base64
import json
import os
import signal

import pytest
import urllib3

from tests.cloud import Account
from tests.conformance.functions import Journal, deploy, invoke
from tests.conformance.waiting import eventually

WORKERS = "/_embedded/workers"


def _workers(account: Account) -> list[dict[str, object]]:
    told: list[dict[str, object]] = urllib3.request("GET", account.url + WORKERS).json()["workers"]
    return told


def test_a_function_keeps_its_process_and_its_module_between_invocations(
    account: Account,
) -> None:
    deploy(
        account,
        "calls = []\n\ndef handler(event, context):\n    calls.append(event)\n"
        "    return [os.getpid(), calls]\n",
    )
    first, second = invoke(account, 1).payload, invoke(account, 2).payload
    assert first[1] == [1]
    assert second == [first[0], [1, 2]]


def test_the_runtime_is_awss_own(account: Account) -> None:
    deploy(
        account,
        "import sys\n\ndef handler(event, context):\n"
        "    return [type(context).__module__, sorted(sys.modules)]\n",
    )
    context_module, modules = invoke(account).payload
    assert context_module == "awslambdaric.lambda_context"
    assert not any(name.startswith("localstack") for name in modules)


@pytest.mark.parametrize("package", ["boto3", "botocore", "urllib3"])
def test_a_function_finds_what_awss_runtime_brings(account: Account, package: str) -> None:
    deploy(account, f"import {package}\n\ndef handler(event, context): return 'found'\n")
    assert invoke(account).payload == "found"


@pytest.mark.parametrize("package", ["requests", "pydantic", "moto", "localstack", "apphost"])
def test_a_function_does_not_find_what_only_localstack_has(account: Account, package: str) -> None:
    deploy(account, f"import {package}\n\ndef handler(event, context): return 'found'\n")
    answer = invoke(account)
    assert answer.error
    assert answer.payload["errorType"] == "Runtime.ImportModuleError"
    assert f"No module named '{package}'" in answer.payload["errorMessage"]


def test_a_function_gets_its_settings_and_none_of_localstacks(account: Account) -> None:
    deploy(account, "def handler(event, context): return dict(os.environ)\n")
    seen = invoke(account).payload
    assert seen["AWS_ENDPOINT_URL"] == account.url
    assert seen["AWS_LAMBDA_FUNCTION_NAME"] == "fn"
    assert seen["TZ"] == "UTC"
    assert not {"GATEWAY_LISTEN", "PROVIDER_OVERRIDE_DYNAMODB", "XDG_CACHE_HOME"} & set(seen)


def test_everything_that_a_function_prints_is_in_its_log(account: Account) -> None:
    deploy(
        account,
        "def handler(event, context):\n    for n in range(event):\n        print(n, 'x' * 1000)\n"
        "    print('last')\n",
    )
    answer = account.client("lambda").invoke(FunctionName="fn", Payload="2000", LogType="Tail")
    log = base64.b64decode(answer["LogResult"]).decode()
    assert "last\nEND RequestId" in log


def test_an_invocation_that_takes_too_long_ends_its_process(account: Account) -> None:
    deploy(
        account,
        "import time\n\ndef handler(event, context):\n    time.sleep(event)\n"
        "    return os.getpid()\n",
        timeout_seconds=1,
    )
    before = invoke(account, 0).payload
    late = invoke(account, 20)
    assert late.error
    assert late.payload["errorType"] == "Sandbox.Timedout"
    assert late.payload["errorMessage"].endswith("Error: Task timed out after 1.00 seconds")
    after = invoke(account, 0).payload
    assert isinstance(after, int)
    assert after != before


def test_a_process_that_was_killed_while_idle_is_replaced(
    account: Account, journal: Journal
) -> None:
    deploy(
        account,
        "def handler(event, context):\n    record(os.getpid())\n    return 'done'\n",
        journal=journal,
    )
    invoke(account)
    (pid,) = journal.entries()
    os.kill(pid, signal.SIGKILL)
    assert eventually(lambda: pid not in [worker["pid"] for worker in _workers(account)])
    assert invoke(account).payload == "done"
    assert journal.entries()[1] != pid


def test_a_process_that_ends_itself_fails_the_invocation(account: Account) -> None:
    deploy(
        account,
        "def handler(event, context):\n    if event: os._exit(3)\n    return 'done'\n",
    )
    ended = invoke(account, 1)
    assert ended.error
    assert ended.payload["errorType"] == "Runtime.ExitError"
    assert ended.payload["errorMessage"].endswith("Runtime exited with error: exit status 3")
    assert invoke(account).payload == "done"


def test_the_processes_that_run_are_told(account: Account) -> None:
    name = f"told-{account.account_id}"
    deploy(account, "def handler(event, context): return os.getpid()\n", name=name)
    pid = invoke(account, name=name).payload

    def of_this_function() -> list[dict[str, object]]:
        return [worker for worker in _workers(account) if worker["function"] == name]

    assert of_this_function() == [{"pid": pid, "function": name, "busy": False}]
    account.client("lambda").delete_function(FunctionName=name)
    assert eventually(lambda: of_this_function() == [])


def test_a_payload_arrives_whole(account: Account) -> None:
    deploy(account, "def handler(event, context): return event\n")
    payload = {"amount": 9007199254740993, "name": "Zoë \U0001f9fe", "filling": "x" * 2_000_000}
    answer = account.client("lambda").invoke(FunctionName="fn", Payload=json.dumps(payload))
    assert json.loads(answer["Payload"].read()) == payload
