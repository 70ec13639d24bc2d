"""What a CloudFormation stack makes is what its template says."""

import json
from typing import Any

import pytest

from apphost.capabilities import Capability
from tests.cloud import REGION, Account
from tests.conformance.functions import invoke
from tests.conformance.stacks import delete_stack, deploy_stack

KEYS = {
    "KeySchema": [{"AttributeName": "pk", "KeyType": "HASH"}],
    "AttributeDefinitions": [{"AttributeName": "pk", "AttributeType": "S"}],
    "BillingMode": "PAY_PER_REQUEST",
}
TIME_TO_LIVE = {"TimeToLiveSpecification": {"AttributeName": "expires_at", "Enabled": True}}
RECOVERY = {"PointInTimeRecoverySpecification": {"PointInTimeRecoveryEnabled": True}}
TABLE = {"Type": "AWS::DynamoDB::Table", "Properties": {**KEYS, **TIME_TO_LIVE, **RECOVERY}}
GLOBAL_TABLE = {
    "Type": "AWS::DynamoDB::GlobalTable",
    "Properties": {
        **KEYS,
        **TIME_TO_LIVE,
        "Replicas": [{"Region": REGION, "DeletionProtectionEnabled": True, **RECOVERY}],
    },
}
PLAIN_TABLE = {"Type": "AWS::DynamoDB::Table", "Properties": KEYS}


def _settings(account: Account, table: dict[str, Any]) -> tuple[str, str | None, str]:
    """Of the deployed table: time to live and its attribute, point-in-time recovery."""
    name = deploy_stack(account, {"Table": table}, Name={"Ref": "Table"})["Name"]
    dynamodb = account.client("dynamodb")
    ttl = dynamodb.describe_time_to_live(TableName=name)["TimeToLiveDescription"]
    backups = dynamodb.describe_continuous_backups(TableName=name)["ContinuousBackupsDescription"]
    recovery = backups["PointInTimeRecoveryDescription"]["PointInTimeRecoveryStatus"]
    return ttl["TimeToLiveStatus"], ttl.get("AttributeName"), recovery


@pytest.mark.parametrize(
    "table",
    [
        pytest.param(TABLE, id="Table", marks=pytest.mark.needs(Capability.TABLE_SETTINGS)),
        pytest.param(
            GLOBAL_TABLE, id="GlobalTable", marks=pytest.mark.needs(Capability.GLOBAL_TABLES)
        ),
    ],
)
def test_a_table_has_time_to_live_and_point_in_time_recovery(
    account: Account, table: dict[str, Any]
) -> None:
    assert _settings(account, table) == ("ENABLED", "expires_at", "ENABLED")


@pytest.mark.stock
@pytest.mark.parametrize("table", [TABLE, GLOBAL_TABLE], ids=["Table", "GlobalTable"])
def test_stock_drops_time_to_live_and_point_in_time_recovery(
    stock_account: Account, table: dict[str, Any]
) -> None:
    assert _settings(stock_account, table) == ("DISABLED", None, "DISABLED")


@pytest.mark.needs(Capability.TABLE_SETTINGS)
def test_a_changed_template_changes_the_tables_settings(account: Account) -> None:
    assert _settings(account, PLAIN_TABLE) == ("DISABLED", None, "DISABLED")
    assert _settings(account, TABLE) == ("ENABLED", "expires_at", "ENABLED")
    assert _settings(account, PLAIN_TABLE)[0] == "DISABLED"


@pytest.mark.needs(Capability.GLOBAL_TABLES)
def test_a_global_table_is_protected_as_its_replica_says(account: Account) -> None:
    name = deploy_stack(account, {"Table": GLOBAL_TABLE}, Name={"Ref": "Table"})["Name"]
    described = account.client("dynamodb").describe_table(TableName=name)["Table"]
    assert described["DeletionProtectionEnabled"] is True


ARCHIVED_BUS = {
    "Bus": {"Type": "AWS::Events::EventBus", "Properties": {"Name": "quittance-local"}},
    "Archive": {
        "Type": "AWS::Events::Archive",
        "Properties": {
            "SourceArn": {"Fn::GetAtt": ["Bus", "Arn"]},
            "EventPattern": {"source": [{"prefix": "quittance."}]},
            "RetentionDays": 30,
        },
    },
}


@pytest.mark.needs(Capability.ARCHIVES)
def test_an_archive_keeps_what_its_pattern_names(account: Account) -> None:
    name = deploy_stack(account, ARCHIVED_BUS, Name={"Ref": "Archive"})["Name"]
    events = account.client("events")
    entry = {"EventBusName": "quittance-local", "DetailType": "OrderPlaced", "Detail": "{}"}
    events.put_events(Entries=[{**entry, "Source": s} for s in ("quittance.orders", "other")])
    archive = events.describe_archive(ArchiveName=name)
    assert archive["EventCount"] == 1
    assert archive["RetentionDays"] == 30
    delete_stack(account)
    assert events.list_archives()["Archives"] == []


@pytest.mark.stock
def test_stock_refuses_a_stack_with_an_archive(stock_account: Account) -> None:
    refused = stock_account.client("cloudformation").exceptions.ClientError
    with pytest.raises(refused, match="AWS::Events::Archive"):
        deploy_stack(stock_account, ARCHIVED_BUS)


ALARMS = {
    "Age": {
        "Type": "AWS::CloudWatch::Alarm",
        "Properties": {
            "AlarmName": "age",
            "Namespace": "AWS/SQS",
            "MetricName": "ApproximateAgeOfOldestMessage",
            "ComparisonOperator": "GreaterThanThreshold",
            "Threshold": 60,
            "EvaluationPeriods": 1,
            "Period": 60,
            "Statistic": "Maximum",
        },
    },
    "Any": {
        "Type": "AWS::CloudWatch::CompositeAlarm",
        "DependsOn": "Age",
        "Properties": {"AlarmRule": 'ALARM("age")'},
    },
}


def test_an_alarm_of_alarms_is_made(account: Account) -> None:
    name = deploy_stack(account, ALARMS, Name={"Ref": "Any"})["Name"]
    found = account.client("cloudwatch").describe_alarms(
        AlarmNames=[name], AlarmTypes=["CompositeAlarm"]
    )
    assert [alarm["AlarmRule"] for alarm in found["CompositeAlarms"]] == ['ALARM("age")']


@pytest.mark.stock
def test_stock_refuses_a_stack_with_an_alarm_of_alarms(stock_account: Account) -> None:
    refused = stock_account.client("cloudformation").exceptions.ClientError
    with pytest.raises(refused, match="AWS::CloudWatch::CompositeAlarm"):
        deploy_stack(stock_account, ALARMS)


def _function(answer: str) -> dict[str, Any]:
    code = f"def handler(event, context): return '{answer}'"
    return {
        "Type": "AWS::Lambda::Function",
        "Properties": {
            "FunctionName": "fn",
            "Runtime": "python3.13",
            "Handler": "index.handler",
            "Role": {"Fn::Sub": "arn:aws:iam::${AWS::AccountId}:role/test"},
            "Code": {"ZipFile": code},
        },
    }


def test_a_stack_that_is_deployed_again_runs_its_new_code(account: Account) -> None:
    deploy_stack(account, {"Function": _function("old")})
    assert invoke(account).payload == "old"
    delete_stack(account)
    deploy_stack(account, {"Function": _function("new")})
    assert invoke(account).payload == "new"


def test_a_changed_function_runs_its_new_code(account: Account) -> None:
    deploy_stack(account, {"Function": _function("old")})
    assert invoke(account).payload == "old"
    deploy_stack(account, {"Function": _function("new")})
    assert invoke(account).payload == "new"


def test_a_stack_connects_a_table_to_a_function_with_a_failure_queue(account: Account) -> None:
    pattern = json.dumps({"eventName": ["INSERT"]})
    outputs = deploy_stack(
        account,
        {
            "Function": _function("ok"),
            "Failures": {"Type": "AWS::SQS::Queue"},
            "Table": {
                "Type": "AWS::DynamoDB::Table",
                "Properties": {**KEYS, "StreamSpecification": {"StreamViewType": "NEW_IMAGE"}},
            },
            "Relay": {
                "Type": "AWS::Lambda::EventSourceMapping",
                "Properties": {
                    "FunctionName": {"Ref": "Function"},
                    "EventSourceArn": {"Fn::GetAtt": ["Table", "StreamArn"]},
                    "StartingPosition": "TRIM_HORIZON",
                    "BatchSize": 25,
                    "MaximumRetryAttempts": 10,
                    "MaximumRecordAgeInSeconds": 3600,
                    "BisectBatchOnFunctionError": True,
                    "FunctionResponseTypes": ["ReportBatchItemFailures"],
                    "DestinationConfig": {
                        "OnFailure": {"Destination": {"Fn::GetAtt": ["Failures", "Arn"]}}
                    },
                    "FilterCriteria": {"Filters": [{"Pattern": pattern}]},
                },
            },
        },
        Relay={"Ref": "Relay"},
    )
    found = account.client("lambda").get_event_source_mapping(UUID=outputs["Relay"])
    assert found["BatchSize"] == 25
    assert found["MaximumRetryAttempts"] == 10
    assert found["MaximumRecordAgeInSeconds"] == 3600
    assert found["BisectBatchOnFunctionError"] is True
    assert found["FunctionResponseTypes"] == ["ReportBatchItemFailures"]
    assert found["FilterCriteria"] == {"Filters": [{"Pattern": pattern}]}
    assert found["DestinationConfig"]["OnFailure"]["Destination"].startswith("arn:aws:sqs:")
