"""One Lambda: its own role, its own log group, and the settings of its service."""

from collections.abc import Mapping
from dataclasses import dataclass

from aws_cdk import Duration
from aws_cdk import aws_iam as iam
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_logs as logs
from constructs import Construct

from infra.constructs.acknowledge import acknowledge
from infra.constructs.code import RUNTIME, Bundle, architecture
from infra.names import secret_arn
from infra.stages import Stage

PINNED = "The runtime is the Python that the tests run on and the byte code is made by."
TRACED = "xray:PutTraceSegments and xray:PutTelemetryRecords name no resource."


@dataclass(frozen=True, slots=True, kw_only=True)
class Sizing:
    """Memory buys CPU in proportion; 1,769 MB are one whole core."""

    memory_mb: int
    timeout_seconds: int


SYNCHRONOUS = Sizing(memory_mb=1024, timeout_seconds=15)
"""Someone waits for the answer. The gateway itself gives up at 29 seconds."""
AUTHORIZER = Sizing(memory_mb=512, timeout_seconds=10)
RELAY = Sizing(memory_mb=512, timeout_seconds=60)
"""A hundred messages are ten calls to the bus and a hundred stamps."""
SWEEP = Sizing(memory_mb=512, timeout_seconds=300)
"""Up to a hundred messages of each of the index's partitions, before the next sweep begins."""


def consumer_sizing(stage: Stage) -> Sizing:
    """A batch of messages, each with at most a call or two to a provider."""
    return Sizing(memory_mb=512, timeout_seconds=stage.consumer_timeout_seconds)


@dataclass(frozen=True, slots=True, kw_only=True)
class Deployment:
    """What all functions of one service have in common."""

    stage: Stage
    service: str
    bundle: Bundle
    environment: Mapping[str, str]


class ServiceFunction(lambda_.Function):
    """The function at the entry point `handler`, allowed to write its own log and nothing else."""

    def __init__(
        self,
        scope: Construct,
        id_: str,
        deployment: Deployment,
        *,
        handler: str,
        sizing: Sizing,
        concurrency: int | None = None,
    ) -> None:
        stage = deployment.stage
        log_group = logs.LogGroup(
            scope,
            f"{id_}Log",
            retention=stage.log_retention,
            removal_policy=stage.removal_policy,
        )
        role = iam.Role(
            scope, f"{id_}Role", assumed_by=iam.ServicePrincipal("lambda.amazonaws.com")
        )
        log_group.grant_write(role)
        super().__init__(
            scope,
            id_,
            runtime=RUNTIME,
            architecture=architecture(stage),
            code=deployment.bundle.code,
            layers=deployment.bundle.layers,
            handler=handler,
            role=role,
            log_group=log_group,
            memory_size=sizing.memory_mb,
            timeout=Duration.seconds(sizing.timeout_seconds),
            reserved_concurrent_executions=concurrency,
            tracing=lambda_.Tracing.ACTIVE if stage.tracing else lambda_.Tracing.DISABLED,
            environment={
                **deployment.environment,
                "POWERTOOLS_SERVICE_NAME": deployment.service,
                "POWERTOOLS_METRICS_NAMESPACE": "Quittance",
                "POWERTOOLS_LOG_LEVEL": "INFO",
            },
        )
        acknowledge(self, "AwsSolutions-L1", reason=PINNED)
        if stage.tracing:
            acknowledge(role, "AwsSolutions-IAM5[Resource::*]", reason=TRACED)

    def grant_secret(self, name: str) -> None:
        """Let the function read the secret of that name, whatever its present value."""
        self.add_to_role_policy(
            iam.PolicyStatement(
                actions=["secretsmanager:GetSecretValue"], resources=[secret_arn(self, name)]
            )
        )
