"""Large reports are read by a Distributed Map, by a role that can do nothing else."""

import json
from typing import Any

import pytest

from infra.constructs.report_splitting import definition
from tests.infrastructure.synthesis import Assemblies

STATES: dict[str, Any] = definition("arn:reading")["States"]


def machines(assemblies: Assemblies, stage: str) -> list[dict[str, Any]]:
    template = assemblies.template(stage, "Payments")
    return list(template.resources("AWS::StepFunctions::StateMachine").values())


def test_parts_are_read_apart_and_the_report_ends_when_all_are_read() -> None:
    parts = STATES["ReadParts"]
    assert parts["ItemProcessor"]["ProcessorConfig"]["Mode"] == "DISTRIBUTED"
    assert (parts["Items"], parts["MaxConcurrency"]) == ("{% $states.input.parts %}", 10)
    assert "ToleratedFailurePercentage" not in parts
    assert parts["Next"] == "EndReport"
    assert STATES["EndReport"]["End"] is True


@pytest.mark.parametrize(
    "task", [STATES["ReadParts"]["ItemProcessor"]["States"]["ReadPart"], STATES["EndReport"]]
)
def test_each_call_is_tried_again_and_reaches_the_same_function(task: dict[str, Any]) -> None:
    assert task["Arguments"]["FunctionName"] == "arn:reading"
    (retry,) = task["Retry"]
    assert (retry["ErrorEquals"], retry["MaxAttempts"]) == (["States.ALL"], 6)


def test_only_the_stages_on_aws_split_reports(assemblies: Assemblies) -> None:
    assert machines(assemblies, "local") == []
    assert len(machines(assemblies, "prod")) == 1


def test_the_machine_may_call_its_function_and_start_itself_and_nothing_else(
    assemblies: Assemblies,
) -> None:
    template = assemblies.template("prod", "Payments")
    allowed = {
        action
        for name, policy in template.resources("AWS::IAM::Policy").items()
        if name.startswith("SplittingRole")
        for statement in policy["PolicyDocument"]["Statement"]
        for action in _listed(statement["Action"])
        if not action.startswith(("logs:", "xray:"))
    }
    assert allowed == {"lambda:InvokeFunction", "states:StartExecution"}
    assert "report-splitting" in json.dumps(template.document)


def _listed(value: str | list[str]) -> list[str]:
    return [value] if isinstance(value, str) else value
