"""Compensation: a standard state machine over one Lambda, and alarms on what ends badly."""

from aws_cdk import CfnOutput, Stack
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_iam as iam
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_logs as logs
from aws_cdk import aws_stepfunctions as stepfunctions
from constructs import Construct

from infra.constructs import alarms
from infra.constructs.acknowledge import acknowledge
from infra.constructs.compensation_states import Waits, definition
from infra.constructs.service_function import TRACED, ServiceFunction
from infra.names import compensation_arn, compensation_name
from infra.stages import Stage

ENDED_BADLY = ("ExecutionsFailed", "ExecutionsTimedOut", "ExecutionsAborted")


class Compensation(Construct):
    """Its name is fixed, so that those who start it and answer it need not be made after it."""

    def __init__(self, scope: Construct, id_: str, *, stage: Stage, tasks: ServiceFunction) -> None:
        super().__init__(scope, id_)
        name = compensation_name(stage)
        role = iam.Role(self, "Role", assumed_by=iam.ServicePrincipal("states.amazonaws.com"))
        log_group = logs.LogGroup(
            self,
            "Log",
            log_group_name=f"/aws/vendedlogs/states/{name}",
            retention=stage.log_retention,
            removal_policy=stage.removal_policy,
        )
        waits = Waits(
            heartbeat_seconds=stage.compensation_heartbeat_seconds,
            timeout_seconds=stage.compensation_timeout_seconds,
            pause_seconds=stage.compensation_pause_seconds,
        )
        states = definition(function_arn=tasks.function_arn, waits=waits)
        self.machine = stepfunctions.StateMachine(
            self,
            "Machine",
            state_machine_name=name,
            state_machine_type=stepfunctions.StateMachineType.STANDARD,
            definition_body=stepfunctions.DefinitionBody.from_string(
                Stack.of(self).to_json_string(states)
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
        role.add_to_policy(
            iam.PolicyStatement(actions=["lambda:InvokeFunction"], resources=[tasks.function_arn])
        )
        acknowledge(
            role,
            "AwsSolutions-IAM5[Resource::*]",
            reason=f"Log deliveries belong to no resource. {TRACED}",
        )
        CfnOutput(scope, "CompensationArn", value=self.machine.state_machine_arn)

    def alarms(self) -> list[cloudwatch.Alarm]:
        """An execution that did not end by its own states: the clock replaces it, once."""
        return [
            alarms.once(self, title, self.machine.metric(title, period=alarms.FIVE_MINUTES))
            for title in ENDED_BADLY
        ]


def allow(function: lambda_.Function, stage: Stage, action: str) -> None:
    """Let the function start the machine, or answer those who wait in it."""
    function.add_to_role_policy(
        iam.PolicyStatement(actions=[f"states:{action}"], resources=[compensation_arn(stage)])
    )
