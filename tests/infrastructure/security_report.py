"""Print what the AwsSolutions rules find in a stage; run as a program, with the stage's name."""

import json
import sys

from aws_cdk import App
from cdk_nag import AwsSolutionsChecks

from infra.app import CONTEXT, add_stacks
from infra.stages import STAGES


def main(stage: str) -> None:
    app = App(context=CONTEXT, analytics_reporting=False)
    add_stacks(app, STAGES[stage])
    checks = AwsSolutionsChecks(app)
    report = {}
    for stack in app.node.children:
        found = checks.validate_scope(stack)
        report[stack.node.id] = [violation.rule_name for violation in found.violations]
    print(json.dumps(report))  # noqa: T201  what this program is for


if __name__ == "__main__":
    main(sys.argv[1])
