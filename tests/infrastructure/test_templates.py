"""The whole templates, in git: a change to the cloud is a diff that a reviewer reads."""

import json
import os
import re
from pathlib import Path

import pytest

from tests.infrastructure.synthesis import STACKS, Assemblies, without_assets

GOLDEN = Path(__file__).parent / "golden"
OF_THIS_MACHINE = re.compile(r'(?<=")(arm64|x86_64)(?=")')


@pytest.mark.parametrize("stack", STACKS)
@pytest.mark.parametrize("stage", ["local", "prod"])
def test_the_template_is_the_reviewed_one(assemblies: Assemblies, stage: str, stack: str) -> None:
    document = assemblies.template(stage, stack).document
    text = without_assets(json.dumps(document, indent=1, sort_keys=True) + "\n")
    if stage == "local":
        text = OF_THIS_MACHINE.sub("<architecture>", text)
    golden = GOLDEN / stage / f"{stack.lower()}.json"
    if os.environ.get("UPDATE_GOLDEN"):
        golden.parent.mkdir(parents=True, exist_ok=True)
        golden.write_text(text)
    assert text == golden.read_text(), "run `make golden` and review the diff"


@pytest.mark.parametrize(
    ("stack", "outputs"),
    [
        ("Platform", {"BusName", "ApiKeysSecret", "ProvidersSecret", "AlarmTopicArn"}),
        (
            "Orders",
            {
                "TableName",
                "CommandsTableName",
                "EventsQueueUrl",
                "EventsDeadLetterQueueUrl",
                "RecoveryQueueUrl",
                "RecoveryDeadLetterQueueUrl",
                "RelayFailuresQueueUrl",
                "RelayFunctionName",
                "ScheduleFunctionName",
                "CompensationArn",
                "RepublishingFunctionName",
            },
        ),
        (
            "Payments",
            {
                "TableName",
                "CommandsTableName",
                "EventsQueueUrl",
                "EventsDeadLetterQueueUrl",
                "CommandsQueueUrl",
                "CommandsDeadLetterQueueUrl",
                "RelayFailuresQueueUrl",
                "RelayFunctionName",
                "RepublishingFunctionName",
                "WebhookUrl",
                "WebhooksFunctionName",
                "FetchingFunctionName",
                "ReportsQueueUrl",
                "ReportsDeadLetterQueueUrl",
                "SettlementReportsBucketName",
            },
        ),
        (
            "Accounting",
            {
                "TableName",
                "CommandsTableName",
                "EventsQueueUrl",
                "EventsDeadLetterQueueUrl",
                "RelayFailuresQueueUrl",
                "RelayFunctionName",
                "RepublishingFunctionName",
                "ProofFunctionName",
                "ReconcileDeadLetterQueueUrl",
                "ReconcileQueueUrl",
                "VaultBucketName",
            },
        ),
        ("Edge", {"RestApiId", "StageName", "ApiUrl"}),
    ],
)
def test_the_stack_tells_what_tools_read(
    assemblies: Assemblies, stack: str, outputs: set[str]
) -> None:
    found = assemblies.template("local", stack).document["Outputs"]
    assert {name for name, output in found.items() if "Export" not in output} == outputs


def test_only_the_http_functions_are_exported(assemblies: Assemblies) -> None:
    exported = [
        output["Value"]["Fn::GetAtt"]
        for _, template in assemblies.templates("prod")
        for output in template.document.get("Outputs", {}).values()
        if "Export" in output
    ]
    assert sorted(name.rstrip("0123456789ABCDEF") for name, _ in exported) == [
        *["Http"] * 3,
        *["OperationsHttp"] * 3,
    ]
    assert {attribute for _, attribute in exported} == {"Arn"}
