"""What the services share: the bus and its archive, the alarm topic, and two secrets."""

from aws_cdk import CfnOutput, Duration, RemovalPolicy, SecretValue, Stack
from aws_cdk import aws_events as events
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from aws_cdk import aws_secretsmanager as secretsmanager
from aws_cdk import aws_sns as sns
from constructs import Construct

from infra import names
from infra.constructs.acknowledge import acknowledge
from infra.stages import Stage

NO_KEYS = '{"keys": []}'
NO_PROVIDERS = "{}"


class PlatformStack(Stack):
    """Deployed first; everything else finds it by name."""

    def __init__(self, scope: Construct, stage: Stage) -> None:
        super().__init__(
            scope,
            names.stack_name(stage, "Platform"),
            description="Quittance: bus, archive, alarm topic and secrets",
            tags=names.tags(stage),
            termination_protection=stage.retain_data,
        )
        self._stage = stage
        bus = events.EventBus(self, "Bus", event_bus_name=names.bus_name(stage))
        bus.archive(
            "Archive",
            description="Every message of the platform, for investigation",
            event_pattern=events.EventPattern(source=events.Match.prefix("quittance.")),
            retention=Duration.days(stage.archive_retention_days),
        )
        topic = self._alarm_topic()
        api_keys = self._secret(
            "ApiKeys",
            names.api_keys_secret(stage),
            initial=NO_KEYS,
            description="API keys by SHA-256, with their scopes; nobody is let in until one is put",
        )
        providers = self._secret(
            "Providers",
            names.providers_secret(stage),
            initial=NO_PROVIDERS,
            description="Where each payment provider is, our key there and its webhook secret",
        )
        CfnOutput(self, "BusName", value=bus.event_bus_name)
        CfnOutput(self, "ApiKeysSecret", value=api_keys)
        CfnOutput(self, "ProvidersSecret", value=providers)
        CfnOutput(self, "AlarmTopicArn", value=topic.topic_arn)

    def _secret(self, id_: str, name: str, *, initial: str, description: str) -> str:
        """A secret that operators fill. CloudFormation writes it once: only a changed template
        would write it again, so `initial` must stay as it is."""
        secret = secretsmanager.Secret(
            self,
            id_,
            secret_name=name,
            description=description,
            secret_string_value=SecretValue.unsafe_plain_text(initial),
            removal_policy=self._stage.removal_policy,
        )
        acknowledge(
            secret,
            "AwsSolutions-SMG4",
            reason="Providers and clients issue these keys: people rotate them by the runbook.",
        )
        return name

    def _alarm_topic(self) -> sns.Topic:
        topic = sns.Topic(
            self,
            "AlarmTopic",
            topic_name=names.alarm_topic_name(self._stage),
            enforce_ssl=self._stage.tls_only,
            master_key=self._alarm_key() if self._stage.customer_managed_keys else None,
        )
        topic.add_to_resource_policy(
            iam.PolicyStatement(
                principals=[iam.ServicePrincipal("cloudwatch.amazonaws.com")],
                actions=["sns:Publish"],
                resources=[topic.topic_arn],
                conditions={"StringEquals": {"aws:SourceAccount": self.account}},
            )
        )
        return topic

    def _alarm_key(self) -> kms.Key:
        """AWS's own key for topics does not let CloudWatch publish; this one does."""
        key = kms.Key(
            self, "AlarmKey", enable_key_rotation=True, removal_policy=RemovalPolicy.RETAIN
        )
        key.add_to_resource_policy(
            iam.PolicyStatement(
                principals=[iam.ServicePrincipal("cloudwatch.amazonaws.com")],
                actions=["kms:Decrypt", "kms:GenerateDataKey*"],
                resources=["*"],
                conditions={"StringEquals": {"aws:SourceAccount": self.account}},
            )
        )
        return key
