"""The orders service: what customers want, and how far it has come."""

from functools import partial

from aws_cdk import CfnOutput
from constructs import Construct

from infra import names
from infra.constructs import alarms
from infra.constructs.compensation import Compensation, allow
from infra.constructs.service_function import consumer_sizing
from infra.constructs.service_tables import Index
from infra.stacks.service import ServiceStack
from infra.stages import Stage
from orders.application import recover
from orders.application.reactions import Subscribed
from orders.settings import Settings

DUE = Index(name="due", partition_key="Due", sort_key="DueAt", keys_only=True)
"""The orders that wait for a confirmation or an outcome: somebody looks when it is time."""


CASES = Index(name="cases", partition_key="CaseStatus", sort_key="OpenedAt", keys_only=True)
"""What is left for people, the oldest first."""


class OrdersStack(ServiceStack):
    """HTTP for customers, an inbox for what payments and accounting say, and compensation."""

    def __init__(self, scope: Construct, stage: Stage) -> None:
        super().__init__(
            scope,
            stage,
            service="orders",
            settings=partial(
                Settings,
                compensation_machine=names.compensation_arn(stage),
                confirmation_seconds=str(stage.confirmation_seconds),
                compensation_watch_seconds=str(stage.compensation_watch_seconds),
                compensation_patience_seconds=str(stage.compensation_patience_seconds),
            ),
            indexes=(DUE, CASES),
        )
        self.tables.grant(self.http, "GetItem", "PutItem", "Query")
        self.tables.grant_commands(self.http)
        self.tables.grant_index(self.http, CASES)
        self.tables.grant_index(self.schedule, DUE)
        self.tables.grant_index(self.schedule, CASES)
        self.tables.grant(self.schedule, "PutItem")
        events = self.consumer("events", Subscribed)
        self.tables.grant(events, "GetItem", "PutItem")
        self._compensation()
        CfnOutput(self, "ScheduleFunctionName", value=self.schedule.function_name)
        self.watch()

    def _compensation(self) -> None:
        """The inbox that starts and wakes executions, the machine, and the Lambda of its tasks."""
        recovery = self.consumer("recovery", recover.Subscribed)
        tasks = self.function("compensation", consumer_sizing(self.stage))
        for function in (recovery, tasks):
            self.tables.grant(function, "GetItem", "PutItem")
            allow(function, self.stage, "SendTaskSuccess")
        allow(recovery, self.stage, "StartExecution")
        compensation = Compensation(self, "Undoing", stage=self.stage, tasks=tasks)
        self.also_watch(
            alarms.case_waits(self, service="orders"),
            alarms.reported(self, "CaseOpened", service="orders"),
            *compensation.alarms(),
        )
