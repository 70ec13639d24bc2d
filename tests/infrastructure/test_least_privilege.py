"""Each function may do what its code does, and nothing else."""

import json
import re
from typing import Any

import pytest

from tests.infrastructure.synthesis import SERVICES, Assemblies, Template, actions, arn_of

OWN_LOG = {"logs:CreateLogStream", "logs:PutLogEvents"}
TRACES = {"xray:PutTraceSegments", "xray:PutTelemetryRecords"}
OF_A_STATE_MACHINE = {"logs", "xray"}
"""Its log deliveries and traces belong to no resource, and it may do both or cannot log."""
QUEUE = {
    "sqs:ChangeMessageVisibility",
    "sqs:DeleteMessage",
    "sqs:GetQueueAttributes",
    "sqs:GetQueueUrl",
    "sqs:ReceiveMessage",
}
COMMANDS = {
    "dynamodb:DeleteItem",
    "dynamodb:GetItem",
    "dynamodb:PutItem",
    "dynamodb:UpdateItem",
}


def main_table(template: Template) -> str:
    (found,) = (
        name
        for name, table in template.resources("AWS::DynamoDB::Table").items()
        if "StreamSpecification" in table
    )
    return found


def on_the_table(template: Template, handler: str) -> set[str]:
    """What the function may do to the rows of its service's main table."""
    table = arn_of(main_table(template))
    return {
        action
        for statement in template.policy_of(handler)
        if statement["Resource"] == table
        for action in actions(statement)
    }


def beside_logs(template: Template, handler: str) -> list[dict[str, Any]]:
    return [
        statement
        for statement in template.policy_of(handler)
        if not set(actions(statement)) <= OWN_LOG | TRACES
    ]


def test_no_policy_has_a_wildcard_but_for_traces(assemblies: Assemblies) -> None:
    for stack, template in assemblies.templates("prod"):
        for name, policy in template.resources("AWS::IAM::Policy").items():
            for statement in policy["PolicyDocument"]["Statement"]:
                assert not [a for a in actions(statement) if "*" in a], (stack, name)
                services = {action.partition(":")[0] for action in actions(statement)}
                if name.startswith(("Undoing", "Splitting")) and services <= OF_A_STATE_MACHINE:
                    continue
                if set(actions(statement)) != TRACES:
                    assert "*" not in str(statement["Resource"]), (stack, name)


def test_no_two_functions_share_a_role(assemblies: Assemblies) -> None:
    for _, template in assemblies.templates("prod"):
        functions = template.resources("AWS::Lambda::Function").values()
        roles = [function["Role"]["Fn::GetAtt"][0] for function in functions]
        assert len(roles) == len(set(roles))


@pytest.mark.parametrize(
    ("stack", "handler", "allowed"),
    [
        ("Orders", "orders.api.http.handler", {"GetItem", "PutItem", "Query"}),
        ("Orders", "orders.api.events.handler", {"GetItem", "PutItem"}),
        ("Orders", "orders.api.relay.handler", {"UpdateItem"}),
        ("Orders", "orders.api.recovery.handler", {"GetItem", "PutItem"}),
        ("Orders", "orders.api.compensation.handler", {"GetItem", "PutItem"}),
        ("Orders", "orders.api.schedule.handler", {"GetItem", "PutItem", "UpdateItem"}),
        ("Payments", "payments.api.http.handler", {"GetItem", "PutItem", "Query"}),
        ("Payments", "payments.api.commands.handler", {"GetItem", "PutItem"}),
        ("Payments", "payments.api.events.handler", {"GetItem", "PutItem"}),
        ("Payments", "payments.api.webhooks.handler", {"PutItem"}),
        ("Payments", "payments.api.relay.handler", {"UpdateItem"}),
        (
            "Payments",
            "payments.api.schedule.handler",
            {"GetItem", "BatchGetItem", "PutItem", "UpdateItem"},
        ),
        (
            "Accounting",
            "accounting.api.http.handler",
            {"GetItem", "BatchGetItem", "PutItem", "Query", "Scan"},
        ),
        ("Accounting", "accounting.api.events.handler", {"GetItem", "PutItem"}),
        ("Accounting", "accounting.api.relay.handler", {"UpdateItem"}),
        ("Accounting", "accounting.api.fold.handler", {"GetItem", "PutItem", "Query"}),
        ("Accounting", "accounting.api.rebuild.handler", {"GetItem", "PutItem", "Query"}),
        (
            "Accounting",
            "accounting.api.proof.handler",
            {"GetItem", "BatchGetItem", "PutItem", "Query", "Scan"},
        ),
        (
            "Accounting",
            "accounting.api.schedule.handler",
            {"GetItem", "PutItem", "Query", "UpdateItem"},
        ),
    ],
)
def test_a_function_touches_its_table_only_as_listed(
    assemblies: Assemblies, stack: str, handler: str, allowed: set[str]
) -> None:
    template = assemblies.template("prod", stack)
    assert on_the_table(template, handler) == {f"dynamodb:{action}" for action in allowed}


def test_an_index_of_payments_is_read_only_by_who_lists_or_asks(assemblies: Assemblies) -> None:
    template = assemblies.template("prod", "Payments")
    reading: dict[str, set[str]] = {}
    for function in template.resources("AWS::Lambda::Function").values():
        for statement in template.policy_of(function["Handler"]):
            if actions(statement) == ["dynamodb:Query"]:
                indexes = set(re.findall(r"/index/(\w+)", json.dumps(statement["Resource"])))
                reading.setdefault(function["Handler"], set()).update(indexes)
    assert {handler: indexes for handler, indexes in reading.items() if indexes} == {
        "payments.api.http.handler": {"by_status", "unresolved"},
        "payments.api.schedule.handler": {"operations", "unprocessed", "unresolved"},
        "payments.api.settlement.handler": {"by_provider"},
        "payments.api.reading.handler": {"by_provider"},
        "shared.operations.http.handler": {"tasks"},
        "shared.operations.republishing.handler": {"tasks"},
    }


def test_whoever_speaks_to_a_provider_knows_its_secret_and_nobody_else(
    assemblies: Assemblies,
) -> None:
    template = assemblies.template("prod", "Payments")
    knowing = {
        function["Handler"].split(".")[2]
        for function in template.resources("AWS::Lambda::Function").values()
        for statement in template.policy_of(function["Handler"])
        if "quittance/prod/providers" in json.dumps(statement["Resource"])
    }
    assert knowing == {"http", "commands", "schedule", "webhooks", "fetching"}


@pytest.mark.parametrize("service", SERVICES)
@pytest.mark.parametrize("entry", ["relay", "schedule"])
def test_an_update_can_only_mark_a_message(
    assemblies: Assemblies, service: str, entry: str
) -> None:
    template = assemblies.template("prod", service)
    updates = [
        statement
        for statement in template.policy_of(f"{service.lower()}.api.{entry}.handler")
        if "dynamodb:UpdateItem" in actions(statement)
    ]
    assert updates == [
        {
            "Action": "dynamodb:UpdateItem",
            "Condition": {
                "ForAllValues:StringEquals": {
                    "dynamodb:Attributes": [
                        "pk",
                        "sk",
                        "ProcessedOn",
                        "Retries",
                        "Unprocessed",
                    ]
                }
            },
            "Effect": "Allow",
            "Resource": arn_of(main_table(template)),
        }
    ]


def test_the_ledger_is_only_ever_added_to(assemblies: Assemblies) -> None:
    template = assemblies.template("prod", "Accounting")
    for function in template.resources("AWS::Lambda::Function").values():
        handler = function["Handler"]
        assert "dynamodb:DeleteItem" not in on_the_table(template, handler)
        if handler.split(".")[2] not in {"relay", "schedule"}:
            assert "dynamodb:UpdateItem" not in on_the_table(template, handler)


def test_the_public_webhook_function_stores_and_reads_nothing_but_its_secret(
    assemblies: Assemblies,
) -> None:
    template = assemblies.template("prod", "Payments")
    put, secret = beside_logs(template, "payments.api.webhooks.handler")
    assert (put["Action"], put["Resource"]) == ("dynamodb:PutItem", arn_of(main_table(template)))
    assert secret["Action"] == "secretsmanager:GetSecretValue"
    assert secret["Resource"]["Fn::Join"][1][-1] == ":secret:quittance/prod/providers-??????"


@pytest.mark.parametrize("service", SERVICES)
def test_only_relay_sweep_and_replay_speak_to_the_bus_and_to_no_other(
    assemblies: Assemblies, service: str
) -> None:
    template = assemblies.template("prod", service)
    speaking = {}
    for function in template.resources("AWS::Lambda::Function").values():
        for statement in template.policy_of(function["Handler"]):
            if "events:PutEvents" in actions(statement):
                bus = statement["Resource"]["Fn::Join"][1][-1]
                speaking[function["Handler"].split(".")[2]] = bus
    assert speaking == {
        "relay": ":event-bus/quittance-prod",
        "schedule": ":event-bus/quittance-prod",
        "republishing": ":event-bus/quittance-prod",
    }


@pytest.mark.parametrize(
    ("stack", "handlers"),
    [
        ("Orders", {"orders.api.http.handler"}),
        ("Payments", {"payments.api.http.handler", "payments.api.commands.handler"}),
        ("Accounting", {"accounting.api.http.handler"}),
    ],
)
def test_only_those_who_answer_commands_keep_the_answers(
    assemblies: Assemblies, stack: str, handlers: set[str]
) -> None:
    template = assemblies.template("prod", stack)
    (commands,) = set(template.resources("AWS::DynamoDB::Table")) - {main_table(template)}
    keeping = {
        function["Handler"]: set(actions(statement))
        for function in template.resources("AWS::Lambda::Function").values()
        for statement in template.policy_of(function["Handler"])
        if statement["Resource"] == arn_of(commands)
    }
    assert keeping == dict.fromkeys({*handlers, "shared.operations.http.handler"}, COMMANDS)


def test_a_table_key_serves_this_account_through_dynamodb_only(assemblies: Assemblies) -> None:
    for service in SERVICES:
        (key,) = (
            key
            for key in assemblies.template("prod", service).resources("AWS::KMS::Key").values()
            if key.get("KeyUsage") != "SIGN_VERIFY"
        )
        anyone = [
            statement
            for statement in key["KeyPolicy"]["Statement"]
            if statement["Principal"] == {"AWS": "*"}
        ]
        assert [statement["Condition"] for statement in anyone] == [
            {
                "StringEquals": {
                    "kms:CallerAccount": {"Ref": "AWS::AccountId"},
                    "kms:ViaService": {
                        "Fn::Join": ["", ["dynamodb.", {"Ref": "AWS::Region"}, ".amazonaws.com"]]
                    },
                }
            }
        ]
        assert key["EnableKeyRotation"] is True
