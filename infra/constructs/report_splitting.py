"""A large settlement report read in parts: a Distributed Map over them, then its end."""

from typing import Any

from aws_cdk import Stack
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_iam as iam
from aws_cdk import aws_logs as logs
from aws_cdk import aws_stepfunctions as stepfunctions
from constructs import Construct

from infra.constructs import alarms
from infra.constructs.acknowledge import acknowledge
from infra.constructs.service_function import TRACED, ServiceFunction
from infra.names import splitting_arn, splitting_name
from infra.stages import Stage

PARTS_AT_ONCE = 10
"""What the table and its stream bear beside the payments of the day."""
TIMEOUT_SECONDS = 6 * 3600
RETRY = [
    {
        "ErrorEquals": ["States.ALL"],
        "IntervalSeconds": 10,
        "BackoffRate": 2,
        "MaxAttempts": 6,
        "JitterStrategy": "FULL",
    }
]
"""A part may be read again whole: what was told of it is known."""


def definition(function_arn: str) -> dict[str, Any]:
    """The machine's states, in JSONata: `{"report_id", "parts": [{"number"}, …]}` comes in."""
    return {
        "QueryLanguage": "JSONata",
        "TimeoutSeconds": TIMEOUT_SECONDS,
        "StartAt": "ReadParts",
        "States": {
            "ReadParts": {
                "Type": "Map",
                "Items": "{% $states.input.parts %}",
                "ItemSelector": {
                    "report_id": "{% $states.input.report_id %}",
                    "number": "{% $states.context.Map.Item.Value.number %}",
                },
                "MaxConcurrency": PARTS_AT_ONCE,
                "ItemProcessor": {
                    "ProcessorConfig": {"Mode": "DISTRIBUTED", "ExecutionType": "STANDARD"},
                    "StartAt": "ReadPart",
                    "States": {"ReadPart": _call(function_arn, "{% $states.input %}")},
                },
                "Output": {"report_id": "{% $states.input.report_id %}"},
                "Next": "EndReport",
            },
            "EndReport": _call(function_arn, "{% $states.input %}"),
        },
    }


def _call(function_arn: str, payload: str) -> dict[str, Any]:
    return {
        "Type": "Task",
        "Resource": "arn:aws:states:::lambda:invoke",
        "Arguments": {"FunctionName": function_arn, "Payload": payload},
        "Output": "{% $states.result.Payload %}",
        "Retry": RETRY,
        "End": True,
    }


class ReportSplitting(Construct):
    """Its name is fixed: a Distributed Map starts executions of its own machine."""

    def __init__(
        self, scope: Construct, id_: str, *, stage: Stage, reading: ServiceFunction
    ) -> None:
        super().__init__(scope, id_)
        name = splitting_name(stage)
        role = iam.Role(self, "Role", assumed_by=iam.ServicePrincipal("states.amazonaws.com"))
        log_group = logs.LogGroup(
            self,
            "Log",
            log_group_name=f"/aws/vendedlogs/states/{name}",
            retention=stage.log_retention,
            removal_policy=stage.removal_policy,
        )
        self.machine = stepfunctions.StateMachine(
            self,
            "Machine",
            state_machine_name=name,
            state_machine_type=stepfunctions.StateMachineType.STANDARD,
            definition_body=stepfunctions.DefinitionBody.from_string(
                Stack.of(self).to_json_string(definition(reading.function_arn))
            ),
            role=role,
            logs=stepfunctions.LogOptions(
                destination=log_group,
                level=stepfunctions.LogLevel.ALL,
                include_execution_data=False,
            ),
            tracing_enabled=stage.tracing,
            removal_policy=stage.removal_policy,
        )
        for action, resources in {
            "lambda:InvokeFunction": [reading.function_arn],
            "states:StartExecution": [splitting_arn(stage)],
        }.items():
            role.add_to_policy(iam.PolicyStatement(actions=[action], resources=resources))
        acknowledge(
            role,
            "AwsSolutions-IAM5[Resource::*]",
            reason=f"Log deliveries belong to no resource. {TRACED}",
        )

    def alarms(self) -> list[cloudwatch.Alarm]:
        """A report that was not read to its end; its parts that were read stay read."""
        metric = self.machine.metric_failed(period=alarms.FIVE_MINUTES)
        return [alarms.once(self, "SplittingFailed", metric)]
