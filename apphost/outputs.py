"""What the running platform tells those who use it: `outputs.json`."""

import json
import os
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

FILE = "outputs.json"
SERVICES = ("orders", "payments", "accounting")

# What each service's stack exports, and the word for it after the service's name.
TABLES = {"TableName": "", "CommandsTableName": "_commands"}
QUEUES = {
    "EventsQueueUrl": "_events",
    "EventsDeadLetterQueueUrl": "_events_dead_letters",
    "CommandsQueueUrl": "_commands",
    "CommandsDeadLetterQueueUrl": "_commands_dead_letters",
    "ReportsQueueUrl": "_reports",
    "ReportsDeadLetterQueueUrl": "_reports_dead_letters",
    "RecoveryQueueUrl": "_recovery",
    "RecoveryDeadLetterQueueUrl": "_recovery_dead_letters",
    "RelayFailuresQueueUrl": "_relay_failures",
}
FUNCTIONS = {
    "RelayFunctionName": "_relay",
    "RepublishingFunctionName": "_republishing",
    "ScheduleFunctionName": "_schedule",
    "WebhooksFunctionName": "_webhooks",
    "FetchingFunctionName": "_fetching",
}


class NotDeployed(Exception):
    """The deployment did not say what the platform's outputs need."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Outputs:
    """`tables`, `queues` and `functions` by service and purpose: `orders_events`."""

    target: str
    aws_endpoint_url: str
    region: str
    api_url: str
    webhook_url: str
    sandbox_url: str
    console_url: str | None
    api_keys: Mapping[str, str]
    tables: Mapping[str, str]
    bus: str
    state_machines: Mapping[str, str]
    queues: Mapping[str, str]
    buckets: Mapping[str, str]
    functions: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Deployed:
    """The outputs of the CDK app's stacks, by the last word of the stack's name."""

    stacks: Mapping[str, Mapping[str, str]]

    def output(self, stack: str, key: str) -> str:
        try:
            return self.stacks[stack][key]
        except KeyError as error:
            raise NotDeployed(f"stack {stack} has no output {key}") from error

    def named(self, words: Mapping[str, str]) -> dict[str, str]:
        """Those outputs of the services that `words` names."""
        return {
            service + word: self.stacks[service.capitalize()][key]
            for service in SERVICES
            for key, word in words.items()
            if key in self.stacks.get(service.capitalize(), {})
        }


def read_deployed(path: Path) -> Deployed:
    """The file that `cdk deploy --outputs-file` wrote."""
    stacks = json.loads(path.read_text())
    return Deployed({name.rpartition("-")[2]: values for name, values in stacks.items()})


def read(path: Path) -> Outputs:
    """Raises FileNotFoundError where no platform was brought up."""
    found: dict[str, Any] = json.loads(path.read_text())
    return Outputs(**found)


def write(outputs: Outputs, path: Path) -> None:
    """All of it or nothing; it holds keys, so only its owner may read it."""
    write_json(asdict(outputs), path)


def write_json(document: object, path: Path) -> None:
    """Readable by the owner alone; a reader sees the old document or the new one, never a half."""
    path.parent.mkdir(parents=True, exist_ok=True)
    fresh = path.with_name(f".{path.name}.{os.getpid()}")
    descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w") as file:
        file.write(json.dumps(document, indent=2) + "\n")
    fresh.replace(path)
