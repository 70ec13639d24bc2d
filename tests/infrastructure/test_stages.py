"""Stages differ as `infra/stages.py` says and in nothing else; each is sound."""

import json
import os
import re
import sys
from pathlib import Path

import pytest

from tests.infrastructure.synthesis import ROOT, STACKS, Assemblies, run, run_python, without_assets

HASHED = re.compile(r"[0-9A-Fa-f]{8,}")


def test_a_stage_is_its_values_and_a_name(assemblies: Assemblies) -> None:
    def write(out: Path) -> None:
        env = {"CDK_OUTDIR": str(out), "CDK_VALIDATION": "false"}
        run_python("tests.infrastructure.renamed", **env)

    renamed = assemblies.once("renamed", write)
    for stack in STACKS:
        text = (renamed / f"Quittance-rehearsal-{stack}.template.json").read_text()
        prod = json.dumps(assemblies.template("prod", stack).document)
        assert _lines(text, "rehearsal") == _lines(prod, "prod")


def _lines(text: str, stage: str) -> list[str]:
    """A template's lines without the stage's name, and without ids that CDK hashes from it."""
    lines = json.dumps(json.loads(text.replace(stage, "<stage>")), indent=1).splitlines()
    return sorted(HASHED.sub("<hash>", line).rstrip(",") for line in lines)


@pytest.mark.parametrize("stage", ["dev", "prod"])
def test_the_security_rules_find_nothing(stage: str) -> None:
    report = run_python("tests.infrastructure.security_report", stage, CDK_VALIDATION="false")
    assert json.loads(report) == {f"Quittance-{stage}-{stack}": [] for stack in STACKS}


@pytest.mark.parametrize("stage", ["dev", "prod"])
def test_data_outlives_a_mistake(assemblies: Assemblies, stage: str) -> None:
    kept = {"AWS::DynamoDB::Table", "AWS::KMS::Key", "AWS::SecretsManager::Secret"}
    for stack, template in assemblies.templates(stage):
        for name, resource in template.document["Resources"].items():
            if resource["Type"] in kept | {"AWS::Logs::LogGroup", "AWS::SQS::Queue"}:
                assert resource["DeletionPolicy"] == "Retain", (stack, name)
        for table in template.resources("AWS::DynamoDB::Table").values():
            assert table["DeletionProtectionEnabled"] is True
            assert table["PointInTimeRecoverySpecification"]["PointInTimeRecoveryEnabled"] is True
            assert table["SSESpecification"]["SSEType"] == "KMS"
            assert table["BillingMode"] == "PAY_PER_REQUEST"


def test_secrets_begin_empty_and_let_nobody_in(assemblies: Assemblies) -> None:
    secrets = assemblies.template("prod", "Platform").resources("AWS::SecretsManager::Secret")
    assert {s["Name"]: s["SecretString"] for s in secrets.values()} == {
        "quittance/prod/api-keys": '{"keys": []}',
        "quittance/prod/providers": "{}",
    }


def test_an_unknown_stage_is_refused() -> None:
    with pytest.raises(AssertionError, match="stage 'production' is none of local, dev, prod"):
        run_python("infra.app", QUITTANCE_STAGE="production")


def test_the_cdk_command_gives_the_same_templates_without_a_warning(assemblies: Assemblies) -> None:
    def write(out: Path) -> None:
        cdk = str(ROOT / "node_modules" / ".bin" / "cdk")
        path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
        arguments = ["synth", "--quiet", "--strict", "-c", "stage=local", "--output", str(out)]
        run([cdk, *arguments], {"PATH": path, "CDK_VALIDATION": "false"})

    by_command = assemblies.once("by-command", write)
    for stack in STACKS:
        name = f"Quittance-local-{stack}.template.json"
        by_module = (assemblies.stage("local") / name).read_text()
        assert without_assets((by_command / name).read_text()) == without_assets(by_module)
