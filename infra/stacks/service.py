"""What every service has: two tables, an outbox, HTTP, inboxes, and alarms over all of it."""

from collections.abc import Callable, Sequence
from typing import Any

from aws_cdk import CfnOutput, Stack
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_sqs as sqs
from constructs import Construct

from infra import names
from infra.constructs import alarms
from infra.constructs.code import service_bundle
from infra.constructs.inbox import BATCH_SIZE, Fed, Inbox
from infra.constructs.operations import Graves, Operations
from infra.constructs.outbox import Outbox
from infra.constructs.service_function import (
    RELAY,
    SWEEP,
    SYNCHRONOUS,
    Deployment,
    ServiceFunction,
    Sizing,
    consumer_sizing,
)
from infra.constructs.service_tables import Index, ServiceTables
from infra.stages import Stage
from shared.settings import to_env


class ServiceStack(Stack):
    """The skeleton. A service's own stack adds its functions and inboxes and says what each may
    do, and calls `watch` when all of them are there."""

    def __init__(
        self,
        scope: Construct,
        stage: Stage,
        *,
        service: str,
        settings: Callable[..., Any],
        indexes: Sequence[Index] = (),
    ) -> None:
        super().__init__(
            scope,
            names.stack_name(stage, service.capitalize()),
            description=f"Quittance: the {service} service",
            tags=names.tags(stage),
            termination_protection=stage.retain_data,
        )
        self.stage = stage
        self.tables = ServiceTables(self, "Tables", stage=stage, indexes=indexes)
        self._deployment = Deployment(
            stage=stage,
            service=service,
            bundle=service_bundle(self, service, stage),
            environment=to_env(
                settings(
                    stage=stage.name,
                    table_name=self.tables.main.table_name,
                    commands_table_name=self.tables.commands.table_name,
                    bus_name=names.bus_name(stage),
                    api_keys_secret=names.api_keys_secret(stage),
                )
            ),
        )
        self._functions: dict[str, ServiceFunction] = {}
        self._inboxes: dict[str, Fed] = {}
        self._more_alarms: list[cloudwatch.Alarm] = []
        self._stream_failures: dict[str, sqs.Queue] = {}
        self.http = self.function("http", SYNCHRONOUS)
        self.http.grant_secret(names.api_keys_secret(stage))
        relay = self.function("relay", RELAY)
        self.schedule = self.function("schedule", SWEEP)
        self._outbox = Outbox(
            self,
            "Outbox",
            stage=stage,
            tables=self.tables,
            relay=relay,
            sweep=self.schedule,
        )
        self.stream_failures("relay", self._outbox.failures)

    def function(
        self, name: str, sizing: Sizing, *, concurrency: int | None = None
    ) -> ServiceFunction:
        """The Lambda at `<service>.api.<name>`."""
        function = ServiceFunction(
            self,
            name.capitalize(),
            self._deployment,
            handler=f"{self._deployment.service}.api.{name}.handler",
            sizing=sizing,
            concurrency=concurrency,
        )
        self._functions[name] = function
        return function

    def consumer(
        self, name: str, listens_to: Any, *, batch_size: int = BATCH_SIZE
    ) -> ServiceFunction:
        """The Lambda at `<service>.api.<name>`, handed the messages of that union."""
        function = self.function(name, consumer_sizing(self.stage))
        title = name.capitalize()
        self._inboxes[title] = Inbox(
            self,
            f"{title}Inbox",
            stage=self.stage,
            listens_to=listens_to,
            consumer=function,
            batch_size=batch_size,
        )
        return function

    def also_fed(self, title: str, inbox: Fed) -> None:
        """A queue of a service's own, with dead letters like those of the others."""
        self._inboxes[title] = inbox

    def stream_failures(self, reader: str, queue: sqs.Queue) -> None:
        """Where a reader of the table's stream leaves a note of what it gave up."""
        self._stream_failures[reader] = queue

    def also_watch(self, *more: cloudwatch.Alarm) -> None:
        """Alarms of a service's own, to be told with the others."""
        self._more_alarms += more

    def watch(self) -> None:
        """Operations and alarms over everything that was added, and the outputs tools read."""
        graves = Graves(
            inboxes={title.lower(): inbox for title, inbox in self._inboxes.items()},
            streams=self._stream_failures,
        )
        self.operations = Operations(
            self, "Operations", deployment=self._deployment, tables=self.tables, graves=graves
        )
        self._functions |= self.operations.functions()
        CfnOutput(self, "TableName", value=self.tables.main.table_name)
        CfnOutput(self, "CommandsTableName", value=self.tables.commands.table_name)
        CfnOutput(self, "RelayFunctionName", value=self._functions["relay"].function_name)
        CfnOutput(self, "RelayFailuresQueueUrl", value=self._outbox.failures.queue_url)
        CfnOutput(
            self, "RepublishingFunctionName", value=self.operations.republishing.function_name
        )
        raised = [
            *self._more_alarms,
            *alarms.function_alarms(self, self._functions),
            alarms.stream_behind(self, "StreamBehind", self._functions["relay"]),
            alarms.queue_not_empty(self, "RelayFailures", self._outbox.failures),
            alarms.dead_letter_open(self, service=self._deployment.service),
        ]
        for title, inbox in self._inboxes.items():
            CfnOutput(self, f"{title}QueueUrl", value=inbox.queue.queue_url)
            CfnOutput(self, f"{title}DeadLetterQueueUrl", value=inbox.dead_letters.queue_url)
            raised.append(alarms.queue_not_empty(self, f"{title}DeadLetters", inbox.dead_letters))
        alarms.tell(self, self.stage, raised)
