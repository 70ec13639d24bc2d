"""The accounting service: the double-entry ledger, its balances, its proof and its vault."""

from functools import partial

from aws_cdk import Aws, CfnOutput, Duration
from aws_cdk import aws_events as events
from aws_cdk import aws_events_targets as targets
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_lambda_event_sources as sources
from constructs import Construct

from accounting.application.reactions import Subscribed
from accounting.application.reconcile import Asked
from accounting.settings import Settings
from infra import names
from infra.constructs import alarms
from infra.constructs.acknowledge import acknowledge
from infra.constructs.inbox import dead_letter_queue
from infra.constructs.ledger_vault import LedgerVault
from infra.constructs.outbox import RECORD_AGE_MAX, RETRIES_MAX
from infra.constructs.service_function import Sizing
from infra.constructs.service_tables import Index
from infra.stacks.service import ServiceStack
from infra.stages import Stage


def _by(name: str) -> Index:
    """The entries about one thing, in the order they were booked; they are read by key after."""
    return Index(
        name=f"by_{name}", partition_key=f"{name}_id", sort_key="OccurredOn", keys_only=True
    )


OPEN_ITEMS = Index(name="open_items", partition_key="open_for", sort_key="since", keys_only=True)
"""What reconciliation has found and nobody has explained yet, by provider, oldest first."""
INDEXES = (_by("payment"), _by("order"), _by("payout"), OPEN_ITEMS)
ENTRY_ROWS = "ENTRY"
FOLDED_ROWS = ("FOLD", "CHAIN", "KEPT", "MOVED")
"""How the partitions of chains and balances begin."""
FOLD = Sizing(memory_mb=512, timeout_seconds=60)
FOLDED_AT_ONCE = 400
"""Entries moved into the balances by one transaction a lane."""
FOLDED_WITHIN = Duration.seconds(1)
PROOF = Sizing(memory_mb=1769, timeout_seconds=900)
"""It reads every entry there is."""
ENTRIES = {
    "eventName": lambda_.FilterRule.is_equal("INSERT"),
    "dynamodb": {
        "Keys": {"sk": {"S": lambda_.FilterRule.is_equal("ENTRY")}},
        "NewImage": {"ProcessedOn": lambda_.FilterRule.not_exists()},
    },
}


class AccountingStack(ServiceStack):
    """An inbox for facts to book, a fold behind the table's stream, HTTP, and a nightly proof.

    No function may delete an entry, or change what it says. Who books may not touch the chains and
    balances, and who moves those may not touch an entry: no one right makes a forgery whole.
    """

    def __init__(self, scope: Construct, stage: Stage) -> None:
        bucket = f"{names.ledger_vault(stage)}-{Aws.ACCOUNT_ID}-{Aws.REGION}"
        key = f"alias/{names.ledger_vault(stage)}"
        super().__init__(
            scope,
            stage,
            service="accounting",
            settings=partial(Settings, vault_bucket=bucket, seal_key=key),
            indexes=INDEXES,
        )
        self._vault = LedgerVault(self, "Vault", stage=stage, bucket_name=bucket, alias=key)
        self.tables.grant(self.http, "GetItem", "BatchGetItem", "PutItem", "Query", "Scan")
        self.tables.grant_commands(self.http)
        for index in INDEXES:
            self.tables.grant_index(self.http, index)
        self._vault.grant_read(self.http)

        inbox = self.consumer("events", Subscribed)
        self.tables.grant(inbox, "GetItem", "PutItem")
        self.tables.grant_index(inbox, INDEXES[0])
        self.tables.grant(self.schedule, "PutItem", "Query")
        self._fold()
        self._prove()
        self._reconcile()
        for books in (self.http, inbox, self.schedule):
            self.tables.forbid_writing(books, *FOLDED_ROWS)
        self.watch()

    def _reconcile(self) -> None:
        """Every night, after the books were sealed, and whenever somebody asks."""
        reconcile = self.consumer("reconcile", Asked, batch_size=1)
        self.tables.grant(reconcile, "GetItem", "BatchGetItem", "PutItem", "Query")
        self.tables.grant_index(reconcile, INDEXES[0])
        self.tables.grant_index(reconcile, OPEN_ITEMS)
        self.tables.forbid_writing(reconcile, *FOLDED_ROWS)
        nightly = self.function("nightly", Sizing(memory_mb=512, timeout_seconds=30))
        self.tables.grant(nightly, "GetItem", "PutItem", "Query")
        self.tables.forbid_writing(nightly, ENTRY_ROWS, *FOLDED_ROWS)
        events.Rule(
            self,
            "Reconciling",
            schedule=events.Schedule.cron(hour="2", minute="0"),
            targets=[targets.LambdaFunction(nightly, retry_attempts=2)],
        )
        self.also_watch(alarms.reported(self, "DiscrepanciesFound", service="accounting"))

    def _fold(self) -> None:
        """The second reader of the table's stream, beside the relay: all that a stream bears."""
        fold = self.function("fold", FOLD)
        self.tables.grant(fold, "GetItem", "PutItem", "Query")
        self.tables.forbid_writing(fold, ENTRY_ROWS)
        self.tables.grant_stream(fold)
        failures = dead_letter_queue(self, "FoldFailures", self.stage)
        acknowledge(
            failures,
            "AwsSolutions-SQS3",
            reason="It is where the fold's stream leaves what it gave up: a dead-letter queue.",
        )
        lambda_.EventSourceMapping(
            self,
            "FoldStream",
            target=fold,
            event_source_arn=self.tables.main.table_stream_arn,
            starting_position=lambda_.StartingPosition.TRIM_HORIZON,
            filters=[lambda_.FilterCriteria.filter(ENTRIES)],
            batch_size=FOLDED_AT_ONCE,
            max_batching_window=FOLDED_WITHIN,
            bisect_batch_on_error=True,
            retry_attempts=RETRIES_MAX,
            max_record_age=RECORD_AGE_MAX,
            on_failure=sources.SqsDlq(failures),
        )
        self.stream_failures("fold", failures)
        self.also_watch(
            alarms.stream_behind(self, "FoldBehind", fold),
            alarms.queue_not_empty(self, "FoldGaveUp", failures),
        )

    def _prove(self) -> None:
        """Every night the days that have ended are sealed and the books are proved.

        From what is sealed an operator can make the books of an empty table again.
        """
        proof = self.function("proof", PROOF)
        self.tables.grant(proof, "GetItem", "BatchGetItem", "PutItem", "Query", "Scan")
        self.tables.forbid_writing(proof, ENTRY_ROWS)
        self._vault.grant_read(proof)
        self._vault.grant_seal(proof)
        events.Rule(
            self,
            "Proving",
            schedule=events.Schedule.cron(hour="1", minute="0"),
            targets=[targets.LambdaFunction(proof, retry_attempts=2)],
        )
        CfnOutput(self, "ProofFunctionName", value=proof.function_name)
        rebuild = self.function("rebuild", PROOF)
        self.tables.grant(rebuild, "GetItem", "PutItem", "Query")
        self._vault.grant_read(rebuild)
        self.also_watch(
            alarms.reported(self, "LedgerBreached", service="accounting"),
            alarms.silent(self, "LedgerProved", service="accounting", hours=26),
        )
