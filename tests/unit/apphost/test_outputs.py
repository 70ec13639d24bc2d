"""The outputs file says everything a caller needs, to its owner alone."""

import json
import stat
from pathlib import Path

import pytest

from apphost.outputs import (
    FUNCTIONS,
    QUEUES,
    TABLES,
    Deployed,
    NotDeployed,
    Outputs,
    read,
    read_deployed,
    write,
)

OUTPUTS = Outputs(
    target="embedded",
    aws_endpoint_url="http://127.0.0.1:4566",
    region="us-east-1",
    api_url="http://127.0.0.1:4566/restapis/abc/v1/_user_request_",
    webhook_url="http://127.0.0.1:4566/_aws/lambda-url/xyz",
    sandbox_url="http://127.0.0.1:9000",
    console_url=None,
    api_keys={"client": "qk_c", "operator": "qk_o", "supervisor": "qk_s", "auditor": "qk_a"},
    tables={"orders": "t"},
    bus="quittance-local",
    state_machines={},
    queues={"orders_events": "http://q"},
    buckets={},
    functions={"orders_relay": "f"},
)


def test_the_file_holds_what_was_promised(tmp_path: Path) -> None:
    path = tmp_path / "state" / "outputs.json"
    write(OUTPUTS, path)
    assert {
        "target",
        "aws_endpoint_url",
        "region",
        "api_url",
        "webhook_url",
        "sandbox_url",
        "console_url",
        "api_keys",
        "tables",
        "bus",
        "state_machines",
        "queues",
        "buckets",
    } <= set(json.loads(path.read_text()))
    assert read(path) == OUTPUTS


def test_only_its_owner_may_read_the_keys_and_nothing_half_written_is_left(tmp_path: Path) -> None:
    write(OUTPUTS, tmp_path / "outputs.json")
    assert stat.S_IMODE((tmp_path / "outputs.json").stat().st_mode) == 0o600
    assert [path.name for path in tmp_path.iterdir()] == ["outputs.json"]


def test_the_stacks_outputs_are_named_by_service_and_purpose(tmp_path: Path) -> None:
    (tmp_path / "deployed.json").write_text(
        json.dumps(
            {
                "Quittance-local-Orders": {
                    "TableName": "orders-table",
                    "CommandsTableName": "orders-commands",
                    "EventsQueueUrl": "http://orders-events",
                    "RelayFunctionName": "orders-relay",
                },
                "Quittance-local-Payments": {"CommandsQueueUrl": "http://commands"},
                "Quittance-local-Platform": {"BusName": "quittance-local"},
            }
        )
    )
    deployed = read_deployed(tmp_path / "deployed.json")
    assert deployed.named(TABLES) == {
        "orders": "orders-table",
        "orders_commands": "orders-commands",
    }
    assert deployed.named(QUEUES) == {
        "orders_events": "http://orders-events",
        "payments_commands": "http://commands",
    }
    assert deployed.named(FUNCTIONS) == {"orders_relay": "orders-relay"}
    assert deployed.output("Platform", "BusName") == "quittance-local"


def test_a_missing_output_is_named() -> None:
    with pytest.raises(NotDeployed, match="stack Edge has no output RestApiId"):
        Deployed({}).output("Edge", "RestApiId")
