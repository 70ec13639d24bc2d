"""The payments service: what was asked of the providers, and what they said."""

from functools import partial

from aws_cdk import CfnOutput
from aws_cdk import aws_lambda as lambda_
from constructs import Construct

from infra import names
from infra.constructs import alarms
from infra.constructs.service_function import SYNCHRONOUS
from infra.constructs.service_tables import Index
from infra.stacks.service import ServiceStack
from infra.stages import Stage
from payments.application.reactions import Accepted, Subscribed
from payments.settings import Settings

UNRESOLVED = Index(
    name="unresolved", partition_key="Unresolved", sort_key="CheckAt", keys_only=True
)
"""The payments of which something is to be asked of the provider: few, if all is well."""
OPERATIONS = Index(
    name="operations", partition_key="OperationDay", sort_key="OccurredOn", keys_only=True
)
"""The messages that tell a movement of money, by their day."""
BY_STATUS = Index(
    name="by_status", partition_key="StatusShard", sort_key="CreatedAt", keys_only=True
)


REPORTED = ("NoticeContradicted", "PaymentUnresolved", "HoldsExpiringSoon")
"""What the service counts for somebody to look at, each by its name."""


class PaymentsStack(ServiceStack):
    """An inbox for commands and one for events, HTTP for operators, a URL for the providers."""

    def __init__(self, scope: Construct, stage: Stage) -> None:
        providers = names.providers_secret(stage)
        super().__init__(
            scope,
            stage,
            service="payments",
            settings=partial(Settings, providers_secret=providers),
            indexes=(UNRESOLVED, BY_STATUS, OPERATIONS),
        )
        self.tables.grant(self.http, "GetItem", "PutItem", "Query")
        self.tables.grant_index(self.http, UNRESOLVED)
        self.tables.grant_index(self.http, BY_STATUS)
        self.tables.grant_commands(self.http)
        self.http.grant_secret(providers)

        self.tables.grant_index(self.schedule, UNRESOLVED)
        self.tables.grant_index(self.schedule, OPERATIONS)
        self.tables.grant(self.schedule, "BatchGetItem", "PutItem")
        self.schedule.grant_secret(providers)

        # a command may wait for its provider twice: a batch of more would outlast the function
        commands = self.consumer("commands", Accepted, batch_size=1)
        self.tables.grant(commands, "GetItem", "PutItem")
        self.tables.grant_commands(commands)
        commands.grant_secret(providers)

        events = self.consumer("events", Subscribed)
        self.tables.grant(events, "GetItem", "PutItem")

        self._webhooks(providers)
        self.also_watch(
            alarms.undecided_long(self, service="payments"),
            *(alarms.reported(self, name, service="payments") for name in REPORTED),
        )
        self.watch()

    def _webhooks(self, providers: str) -> None:
        """Providers cannot sign with IAM, so the URL is open and the function checks their HMAC.

        It can store what it was sent and nothing else: whoever gets past it reads no payment.
        """
        webhooks = self.function(
            "webhooks", SYNCHRONOUS, concurrency=self.stage.webhooks_concurrency
        )
        self.tables.grant(webhooks, "PutItem")
        webhooks.grant_secret(providers)
        url = webhooks.add_function_url(auth_type=lambda_.FunctionUrlAuthType.NONE)
        CfnOutput(self, "WebhookUrl", value=url.url)
        CfnOutput(self, "WebhooksFunctionName", value=webhooks.function_name)
