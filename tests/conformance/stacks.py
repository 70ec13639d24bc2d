"""CloudFormation stacks for tests: deployed, changed and deleted, each waited for."""

import json
from typing import Any

from tests.cloud import Account
from tests.conformance.waiting import eventually

STACK = "test"


def deploy_stack(account: Account, resources: dict[str, Any], **outputs: Any) -> dict[str, str]:
    """Create or update the stack with these resources; returns its outputs."""
    formation = account.client("cloudformation")
    template = {
        "Resources": resources,
        "Outputs": {name: {"Value": value} for name, value in outputs.items()},
    }
    live = [s for s in _statuses(account) if s != "DELETE_COMPLETE"]
    act = formation.update_stack if live else formation.create_stack
    act(StackName=STACK, TemplateBody=json.dumps(template))
    stack = _settled(account)
    assert stack["StackStatus"] in {"CREATE_COMPLETE", "UPDATE_COMPLETE"}, _reasons(account)
    return {output["OutputKey"]: output["OutputValue"] for output in stack.get("Outputs", [])}


def delete_stack(account: Account) -> None:
    account.client("cloudformation").delete_stack(StackName=STACK)
    assert eventually(lambda: set(_statuses(account)) == {"DELETE_COMPLETE"})


def _statuses(account: Account) -> list[str]:
    found = account.client("cloudformation").list_stacks()
    return [stack["StackStatus"] for stack in found["StackSummaries"]]


def _settled(account: Account) -> dict[str, Any]:
    def look() -> dict[str, Any] | None:
        (stack,) = account.client("cloudformation").describe_stacks(StackName=STACK)["Stacks"]
        return None if stack["StackStatus"].endswith("_IN_PROGRESS") else stack

    settled = eventually(look)
    assert settled
    return settled


def _reasons(account: Account) -> list[str]:
    events = account.client("cloudformation").describe_stack_events(StackName=STACK)
    return [event.get("ResourceStatusReason", "") for event in events["StackEvents"]]
