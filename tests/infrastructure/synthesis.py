"""Synthesized stages to look at: each is written once a run, by a process of its own."""

import json
import os
import re
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from filelock import FileLock

ROOT = Path(__file__).resolve().parents[2]
STACKS = ("Platform", "Orders", "Payments", "Accounting", "Edge")
SERVICES = ("Orders", "Payments", "Accounting")
SYNTHESIS_SECONDS_MAX = 300
ASSET = re.compile(r"\b[0-9a-f]{64}\b")

type Resource = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Template:
    """One stack's CloudFormation template."""

    document: dict[str, Any]

    def resources(self, kind: str) -> dict[str, Resource]:
        """The properties of every resource of that type, by logical id."""
        return {
            name: resource.get("Properties", {})
            for name, resource in self.document["Resources"].items()
            if resource["Type"] == kind
        }

    def policy_of(self, handler: str) -> list[dict[str, Any]]:
        """Every statement that the function at `handler` may act by."""
        return [each for each in self._statements_of(handler) if each["Effect"] == "Allow"]

    def denials_of(self, handler: str) -> list[dict[str, Any]]:
        """What the function at `handler` may not do, whatever else allows it."""
        return [each for each in self._statements_of(handler) if each["Effect"] == "Deny"]

    def _statements_of(self, handler: str) -> list[dict[str, Any]]:
        role = self.function(handler)["Role"]["Fn::GetAtt"][0]
        return [
            statement
            for policy in self.resources("AWS::IAM::Policy").values()
            if {"Ref": role} in policy["Roles"]
            for statement in policy["PolicyDocument"]["Statement"]
        ]

    def function(self, handler: str) -> Resource:
        return self.resources("AWS::Lambda::Function")[self.function_id(handler)]

    def function_id(self, handler: str) -> str:
        (found,) = (
            name
            for name, function in self.resources("AWS::Lambda::Function").items()
            if function["Handler"] == handler
        )
        return found


@dataclass(frozen=True, slots=True)
class Assemblies:
    """Where this run keeps what it synthesized; workers of the run share it."""

    folder: Path

    def template(self, stage: str, stack: str) -> Template:
        text = (self.stage(stage) / f"Quittance-{stage}-{stack}.template.json").read_text()
        return Template(json.loads(text))

    def asset(self, stage: str, code: dict[str, Any]) -> Path:
        """The file that a function's `Code` stands for."""
        return self.stage(stage) / f"asset.{code['S3Key']}"

    def templates(self, stage: str) -> Iterator[tuple[str, Template]]:
        return ((stack, self.template(stage, stack)) for stack in STACKS)

    def stage(self, stage: str) -> Path:
        """The assembly of a stage. One of them is checked by CDK's own, slower validation too."""
        env = {"QUITTANCE_STAGE": stage, "CDK_VALIDATION": str(stage == "prod").lower()}
        return self.once(stage, lambda out: run_python("infra.app", CDK_OUTDIR=str(out), **env))

    def once(self, name: str, write: Callable[[Path], object]) -> Path:
        """What `write` puts into a folder of that name, by whichever worker comes first."""
        target = self.folder / name
        with FileLock(self.folder / f"{name}.lock", timeout=SYNTHESIS_SECONDS_MAX):
            if not target.exists():
                unfinished = self.folder / f"{name}.unfinished"
                write(unfinished)
                unfinished.rename(target)
        return target


def run_python(module: str, *arguments: str, **env: str) -> str:
    """Run a module as a program of this environment; what it prints."""
    return run([sys.executable, "-m", module, *arguments], env)


def run(command: list[str], env: Mapping[str, str]) -> str:
    done = subprocess.run(
        command,
        cwd=ROOT,
        env={**os.environ, **env},
        capture_output=True,
        text=True,
        timeout=SYNTHESIS_SECONDS_MAX,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-4000:]
    return done.stdout


def without_assets(text: str) -> str:
    """A template's text that does not change with the content of what is deployed."""
    return ASSET.sub("<asset>", text)


def actions(statement: dict[str, Any]) -> list[str]:
    found = statement["Action"]
    return [found] if isinstance(found, str) else found


def arn_of(resource: str) -> dict[str, Any]:
    return {"Fn::GetAtt": [resource, "Arn"]}
