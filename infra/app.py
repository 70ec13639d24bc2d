"""The CDK app: `cdk deploy -c stage=dev`, or `python -m infra.app` to synthesize alone."""

import os

from aws_cdk import App

from infra.stacks.accounting import AccountingStack
from infra.stacks.edge import EdgeStack
from infra.stacks.orders import OrdersStack
from infra.stacks.payments import PaymentsStack
from infra.stacks.platform import PlatformStack
from infra.stages import STAGES, Stage

# Said here and not in cdk.json, which only the CDK command reads: both ways give one template.
CONTEXT = {
    "@aws-cdk/aws-iam:minimizePolicies": True,
    "@aws-cdk/core:defaultCrossStackReferences": "strong",  # a stack in use cannot be removed
}


def main() -> None:
    """Synthesize the stage named by the context `stage` or by QUITTANCE_STAGE (else `local`)."""
    app = App(context=CONTEXT, analytics_reporting=False)
    name = app.node.try_get_context("stage") or os.environ.get("QUITTANCE_STAGE") or "local"
    if name not in STAGES:
        raise SystemExit(f"stage {name!r} is none of {', '.join(STAGES)}")
    add_stacks(app, STAGES[name])
    app.synth()


def add_stacks(app: App, stage: Stage) -> None:
    """The five stacks of one stage: services need the platform, the edge needs the services."""
    platform = PlatformStack(app, stage)
    services = {
        "orders": OrdersStack(app, stage),
        "payments": PaymentsStack(app, stage),
        "accounting": AccountingStack(app, stage),
    }
    for service in services.values():
        service.add_stack_dependency(platform)
    doors = {name: service.http for name, service in services.items()}
    desks = {f"{name}/operations": each.operations.http for name, each in services.items()}
    EdgeStack(app, stage, doors | desks)


if __name__ == "__main__":
    main()
