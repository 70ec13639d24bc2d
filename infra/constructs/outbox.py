"""How a service speaks: its table's stream → relay → bus, and a sweep for what the stream lost.

The stream keeps records for a day and retries in order, so retries and age are bounded, a bad
batch is split, and what is given up leaves a note in a queue. The message itself stays in the
table, unstamped, and the sweep publishes it.
"""

from aws_cdk import Duration
from aws_cdk import aws_dynamodb as dynamodb
from aws_cdk import aws_events as events
from aws_cdk import aws_events_targets as targets
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_lambda_event_sources as sources
from constructs import Construct

from infra.constructs.acknowledge import acknowledge
from infra.constructs.inbox import dead_letter_queue
from infra.constructs.service_function import ServiceFunction
from infra.constructs.service_tables import UNPROCESSED, ServiceTables
from infra.names import bus_name
from infra.stages import Stage

BATCH_SIZE = 100
RETRIES_MAX = 20
RECORD_AGE_MAX = Duration.hours(6)
SWEPT_EVERY = Duration.minutes(1)
MESSAGES = {
    "eventName": lambda_.FilterRule.is_equal("INSERT"),
    "dynamodb": {
        "NewImage": {
            "Payload": {"S": lambda_.FilterRule.exists()},
            "ProcessedOn": lambda_.FilterRule.not_exists(),
        }
    },
}


class Outbox(Construct):
    """Publishes every inserted item that carries a `Payload`."""

    def __init__(
        self,
        scope: Construct,
        id_: str,
        *,
        stage: Stage,
        tables: ServiceTables,
        relay: ServiceFunction,
        sweep: ServiceFunction,
    ) -> None:
        super().__init__(scope, id_)
        self.failures = dead_letter_queue(self, "RelayFailures", stage)
        acknowledge(
            self.failures,
            "AwsSolutions-SQS3",
            reason="It is where the relay's stream leaves what it gave up: a dead-letter queue.",
        )
        bus = events.EventBus.from_event_bus_name(self, "Bus", bus_name(stage))
        for function in (relay, sweep):
            bus.grant_put_events_to(function)
            tables.grant_stamp(function)
        tables.grant_index(sweep, UNPROCESSED)
        tables.grant(sweep, "GetItem")
        tables.grant_stream(relay)
        self._follow_stream(tables.main, relay, stage)
        events.Rule(
            self,
            "Sweep",
            schedule=events.Schedule.rate(SWEPT_EVERY),
            targets=[targets.LambdaFunction(sweep, retry_attempts=0)],
        )

    def _follow_stream(self, table: dynamodb.Table, relay: ServiceFunction, stage: Stage) -> None:
        lambda_.EventSourceMapping(
            self,
            "Stream",
            target=relay,
            event_source_arn=table.table_stream_arn,
            starting_position=lambda_.StartingPosition.TRIM_HORIZON,
            filters=[lambda_.FilterCriteria.filter(MESSAGES)],
            batch_size=BATCH_SIZE,
            parallelization_factor=stage.relay_parallelization,
            bisect_batch_on_error=True,
            report_batch_item_failures=True,
            retry_attempts=RETRIES_MAX,
            max_record_age=RECORD_AGE_MAX,
            on_failure=sources.SqsDlq(self.failures),
        )
