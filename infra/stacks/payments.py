"""The payments service: what was asked of the providers, and what they said."""

from functools import partial

from aws_cdk import Aws, CfnOutput
from aws_cdk import aws_events as events
from aws_cdk import aws_events_targets as targets
from aws_cdk import aws_iam as iam
from aws_cdk import aws_lambda as lambda_
from constructs import Construct

from infra import names
from infra.constructs import alarms
from infra.constructs.report_splitting import ReportSplitting
from infra.constructs.service_function import SWEEP, SYNCHRONOUS, ServiceFunction, Sizing
from infra.constructs.service_tables import Index
from infra.constructs.settlement_reports import SettlementReports
from infra.stacks.service import ServiceStack
from infra.stages import Stage
from payments.application.reactions import Accepted, Subscribed
from payments.settings import UNSPLIT, Settings

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
BY_PROVIDER = Index(
    name="by_provider", partition_key="ProviderPayment", sort_key="CreatedAt", keys_only=True
)
"""By the provider's name for a payment: what a settlement report may know it by alone."""
READING_TIMES = 10
"""A report takes so many times as long as a batch of messages; what is left is read on later."""


REPORTED = (
    "NoticeContradicted",
    "PaymentOverdrawn",
    "PaymentUnresolved",
    "HoldsExpiringSoon",
    "SettlementContradicted",
    "SettlementRefused",
    "SettlementReportMissing",
    "SettlementTypeUnknown",
)
"""What the service counts for somebody to look at, each by its name."""


class PaymentsStack(ServiceStack):
    """An inbox for commands and one for events, HTTP for operators, a URL for the providers."""

    def __init__(self, scope: Construct, stage: Stage) -> None:
        providers = names.providers_secret(stage)
        bucket = f"{names.settlement_reports(stage)}-{Aws.ACCOUNT_ID}-{Aws.REGION}"
        super().__init__(
            scope,
            stage,
            service="payments",
            settings=partial(
                Settings,
                providers_secret=providers,
                reports_bucket=bucket,
                splitting_machine=names.splitting_arn(stage) if stage.splits_reports else UNSPLIT,
            ),
            indexes=(UNRESOLVED, BY_STATUS, BY_PROVIDER, OPERATIONS),
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

        inbox = self.consumer("events", Subscribed)
        self.tables.grant(inbox, "GetItem", "PutItem")

        self._webhooks(providers)
        self._settlement(providers, bucket)
        self.also_watch(
            alarms.undecided_long(self, service="payments"),
            *(alarms.reported(self, name, service="payments") for name in REPORTED),
        )
        self.watch()

    def _settlement(self, providers: str, bucket: str) -> None:
        """Reports come into a bucket, or are fetched into it at night, and are read from there."""
        times = READING_TIMES
        timeout_seconds = times * self.stage.consumer_timeout_seconds
        reader = self.function(
            "settlement", Sizing(memory_mb=1024, timeout_seconds=timeout_seconds)
        )
        self.tables.grant(reader, "GetItem", "PutItem", "Query")
        self.tables.grant_index(reader, BY_PROVIDER)
        reports = SettlementReports(
            self,
            "SettlementReports",
            stage=self.stage,
            bucket_name=bucket,
            reader=reader,
            visibility_seconds=times * self.stage.inbox_visibility_seconds,
        )
        reports.grant_read(reader)
        if self.stage.splits_reports:
            self._split(reader, reports)
        fetching = self.function("fetching", SWEEP)
        self.tables.grant(fetching, "Query")
        fetching.grant_secret(providers)
        reports.grant_put(fetching)
        events.Rule(
            self,
            "Nightly",
            schedule=events.Schedule.cron(hour="1", minute="0"),
            targets=[targets.LambdaFunction(fetching, retry_attempts=2)],
        )
        CfnOutput(self, "FetchingFunctionName", value=fetching.function_name)
        self.also_fed("Reports", reports)

    def _split(self, reader: ServiceFunction, reports: SettlementReports) -> None:
        """A large report is read in parts, at the same time."""
        seconds = READING_TIMES * self.stage.consumer_timeout_seconds
        reading = self.function("reading", Sizing(memory_mb=1024, timeout_seconds=seconds))
        self.tables.grant(reading, "GetItem", "PutItem", "Query")
        self.tables.grant_index(reading, BY_PROVIDER)
        reports.grant_read(reading)
        splitting = ReportSplitting(self, "Splitting", stage=self.stage, reading=reading)
        reader.add_to_role_policy(
            iam.PolicyStatement(
                actions=["states:StartExecution"], resources=[names.splitting_arn(self.stage)]
            )
        )
        self.also_watch(*splitting.alarms())

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
