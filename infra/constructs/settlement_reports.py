"""Where settlement reports come in: a bucket whose objects are announced to a queue of payments."""

from aws_cdk import CfnOutput, Duration, Stack
from aws_cdk import aws_iam as iam
from aws_cdk import aws_lambda_event_sources as sources
from aws_cdk import aws_s3 as s3
from aws_cdk import aws_sqs as sqs
from constructs import Construct

from infra.constructs.acknowledge import acknowledge
from infra.constructs.inbox import RECEIVES_MAX, dead_letter_queue
from infra.constructs.service_function import ServiceFunction
from infra.stages import Stage


class SettlementReports(Construct):
    """Every version of a report is kept as it came; nobody may delete one."""

    def __init__(
        self,
        scope: Construct,
        id_: str,
        *,
        stage: Stage,
        bucket_name: str,
        reader: ServiceFunction,
        visibility_seconds: int,
    ) -> None:
        super().__init__(scope, id_)
        self._name = bucket_name
        self.dead_letters = dead_letter_queue(self, "DeadLetters", stage)
        self.queue = sqs.Queue(
            self,
            "Queue",
            encryption=sqs.QueueEncryption.SQS_MANAGED,
            enforce_ssl=stage.tls_only,
            removal_policy=stage.removal_policy,
            visibility_timeout=Duration.seconds(visibility_seconds),
            dead_letter_queue=sqs.DeadLetterQueue(
                queue=self.dead_letters, max_receive_count=RECEIVES_MAX
            ),
        )
        self._bucket = s3.Bucket(
            self,
            "Bucket",
            bucket_name=bucket_name,
            versioned=True,
            block_public_access=s3.BlockPublicAccess.BLOCK_ALL,
            encryption=s3.BucketEncryption.S3_MANAGED,
            enforce_ssl=stage.tls_only,
            removal_policy=stage.removal_policy,
        )
        acknowledge(
            self._bucket,
            "AwsSolutions-S1",
            reason="Every version is kept, and each object that comes is noted with its reading.",
        )
        self._announce()
        reader.add_event_source(
            sources.SqsEventSource(
                self.queue,
                batch_size=1,
                max_concurrency=stage.inbox_concurrency_max,
                report_batch_item_failures=True,
            )
        )
        CfnOutput(scope, "SettlementReportsBucketName", value=self._bucket.bucket_name)

    def grant_read(self, function: ServiceFunction) -> None:
        """Read any version of what lies in the bucket."""
        self._allow(function, "s3:GetObject", "s3:GetObjectVersion")

    def grant_put(self, function: ServiceFunction) -> None:
        """Add reports, as a provider does."""
        self._allow(function, "s3:PutObject")

    def _allow(self, function: ServiceFunction, *actions: str) -> None:
        self._bucket.add_to_resource_policy(
            iam.PolicyStatement(
                principals=[function.grant_principal],
                actions=list(actions),
                resources=[self._bucket.arn_for_objects("*")],
            )
        )

    def _announce(self) -> None:
        """By the template itself: the CDK's own way is a function of its own that does it."""
        arn = Stack.of(self).format_arn(service="s3", region="", account="", resource=self._name)
        self.queue.add_to_resource_policy(
            iam.PolicyStatement(
                principals=[iam.ServicePrincipal("s3.amazonaws.com")],
                actions=["sqs:SendMessage"],
                resources=[self.queue.queue_arn],
                conditions={"ArnEquals": {"aws:SourceArn": arn}},
            )
        )
        resource = self._bucket.node.default_child
        assert isinstance(resource, s3.CfnBucket)
        resource.notification_configuration = s3.CfnBucket.NotificationConfigurationProperty(
            queue_configurations=[
                s3.CfnBucket.QueueConfigurationProperty(
                    event="s3:ObjectCreated:*", queue=self.queue.queue_arn
                )
            ]
        )
        resource.node.add_dependency(self.queue)
