"""How a service listens: rule → queue → function, with dead letters behind both steps.

Nothing is lost on the way: the rule leaves what it cannot deliver with the dead letters, and so
does the queue what the function cannot handle after five attempts.
"""

from typing import Any, Protocol

from aws_cdk import Duration
from aws_cdk import aws_events as events
from aws_cdk import aws_events_targets as targets
from aws_cdk import aws_lambda_event_sources as sources
from aws_cdk import aws_sqs as sqs
from constructs import Construct

from infra.constructs.service_function import ServiceFunction
from infra.names import bus_name
from infra.stages import Stage
from shared.contracts.union import message_types

RECEIVES_MAX = 5
BATCH_SIZE = 10
DEAD_LETTERS_KEPT = Duration.days(14)


class Fed(Protocol):
    """What hands messages to a consumer: its queue, and where the dead ones lie."""

    queue: sqs.Queue
    dead_letters: sqs.Queue


class Inbox(Construct):
    """The messages of the union `listens_to`, wherever they come from, handed to `consumer`."""

    def __init__(
        self,
        scope: Construct,
        id_: str,
        *,
        stage: Stage,
        listens_to: Any,
        consumer: ServiceFunction,
        batch_size: int = BATCH_SIZE,
    ) -> None:
        super().__init__(scope, id_)
        self.dead_letters = dead_letter_queue(self, "DeadLetters", stage)
        self.queue = sqs.Queue(
            self,
            "Queue",
            encryption=sqs.QueueEncryption.SQS_MANAGED,
            enforce_ssl=stage.tls_only,
            removal_policy=stage.removal_policy,
            visibility_timeout=Duration.seconds(stage.inbox_visibility_seconds),
            dead_letter_queue=sqs.DeadLetterQueue(
                queue=self.dead_letters, max_receive_count=RECEIVES_MAX
            ),
        )
        events.Rule(
            self,
            "Rule",
            event_bus=events.EventBus.from_event_bus_name(self, "Bus", bus_name(stage)),
            event_pattern=events.EventPattern(
                source=events.Match.prefix("quittance."),
                detail_type=sorted(message.__name__ for message in message_types(listens_to)),
            ),
            targets=[targets.SqsQueue(self.queue, dead_letter_queue=self.dead_letters)],
        )
        consumer.add_event_source(
            sources.SqsEventSource(
                self.queue,
                batch_size=batch_size,
                max_concurrency=stage.inbox_concurrency_max,
                report_batch_item_failures=True,
            )
        )


def dead_letter_queue(scope: Construct, id_: str, stage: Stage) -> sqs.Queue:
    """What was given up waits here until it is a row; it keeps longer than an inbox's four days."""
    return sqs.Queue(
        scope,
        id_,
        encryption=sqs.QueueEncryption.SQS_MANAGED,
        enforce_ssl=stage.tls_only,
        removal_policy=stage.removal_policy,
        retention_period=DEAD_LETTERS_KEPT,
        visibility_timeout=Duration.seconds(stage.inbox_visibility_seconds),
    )
