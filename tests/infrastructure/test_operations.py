"""What operators work with: every dead letter becomes a row, by functions with few rights."""

from typing import Any

import pytest

from tests.infrastructure.synthesis import SERVICES, Assemblies, actions, arn_of
from tests.infrastructure.test_least_privilege import QUEUE, on_the_table
from tests.infrastructure.test_messaging import fed_by


@pytest.mark.parametrize("service", SERVICES)
def test_every_dead_letter_becomes_a_row(assemblies: Assemblies, service: str) -> None:
    template = assemblies.template("prod", service)
    dead = [
        arn_of(name)
        for name, queue in template.resources("AWS::SQS::Queue").items()
        if "RedrivePolicy" not in queue
    ]
    assert len(dead) == {"Orders": 3, "Payments": 4, "Accounting": 4}[service]
    for queue in dead:
        assert fed_by(template, queue) == ["shared.operations.keeping.handler"]


@pytest.mark.parametrize("service", SERVICES)
@pytest.mark.parametrize(
    ("entry", "allowed", "queues"),
    [
        ("http", {"GetItem", "PutItem"}, {"sqs:SendMessage"}),
        ("keeping", {"PutItem", "Query"}, QUEUE),
        ("republishing", {"GetItem", "PutItem", "Scan"}, {"sqs:SendMessage"}),
    ],
)
def test_operations_touch_the_table_and_the_queues_only_as_listed(
    assemblies: Assemblies, service: str, entry: str, allowed: set[str], queues: set[str]
) -> None:
    """Who makes rows of dead letters cannot send them, and who sends them cannot take them."""
    template, handler = assemblies.template("prod", service), f"shared.operations.{entry}.handler"
    assert on_the_table(template, handler) == {f"dynamodb:{action}" for action in allowed}
    dead = {
        arn_of(name)["Fn::GetAtt"][0]
        for name, queue in template.resources("AWS::SQS::Queue").items()
        if "RedrivePolicy" not in queue
    }
    on_queues = [
        (action, resource["Fn::GetAtt"][0])
        for statement in template.policy_of(handler)
        for action in actions(statement)
        if action.startswith("sqs:")
        for resource in _resources(statement)
    ]
    assert {action for action, _ in on_queues} == queues
    assert {queue in dead for _, queue in on_queues} == {entry == "keeping"}


def _resources(statement: dict[str, Any]) -> list[dict[str, Any]]:
    found = statement["Resource"]
    return found if isinstance(found, list) else [found]
