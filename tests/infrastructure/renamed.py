"""Synthesize prod's values under another name; run as a program, with CDK_OUTDIR set."""

from dataclasses import replace

from aws_cdk import App

from infra.app import CONTEXT, add_stacks
from infra.stages import PROD

if __name__ == "__main__":
    app = App(context=CONTEXT, analytics_reporting=False)
    add_stacks(app, replace(PROD, name="rehearsal"))
    app.synth()
