"""What is packed: the locked dependencies and one service, the same bytes each time."""

import json
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from infra import layer_build
from infra.constructs.code import FUNCTIONS, SHARED
from infra.stages import ARM, LOCAL
from tests.infrastructure.synthesis import SERVICES, Assemblies

UNCHECKED_HASH = 0b01
IMPORT_SECONDS_MAX = 60


@pytest.fixture
def packages(tmp_path: Path) -> Path:
    """Copies of the packages, to change."""
    for package in (FUNCTIONS / "orders", FUNCTIONS / "payments", SHARED):
        shutil.copytree(package, tmp_path / package.name)
    return tmp_path


def change(package: Path) -> None:
    with (package / "__init__.py").open("a") as file:
        file.write("\n# changed\n")


def test_a_change_in_orders_leaves_payments_as_it_was(packages: Path) -> None:
    orders, payments, shared = (packages / name for name in ("orders", "payments", "shared"))

    def digests() -> dict[str, str]:
        return {
            "orders": layer_build.sources_zip(orders)[1],
            "payments": layer_build.sources_zip(payments)[1],
            "flat orders": layer_build.flat_zip([orders, shared], LOCAL.wheels)[1],
            "flat payments": layer_build.flat_zip([payments, shared], LOCAL.wheels)[1],
        }

    before = digests()
    change(orders)
    after = digests()
    assert {name for name in before if before[name] != after[name]} == {"orders", "flat orders"}


def test_a_change_in_shared_code_changes_the_layer_and_not_the_services(packages: Path) -> None:
    before = layer_build.shared_layer(packages / "shared")[1]
    payments = layer_build.sources_zip(packages / "payments")[1]
    change(packages / "shared")
    assert layer_build.shared_layer(packages / "shared")[1] != before
    assert layer_build.sources_zip(packages / "payments")[1] == payments


def test_byte_code_left_by_a_run_changes_nothing(packages: Path) -> None:
    before = layer_build.sources_zip(packages / "payments")
    cache = packages / "payments" / "__pycache__"
    cache.mkdir(exist_ok=True)
    (cache / "left.cpython-313.pyc").write_bytes(b"left")
    assert layer_build.sources_zip(packages / "payments") == before


def test_functions_are_deployed_from_what_was_built(assemblies: Assemblies) -> None:
    deployed = {path.read_bytes() for path in assemblies.stage("prod").glob("asset.*.zip")}
    services = (layer_build.sources_zip(FUNCTIONS / s.lower()) for s in SERVICES)
    shared = (layer_build.sources_zip(SHARED), layer_build.shared_layer(SHARED))
    built = (*services, *shared, layer_build.dependencies_layer(ARM))
    assert deployed == {path.read_bytes() for path, _ in built}


def test_a_stage_without_layers_has_everything_in_its_functions(assemblies: Assemblies) -> None:
    for service in SERVICES:
        local = assemblies.template("local", service)
        assert not local.resources("AWS::Lambda::LayerVersion")
        http = local.function(f"{service.lower()}.api.http.handler")
        with zipfile.ZipFile(assemblies.asset("local", http["Code"])) as archive:
            packed = {name.split("/")[0] for name in archive.namelist()}
        assert {service.lower(), "shared", "boto3", "pydantic"} <= packed
        assert not {other.lower() for other in SERVICES if other != service} & packed


def test_a_service_is_packed_without_its_neighbours() -> None:
    path, _ = layer_build.sources_zip(FUNCTIONS / "orders")
    assert {name.split("/")[0] for name in zipfile.ZipFile(path).namelist()} == {"orders"}


def test_the_dependencies_are_the_same_bytes_each_time(tmp_path: Path) -> None:
    kept, _ = layer_build.dependencies_layer(ARM)
    layer_build.install(tmp_path / "again", ARM)
    layer_build.write_zip(tmp_path / "again.zip", tmp_path / "again", "python/")
    assert (tmp_path / "again.zip").read_bytes() == kept.read_bytes()


def test_the_layer_holds_valid_byte_code_for_every_module() -> None:
    path, _ = layer_build.dependencies_layer(ARM)
    with zipfile.ZipFile(path) as archive:
        names = set(archive.namelist())
        for name in names:
            folder, _, file = name.rpartition("/")
            if file.endswith(".py"):
                compiled = f"{folder}/__pycache__/{file.removesuffix('.py')}.cpython-313.pyc"
                assert archive.read(compiled)[4] == UNCHECKED_HASH, name
    assert all(name.startswith("python/") for name in names)
    assert any(name.endswith("cpython-313-aarch64-linux-gnu.so") for name in names)


def test_the_layer_describes_the_aws_services_in_use_and_no_other() -> None:
    path, _ = layer_build.dependencies_layer(ARM)
    data = "python/botocore/data/"
    with zipfile.ZipFile(path) as archive:
        described = {
            name.removeprefix(data).split("/")[0]
            for name in archive.namelist()
            if name.startswith(data) and name.count("/") > data.count("/")
        }
        endpoints = json.loads(archive.read(data + "endpoints.json"))
    assert described == {
        "dynamodb",
        "events",
        "kms",
        "s3",
        "secretsmanager",
        "sqs",
        "stepfunctions",
        "sts",
    }
    assert "dynamodb" in endpoints["partitions"][0]["services"]
    assert "ec2" not in endpoints["partitions"][0]["services"]


@pytest.mark.parametrize(
    ("service", "handlers"),
    [
        ("orders", ["http", "events", "relay", "schedule"]),
        ("payments", ["http", "commands", "events", "webhooks", "relay", "schedule"]),
        ("accounting", ["http", "events", "relay", "schedule"]),
    ],
)
def test_every_handler_is_there_and_imports_from_its_zip_alone(
    tmp_path: Path, service: str, handlers: list[str]
) -> None:
    path, _ = layer_build.flat_zip([FUNCTIONS / service, SHARED], LOCAL.wheels)
    zipfile.ZipFile(path).extractall(tmp_path)
    modules = [f"{service}.api.{name}" for name in handlers]
    program = "\n".join(
        [
            "import importlib, sys",
            f"sys.path.insert(0, {str(tmp_path)!r})",
            f"for name in {modules!r}: assert callable(importlib.import_module(name).handler)",
            "import boto3, botocore",
            f"assert botocore.__file__.startswith({str(tmp_path)!r})",
            f"for name in {sorted(layer_build.AWS_SERVICES)!r}:",
            "    boto3.client(name, region_name='eu-central-1')",
        ]
    )
    isolated = [sys.executable, "-I", "-S", "-B", "-c", program]
    subprocess.run(isolated, check=True, timeout=IMPORT_SECONDS_MAX, cwd=tmp_path)
