"""What operators work with in a service: dead letters kept as rows, their API, and replays.

Each dead-letter queue feeds one function that makes rows of what comes; the queue itself holds
only what could not be kept.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from aws_cdk import Duration, Stack
from aws_cdk import aws_events as events
from aws_cdk import aws_events_targets as targets
from aws_cdk import aws_lambda_event_sources as sources
from aws_cdk import aws_sqs as sqs
from constructs import Construct

from infra.constructs.inbox import BATCH_SIZE, Fed
from infra.constructs.service_function import (
    SYNCHRONOUS,
    Deployment,
    ServiceFunction,
    Sizing,
    consumer_sizing,
)
from infra.constructs.service_tables import TASKS, ServiceTables
from infra.names import api_keys_secret, bus_name

REPUBLISHING = Sizing(memory_mb=512, timeout_seconds=60)
"""As long as until its next turn."""
REPUBLISHED_EVERY = Duration.minutes(1)
KEPT_AT_ONCE_MAX = 2
"""Batches of one queue: a storm of dead letters must not crowd out what is alive."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Graves:
    """Where a service's dead letters lie: behind its inboxes, and behind readers of its stream."""

    inboxes: Mapping[str, Fed]
    streams: Mapping[str, sqs.Queue]

    def queues(self) -> dict[str, sqs.Queue]:
        behind = {name: inbox.dead_letters for name, inbox in self.inboxes.items()}
        return {**behind, **self.streams}


class Operations(Construct):
    """`http` is the API, `keeping` makes rows, `republishing` finishes by the clock."""

    def __init__(
        self,
        scope: Construct,
        id_: str,
        *,
        deployment: Deployment,
        tables: ServiceTables,
        graves: Graves,
    ) -> None:
        super().__init__(scope, id_)
        self._deployment = deployment
        self._variable = Stack.of(self).to_json_string(
            [
                {
                    "name": name,
                    "arn": queue.queue_arn,
                    "inbox_url": graves.inboxes[name].queue.queue_url
                    if name in graves.inboxes
                    else "",
                }
                for name, queue in graves.queues().items()
            ]
        )
        self._tables = tables
        self.http = self._desk()
        self.keeping = self._keeper(graves)
        self.republishing = self._clockwork()
        for inbox in graves.inboxes.values():
            for function in (self.http, self.republishing):
                inbox.queue.grant(function, "sqs:SendMessage")

    def _desk(self) -> ServiceFunction:
        function = self._function("http", SYNCHRONOUS)
        function.grant_secret(api_keys_secret(self._deployment.stage))
        self._tables.grant(function, "GetItem", "PutItem")
        self._tables.grant_index(function, TASKS)
        self._tables.grant_commands(function)
        return function

    def _keeper(self, graves: Graves) -> ServiceFunction:
        function = self._function("keeping", consumer_sizing(self._deployment.stage))
        self._tables.grant(function, "PutItem", "Query")
        for queue in graves.queues().values():
            function.add_event_source(
                sources.SqsEventSource(
                    queue,
                    batch_size=BATCH_SIZE,
                    max_concurrency=KEPT_AT_ONCE_MAX,
                    report_batch_item_failures=True,
                )
            )
        return function

    def _clockwork(self) -> ServiceFunction:
        function = self._function("republishing", REPUBLISHING)
        self._tables.grant(function, "GetItem", "PutItem", "Scan")
        self._tables.grant_index(function, TASKS)
        bus = events.EventBus.from_event_bus_name(self, "Bus", bus_name(self._deployment.stage))
        bus.grant_put_events_to(function)
        events.Rule(
            self,
            "Republish",
            schedule=events.Schedule.rate(REPUBLISHED_EVERY),
            targets=[targets.LambdaFunction(function, retry_attempts=0)],
        )
        return function

    def functions(self) -> dict[str, ServiceFunction]:
        """By the names that alarms are told under."""
        return {
            "operations": self.http,
            "keeping": self.keeping,
            "republishing": self.republishing,
        }

    def _function(self, name: str, sizing: Sizing) -> ServiceFunction:
        function = ServiceFunction(
            self,
            name.capitalize(),
            self._deployment,
            handler=f"shared.operations.{name}.handler",
            sizing=sizing,
        )
        function.add_environment("DEAD_LETTER_QUEUES", self._variable)
        return function
