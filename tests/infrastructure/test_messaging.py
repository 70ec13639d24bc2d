"""How messages travel: every consumer is rule → queue → function, and nothing is dropped."""

from typing import Any

import pytest

from accounting.application import reactions as accounting
from accounting.application import reconcile
from orders.application import reactions as orders
from orders.application import recover
from payments.application import reactions as payments
from shared.contracts.union import message_types
from tests.infrastructure.synthesis import SERVICES, STACKS, Assemblies, Template, arn_of


def bus_rules(template: Template) -> list[dict[str, Any]]:
    rules = template.resources("AWS::Events::Rule").values()
    return [rule for rule in rules if "ScheduleExpression" not in rule]


def mappings(template: Template) -> list[dict[str, Any]]:
    return list(template.resources("AWS::Lambda::EventSourceMapping").values())


def handler_of(template: Template, function: dict[str, str]) -> str:
    handler: str = template.resources("AWS::Lambda::Function")[function["Ref"]]["Handler"]
    return handler


def fed_by(template: Template, queue: dict[str, Any]) -> list[str]:
    """The entry points that are handed the messages of the queue with that ARN."""
    return [
        handler_of(template, mapping["FunctionName"])
        for mapping in mappings(template)
        if mapping["EventSourceArn"] == queue
    ]


@pytest.mark.parametrize("stack", STACKS)
def test_every_queue_has_dead_letters_or_is_where_they_lie(
    assemblies: Assemblies, stack: str
) -> None:
    template = assemblies.template("prod", stack)
    queues = template.resources("AWS::SQS::Queue")
    failures = [
        mapping["DestinationConfig"]["OnFailure"]["Destination"]
        for mapping in mappings(template)
        if "DestinationConfig" in mapping
    ]
    dead = [
        q["RedrivePolicy"]["deadLetterTargetArn"] for q in queues.values() if "RedrivePolicy" in q
    ]
    for name, queue in queues.items():
        if arn_of(name) in dead + failures:
            assert queue["MessageRetentionPeriod"] == 14 * 24 * 3600
        else:
            assert queue["RedrivePolicy"]["maxReceiveCount"] == 5
        assert queue["SqsManagedSseEnabled"] is True


@pytest.mark.parametrize("service", SERVICES)
def test_a_rule_of_the_bus_fills_one_queue_that_feeds_one_consumer(
    assemblies: Assemblies, service: str
) -> None:
    template = assemblies.template("prod", service)
    consumers = []
    for rule in bus_rules(template):
        (target,) = rule["Targets"]
        queue = template.resources("AWS::SQS::Queue")[target["Arn"]["Fn::GetAtt"][0]]
        assert target["DeadLetterConfig"]["Arn"] == queue["RedrivePolicy"]["deadLetterTargetArn"]
        assert rule["EventBusName"] == "quittance-prod"
        assert rule["EventPattern"]["source"] == [{"prefix": "quittance."}]
        consumers += fed_by(template, target["Arn"])
    expected = {
        "Orders": ["orders.api.events.handler", "orders.api.recovery.handler"],
        "Payments": ["payments.api.commands.handler", "payments.api.events.handler"],
        "Accounting": ["accounting.api.events.handler", "accounting.api.reconcile.handler"],
    }
    assert sorted(consumers) == expected[service]


@pytest.mark.parametrize(
    ("service", "unions"),
    [
        ("Orders", [orders.Subscribed, recover.Subscribed]),
        ("Payments", [payments.Accepted, payments.Subscribed]),
        ("Accounting", [accounting.Subscribed, reconcile.Asked]),
    ],
)
def test_an_inbox_hears_exactly_what_its_service_listens_to(
    assemblies: Assemblies, service: str, unions: list[Any]
) -> None:
    template = assemblies.template("local", service)
    heard = sorted(rule["EventPattern"]["detail-type"] for rule in bus_rules(template))
    assert heard == sorted(sorted(m.__name__ for m in message_types(union)) for union in unions)


@pytest.mark.parametrize("service", SERVICES)
def test_a_rule_calls_a_function_only_by_the_clock(assemblies: Assemblies, service: str) -> None:
    template = assemblies.template("prod", service)
    functions = template.resources("AWS::Lambda::Function")
    called = {}
    for rule in template.resources("AWS::Events::Rule").values():
        for target in rule["Targets"]:
            name = target["Arn"]["Fn::GetAtt"][0]
            if name in functions:
                called[functions[name]["Handler"]] = rule.get("ScheduleExpression")
    expected = {
        f"{service.lower()}.api.schedule.handler": "rate(1 minute)",
        "shared.operations.republishing.handler": "rate(1 minute)",
    }
    if service == "Accounting":
        expected["accounting.api.proof.handler"] = "cron(0 1 * * ? *)"
        expected["accounting.api.nightly.handler"] = "cron(0 2 * * ? *)"
    if service == "Payments":
        expected["payments.api.fetching.handler"] = "cron(0 1 * * ? *)"
    assert called == expected


def test_commands_to_payments_come_one_at_a_time(assemblies: Assemblies) -> None:
    """A call to the provider may last: in a batch the last would wait longer than a function."""
    template = assemblies.template("prod", "Payments")
    sizes = {
        handler_of(template, mapping["FunctionName"]): mapping["BatchSize"]
        for mapping in mappings(template)
    }
    assert sizes["payments.api.commands.handler"] == 1


@pytest.mark.parametrize("service", SERVICES)
@pytest.mark.parametrize("stage", ["local", "prod"])
def test_the_relay_retries_in_order_within_bounds_and_leaves_a_note(
    assemblies: Assemblies, stage: str, service: str
) -> None:
    template = assemblies.template(stage, service)
    (stream,) = (
        mapping
        for mapping in mappings(template)
        if handler_of(template, mapping["FunctionName"]) == f"{service.lower()}.api.relay.handler"
    )
    assert stream["FunctionResponseTypes"] == ["ReportBatchItemFailures"]
    assert stream["BisectBatchOnFunctionError"] is True
    assert stream["StartingPosition"] == "TRIM_HORIZON"
    assert 0 < stream["MaximumRetryAttempts"] < 100
    assert 0 < stream["MaximumRecordAgeInSeconds"] < 24 * 3600
    assert stream["DestinationConfig"]["OnFailure"]["Destination"]["Fn::GetAtt"][1] == "Arn"
    assert stream["FilterCriteria"]["Filters"] == [
        {
            "Pattern": '{"eventName":["INSERT"],'
            '"dynamodb":{"NewImage":{"Payload":{"S":[{"exists":true}]},'
            '"ProcessedOn":[{"exists":false}]}}}'
        }
    ]


def test_the_fold_reads_entries_alone_and_leaves_a_note_of_what_it_gave_up(
    assemblies: Assemblies,
) -> None:
    template = assemblies.template("prod", "Accounting")
    (stream,) = (
        mapping
        for mapping in mappings(template)
        if handler_of(template, mapping["FunctionName"]) == "accounting.api.fold.handler"
    )
    assert stream["BisectBatchOnFunctionError"] is True
    assert stream["StartingPosition"] == "TRIM_HORIZON"
    assert (stream["BatchSize"], stream["MaximumBatchingWindowInSeconds"]) == (400, 1)
    assert stream["DestinationConfig"]["OnFailure"]["Destination"]["Fn::GetAtt"][1] == "Arn"
    assert stream["FilterCriteria"]["Filters"] == [
        {
            "Pattern": '{"eventName":["INSERT"],"dynamodb":{"Keys":{"sk":{"S":["ENTRY"]}},'
            '"NewImage":{"ProcessedOn":[{"exists":false}]}}}'
        }
    ]


@pytest.mark.parametrize("service", SERVICES)
@pytest.mark.parametrize(("stage", "times"), [("local", 1.25), ("dev", 6), ("prod", 6)])
def test_a_message_stays_hidden_for_longer_than_its_handling_may_take(
    assemblies: Assemblies, stage: str, times: float, service: str
) -> None:
    template = assemblies.template(stage, service)
    queues = template.resources("AWS::SQS::Queue")
    functions = template.resources("AWS::Lambda::Function")
    for mapping in mappings(template):
        if "StartingPosition" in mapping:
            continue
        function = functions[mapping["FunctionName"]["Ref"]]
        hidden = queues[mapping["EventSourceArn"]["Fn::GetAtt"][0]]["VisibilityTimeout"]
        assert hidden == times * function["Timeout"]
        assert mapping["FunctionResponseTypes"] == ["ReportBatchItemFailures"]


@pytest.mark.parametrize("stack", [*SERVICES, "Edge"])
def test_every_alarm_is_told(assemblies: Assemblies, stack: str) -> None:
    template = assemblies.template("prod", stack)
    (composite,) = template.resources("AWS::CloudWatch::CompositeAlarm").values()
    (topic,) = composite["AlarmActions"]
    assert topic["Fn::Join"][1][-1] == ":quittance-prod-alarms"
    told = str(composite["AlarmRule"])
    assert [
        name for name in template.resources("AWS::CloudWatch::Alarm") if f"'{name}'" not in told
    ] == []
