"""What must wake somebody: single alarms, gathered into one a stack that tells the topic."""

from collections.abc import Mapping, Sequence

from aws_cdk import Duration
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_cloudwatch_actions as actions
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_sns as sns
from aws_cdk import aws_sqs as sqs
from constructs import Construct

from infra.names import alarm_topic_arn
from infra.stages import Stage

METRICS = "Quittance"
"""The namespace of what the functions count themselves."""
FIVE_MINUTES = Duration.minutes(5)
STREAM_BEHIND_MILLISECONDS = 3_600_000
"""The stream keeps a record for 24 hours: at one hour most of a day is left to mend the relay."""
UNDECIDED_SECONDS = 3600
CASE_WAITS_SECONDS = 24 * 3600
FAILURES_IN_FIVE_MINUTES = 5
"""A single failure is retried and comes right; a row of them does not."""


def queue_not_empty(scope: Construct, id_: str, queue: sqs.IQueue) -> cloudwatch.Alarm:
    """Something lies where only a person takes it out."""
    metric = queue.metric_approximate_number_of_messages_visible(
        period=FIVE_MINUTES, statistic="Maximum"
    )
    return _alarm(scope, id_, metric, threshold=1)


def stream_behind(scope: Construct, id_: str, relay: lambda_.IFunction) -> cloudwatch.Alarm:
    """The relay does not keep up with its table's stream, or does not run."""
    metric = relay.metric("IteratorAge", period=FIVE_MINUTES, statistic="Maximum")
    return _alarm(scope, id_, metric, threshold=STREAM_BEHIND_MILLISECONDS)


def function_alarms(
    scope: Construct, functions: Mapping[str, lambda_.IFunction]
) -> list[cloudwatch.Alarm]:
    """For each function: it raises more often than retries mend, or Lambda refuses to run it."""
    raised = []
    for name, function in functions.items():
        title = name.capitalize()
        failing = function.metric_errors(period=FIVE_MINUTES)
        throttled = function.metric_throttles(period=FIVE_MINUTES)
        raised.append(failing_often(scope, f"{title}Failing", failing))
        raised.append(failing_often(scope, f"{title}Throttled", throttled))
    return raised


def reported(scope: Construct, name: str, *, service: str) -> cloudwatch.Alarm:
    """The service itself has counted something that must never be, under that name."""
    metric = cloudwatch.Metric(
        namespace=METRICS,
        metric_name=name,
        dimensions_map={"service": service},
        period=FIVE_MINUTES,
        statistic="Sum",
    )
    return _alarm(scope, name, metric, threshold=1)


def silent(scope: Construct, name: str, *, service: str, hours: int) -> cloudwatch.Alarm:
    """For so many hours the service has not counted what it counts by the clock."""
    metric = cloudwatch.Metric(
        namespace=METRICS,
        metric_name=name,
        dimensions_map={"service": service},
        period=Duration.hours(1),
        statistic="SampleCount",
    )
    return cloudwatch.Alarm(
        scope,
        f"{name}Silent",
        metric=metric,
        threshold=1,
        evaluation_periods=hours,
        comparison_operator=cloudwatch.ComparisonOperator.LESS_THAN_THRESHOLD,
        treat_missing_data=cloudwatch.TreatMissingData.BREACHING,
    )


def dead_letter_open(scope: Construct, *, service: str) -> cloudwatch.Alarm:
    """A dead letter waits for somebody; the metric is the age of the oldest, every minute anew."""
    metric = cloudwatch.Metric(
        namespace=METRICS,
        metric_name="DeadLetterSeconds",
        dimensions_map={"service": service},
        period=FIVE_MINUTES,
        statistic="Maximum",
    )
    return _alarm(scope, "DeadLetterOpen", metric, threshold=1)


def undecided_long(scope: Construct, *, service: str) -> cloudwatch.Alarm:
    """For an hour nobody has known what became of an operation at a provider."""
    metric = cloudwatch.Metric(
        namespace=METRICS,
        metric_name="UndecidedSeconds",
        dimensions_map={"service": service},
        period=FIVE_MINUTES,
        statistic="Maximum",
    )
    return _alarm(scope, "UndecidedLong", metric, threshold=UNDECIDED_SECONDS)


def once(scope: Construct, id_: str, metric: cloudwatch.Metric) -> cloudwatch.Alarm:
    """A single time is one too many."""
    return _alarm(scope, id_, metric, threshold=1)


def case_waits(scope: Construct, *, service: str) -> cloudwatch.Alarm:
    """For a day nobody has decided on what the platform could not undo."""
    metric = cloudwatch.Metric(
        namespace=METRICS,
        metric_name="OldestCaseSeconds",
        dimensions_map={"service": service},
        period=FIVE_MINUTES,
        statistic="Maximum",
    )
    return _alarm(scope, "CaseWaits", metric, threshold=CASE_WAITS_SECONDS)


def failing_often(scope: Construct, id_: str, metric: cloudwatch.Metric) -> cloudwatch.Alarm:
    """There are more failures in five minutes than chance explains."""
    return _alarm(scope, id_, metric, threshold=FAILURES_IN_FIVE_MINUTES)


def tell(scope: Construct, stage: Stage, alarms: Sequence[cloudwatch.Alarm]) -> None:
    """One alarm for the whole stack, so that one cause sends one message."""
    composite = cloudwatch.CompositeAlarm(
        scope, "Alarm", alarm_rule=cloudwatch.AlarmRule.any_of(*alarms)
    )
    topic = sns.Topic.from_topic_arn(scope, "AlarmTopic", alarm_topic_arn(scope, stage))
    composite.add_alarm_action(actions.SnsAction(topic))


def _alarm(
    scope: Construct, id_: str, metric: cloudwatch.Metric, *, threshold: int
) -> cloudwatch.Alarm:
    return cloudwatch.Alarm(
        scope,
        id_,
        metric=metric,
        threshold=threshold,
        evaluation_periods=1,
        comparison_operator=cloudwatch.ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
        treat_missing_data=cloudwatch.TreatMissingData.NOT_BREACHING,
    )
