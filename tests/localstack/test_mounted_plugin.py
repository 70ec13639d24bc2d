"""The plugin does its part in a LocalStack that was started without our launcher, as in Docker."""

import os
import signal
import socket
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
import urllib3
import yaml

from apphost.local_cloud import ROOT
from apphost.localstack.localstack import PYTHON
from tests.cloud import Account, open_account
from tests.conformance.stacks import deploy_stack
from tests.conformance.waiting import eventually

START_SECONDS = 90
# LocalStack's own start, but for the network it opens its port on.
PROGRAM = """
from apphost.localstack.plugin import listening
listening.mend()
from localstack.runtime.main import main
main()
"""
MOUNTED_AT = "/opt/quittance"


def _compose_variables(mounted_at: Path) -> dict[str, str]:
    compose = yaml.safe_load((ROOT / "docker" / "compose.yaml").read_text())
    variables: dict[str, str] = compose["services"]["localstack"]["environment"]
    return {
        name: value.replace(MOUNTED_AT, str(mounted_at))
        for name, value in variables.items()
        if name != "LOCALSTACK_HOST"
    }


@pytest.fixture(scope="module")
def mounted(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Account]:
    """An account of a LocalStack with the variables and the mount of the compose file."""
    state, root = tmp_path_factory.mktemp("state"), tmp_path_factory.mktemp("mount")
    (root / "apphost").mkdir()
    (root / "apphost" / "localstack").symlink_to(ROOT / "apphost" / "localstack")
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        address = f"127.0.0.1:{probe.getsockname()[1]}"
    variables = {
        "PATH": os.environ["PATH"],
        "HOME": str(state),
        "TMPDIR": str(state),
        "FILESYSTEM_ROOT": str(state / "filesystem"),
        "GATEWAY_LISTEN": address,
        "DNS_ADDRESS": "0",
        "DISABLE_EVENTS": "1",
        "SKIP_SSL_CERT_DOWNLOAD": "1",
        "OVERRIDE_IN_DOCKER": "0",
        "DOCKER_HOST": "unix:///nowhere",
        **_compose_variables(root),
    }
    log = state / "localstack.log"
    with log.open("wb") as output:
        process = subprocess.Popen(
            [PYTHON, "-c", PROGRAM],
            cwd=state,
            env=variables,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    try:
        url = f"http://{address}"
        assert eventually(lambda: _healthy(url), timeout_seconds=START_SECONDS), log.read_text()
        yield open_account(url)
    finally:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait(timeout=10)


def _healthy(url: str) -> bool:
    try:
        found = urllib3.request("GET", f"{url}/_localstack/health", timeout=2, retries=False)
    except urllib3.exceptions.HTTPError:
        return False
    return found.status == 200


def test_an_authorizer_of_a_template_is_made(mounted: Account) -> None:
    uri = "arn:aws:apigateway:us-east-1:lambda:path/2015-03-31/functions/f/invocations"
    authorizer = {
        "RestApiId": {"Ref": "Api"},
        "Name": "keys",
        "Type": "REQUEST",
        "AuthorizerUri": uri,
        "IdentitySource": "method.request.header.Authorization",
    }
    resources = {
        "Api": {"Type": "AWS::ApiGateway::RestApi", "Properties": {"Name": "quittance"}},
        "Authorizer": {"Type": "AWS::ApiGateway::Authorizer", "Properties": authorizer},
    }
    api = deploy_stack(mounted, resources, Api={"Ref": "Api"})["Api"]
    made = mounted.client("apigateway").get_authorizers(restApiId=api)["items"]
    assert [each["name"] for each in made] == ["keys"]


def test_a_function_url_is_looked_for_by_its_path(mounted: Account) -> None:
    mounted.client("lambda").list_functions()
    answer = urllib3.request("POST", f"{mounted.url}/_aws/lambda-url/nobody/webhooks", body=b"{}")
    assert answer.status == 403
    assert answer.json() == {"Message": None}


def test_a_refusal_of_the_gateway_is_told_as_its_api_says(mounted: Account) -> None:
    gateway = mounted.client("apigateway")
    api = gateway.create_rest_api(name="words")["id"]
    root = gateway.get_resources(restApiId=api)["items"][0]["id"]
    method = {"restApiId": api, "resourceId": root, "httpMethod": "GET"}
    gateway.put_method(**method, authorizationType="NONE")
    gateway.put_integration(**method, type="MOCK")
    gateway.put_gateway_response(
        restApiId=api,
        responseType="MISSING_AUTHENTICATION_TOKEN",
        statusCode="404",
        responseTemplates={"application/json": '{"code": "not_found"}'},
    )
    gateway.create_deployment(restApiId=api, stageName="v1")
    answer = urllib3.request("GET", f"{mounted.url}/_aws/execute-api/{api}/v1/nowhere")
    assert answer.status == 404
    assert answer.json() == {"code": "not_found"}
