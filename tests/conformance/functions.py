"""Lambda functions for tests: made from a few lines of source, writing down what they are given."""

import io
import json
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.cloud import Account

PREAMBLE = """
import json, os, time

def record(value):
    with open(os.environ["JOURNAL"], "a") as journal:
        journal.write(json.dumps(value) + "\\n")

"""


@dataclass(frozen=True)
class Journal:
    """A file that functions append to, a JSON value a line."""

    path: Path

    def entries(self) -> list[Any]:
        if not self.path.exists():
            return []
        return [json.loads(line) for line in self.path.read_text().splitlines()]


@dataclass(frozen=True)
class Answer:
    """What an invocation returned; `error` is true when the function failed."""

    payload: Any
    error: bool


def package(files: Mapping[str, str]) -> bytes:
    """A deployment package with those files."""
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as written:
        for name, text in files.items():
            written.writestr(name, text)
    return archive.getvalue()


def deploy(
    account: Account,
    source: str,
    *,
    name: str = "fn",
    journal: Journal | None = None,
    timeout_seconds: int = 10,
    **settings: Any,
) -> str:
    """A function whose module is the preamble and `source`; returns its ARN."""
    variables = {"JOURNAL": str(journal.path)} if journal else {}
    usual = {
        "FunctionName": name,
        "Runtime": "python3.13",
        "Handler": "app.handler",
        "Role": f"arn:aws:iam::{account.account_id}:role/test",
        "Code": {"ZipFile": package({"app.py": PREAMBLE + source})},
        "Timeout": timeout_seconds,
        "Environment": {"Variables": variables},
    }
    made = account.client("lambda").create_function(**{**usual, **settings})
    arn: str = made["FunctionArn"]
    return arn


def invoke(account: Account, event: Any = None, *, name: str = "fn") -> Answer:
    answer = account.client("lambda").invoke(FunctionName=name, Payload=json.dumps(event))
    return Answer(json.loads(answer["Payload"].read()), "FunctionError" in answer)
