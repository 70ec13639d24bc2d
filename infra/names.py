"""Names by which stacks find each other's resources without exporting them."""

from aws_cdk import ArnFormat, Aws, Stack
from constructs import Construct

from infra.stages import Stage


def stack_name(stage: Stage, title: str) -> str:
    return f"Quittance-{stage.name}-{title}"


def tags(stage: Stage) -> dict[str, str]:
    """CloudFormation hands a stack's tags on to everything in it."""
    return {"application": "quittance", "stage": stage.name}


def bus_name(stage: Stage) -> str:
    return f"quittance-{stage.name}"


def alarm_topic_name(stage: Stage) -> str:
    return f"quittance-{stage.name}-alarms"


def api_keys_secret(stage: Stage) -> str:
    return f"quittance/{stage.name}/api-keys"


def providers_secret(stage: Stage) -> str:
    return f"quittance/{stage.name}/providers"


def splitting_name(stage: Stage) -> str:
    """Of the state machine that reads large reports, which starts executions of itself."""
    return f"quittance-{stage.name}-report-splitting"


def splitting_arn(stage: Stage) -> str:
    where = f"{Aws.PARTITION}:states:{Aws.REGION}:{Aws.ACCOUNT_ID}"
    return f"arn:{where}:stateMachine:{splitting_name(stage)}"


def settlement_reports(stage: Stage) -> str:
    """Of the bucket, with account and region behind it."""
    return f"quittance-{stage.name}-settlement-reports"


def compensation_name(stage: Stage) -> str:
    """Of the state machine: known before it is made, to those who start it and answer it."""
    return f"quittance-{stage.name}-compensation"


def compensation_arn(stage: Stage) -> str:
    """In whichever account and region the stack that asks is deployed to."""
    where = f"{Aws.PARTITION}:states:{Aws.REGION}:{Aws.ACCOUNT_ID}"
    return f"arn:{where}:stateMachine:{compensation_name(stage)}"


def ledger_vault(stage: Stage) -> str:
    """Of the bucket (with account and region behind it) and of its signing key's alias."""
    return f"quittance-{stage.name}-ledger"


def alarm_topic_arn(scope: Construct, stage: Stage) -> str:
    return Stack.of(scope).format_arn(service="sns", resource=alarm_topic_name(stage))


def secret_arn(scope: Construct, name: str) -> str:
    """Secrets Manager adds six random characters to a secret's name in its ARN."""
    return Stack.of(scope).format_arn(
        service="secretsmanager",
        resource="secret",
        resource_name=f"{name}-??????",
        arn_format=ArnFormat.COLON_RESOURCE_NAME,
    )
