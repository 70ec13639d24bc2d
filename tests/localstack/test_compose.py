"""The compose file says what it must, in words that Compose and LocalStack know."""

import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from apphost.local_cloud import ROOT

FILE = ROOT / "docker" / "compose.yaml"
SERVICES = ("localstack", "localstack-current")

# The elements of the Compose Specification that are used here.
TOP_LEVEL = {"name", "services", "x-environment", "x-localstack"}
OF_A_SERVICE = {
    "container_name", "environment", "healthcheck", "image", "ports", "profiles", "volumes",
}  # fmt: skip
OF_A_HEALTHCHECK = {"interval", "retries", "start_period", "test", "timeout"}
DURATION = re.compile(r"\d+(us|ms|s|m|h)")

# What LocalStack's pages "Configuration" and "Auth Token" describe (docs.localstack.cloud); the one
# on CloudFormation is described beside its definition, in localstack/config.py.
VARIABLES = {
    "CFN_IGNORE_UNSUPPORTED_RESOURCE_TYPES",
    "LAMBDA_DOCKER_FLAGS",
    "LAMBDA_RUNTIME_ENVIRONMENT_TIMEOUT",
    "LOCALSTACK_AUTH_TOKEN",
    "LOCALSTACK_HOST",
    "SQS_ENDPOINT_STRATEGY",
}
OF_PYTHON = {"PYTHONPATH"}


@pytest.fixture(scope="module")
def compose() -> dict[str, Any]:
    found: dict[str, Any] = yaml.safe_load(FILE.read_text())
    return found


@pytest.fixture(params=SERVICES)
def service(request: pytest.FixtureRequest, compose: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = compose["services"][request.param]
    return found


def test_it_is_made_of_elements_that_compose_knows(
    compose: dict[str, Any], service: dict[str, Any]
) -> None:
    assert set(compose) == TOP_LEVEL
    assert tuple(compose["services"]) == SERVICES
    assert set(service) <= OF_A_SERVICE
    assert set(service["healthcheck"]) == OF_A_HEALTHCHECK


def test_the_community_image_is_the_pinned_one_and_starts_by_itself(
    compose: dict[str, Any],
) -> None:
    community = compose["services"]["localstack"]
    assert community["image"] == "localstack/localstack:4.14.0"
    assert "profiles" not in community
    assert "LOCALSTACK_AUTH_TOKEN" not in community["environment"]
    assert "localstack-core==4.14.0 " in (ROOT / "requirements" / "localstack.txt").read_text()


def test_the_current_image_is_opt_in_and_gets_the_users_token(compose: dict[str, Any]) -> None:
    current = compose["services"]["localstack-current"]
    assert current["image"] == "localstack/localstack:latest"
    assert current["profiles"] == ["current"]
    assert current["environment"]["LOCALSTACK_AUTH_TOKEN"] == "${LOCALSTACK_AUTH_TOKEN:-}"


def test_one_port_is_published_on_the_loopback(service: dict[str, Any]) -> None:
    assert service["ports"] == ["127.0.0.1:${LOCALSTACK_PORT:-4566}:4566"]


def test_every_variable_is_one_that_localstack_describes(service: dict[str, Any]) -> None:
    assert set(service["environment"]) <= VARIABLES | OF_PYTHON
    assert all(isinstance(value, str) for value in service["environment"].values())
    assert service["environment"]["CFN_IGNORE_UNSUPPORTED_RESOURCE_TYPES"] == "1"


def test_health_is_asked_where_localstack_tells_it(service: dict[str, Any]) -> None:
    check = service["healthcheck"]
    assert check["test"] == [
        "CMD", "curl", "--fail", "--silent", "http://127.0.0.1:4566/_localstack/health",
    ]  # fmt: skip
    assert all(DURATION.fullmatch(check[word]) for word in ("interval", "timeout", "start_period"))
    assert isinstance(check["retries"], int)


def test_the_docker_engine_and_our_plugin_are_mounted(service: dict[str, Any]) -> None:
    engine, plugin = service["volumes"]
    assert engine == "/var/run/docker.sock:/var/run/docker.sock"
    source, target, mode = plugin.split(":")
    assert (FILE.parent / source).resolve() == ROOT / "apphost" / "localstack"
    assert mode == "ro"
    roots = [Path(root) for root in service["environment"]["PYTHONPATH"].split(":")]
    assert roots == [Path(target).parents[1], Path(target) / "metadata"]


def test_nothing_in_it_waits_for_a_variable_that_may_be_missing() -> None:
    used = re.findall(r"\$\{[^}]*\}", FILE.read_text())
    assert used
    assert all(":-" in variable for variable in used)
