"""A service's two tables: its rows, with an outbox in their stream, and what it answered."""

from collections.abc import Sequence
from dataclasses import dataclass

from aws_cdk import RemovalPolicy, Stack
from aws_cdk import aws_dynamodb as dynamodb
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from aws_cdk import aws_lambda as lambda_
from constructs import Construct

from infra.stages import Stage

STAMPED = ["pk", "sk", "ProcessedOn", "Retries", "Unprocessed"]
"""What an update by the relay touches: the key, its condition, and the three marks it sets."""


def text(name: str) -> dynamodb.Attribute:
    return dynamodb.Attribute(name=name, type=dynamodb.AttributeType.STRING)


@dataclass(frozen=True, slots=True, kw_only=True)
class Index:
    """A second order of the main table's rows. It lags behind: no decision on money rests on it."""

    name: str
    partition_key: str
    sort_key: str
    keys_only: bool


UNPROCESSED = Index(
    name="unprocessed", partition_key="Unprocessed", sort_key="OccurredOn", keys_only=True
)
"""The messages that are not yet stamped as published: few, if all is well."""
TASKS = Index(name="tasks", partition_key="Task", sort_key="TaskAt", keys_only=True)
"""What operators have to do or have asked for: dead letters and replays."""


class ServiceTables(Construct):
    """Rows, messages and causes in one table, so that one transaction can write them together.

    They live in one region: the replicas of a global table let the last writer win, and conditions
    would hold in each region by itself.
    """

    def __init__(
        self, scope: Construct, id_: str, *, stage: Stage, indexes: Sequence[Index] = ()
    ) -> None:
        super().__init__(scope, id_)
        self.key = table_key(self) if stage.customer_managed_keys else None
        self.main = dynamodb.Table(
            self,
            "Table",
            partition_key=text("pk"),
            sort_key=text("sk"),
            stream=dynamodb.StreamViewType.NEW_IMAGE,
            time_to_live_attribute="expires_at",
            **protection(stage, self.key),
        )
        for index in (UNPROCESSED, TASKS, *indexes):
            self.main.add_global_secondary_index(
                index_name=index.name,
                partition_key=text(index.partition_key),
                sort_key=text(index.sort_key),
                projection_type=dynamodb.ProjectionType.KEYS_ONLY
                if index.keys_only
                else dynamodb.ProjectionType.ALL,
            )
        self.commands = dynamodb.Table(
            self,
            "Commands",
            partition_key=text("Key"),
            time_to_live_attribute="expiration",
            **protection(stage, self.key),
        )

    def grant(self, function: lambda_.Function, *actions: str) -> None:
        """Allow DynamoDB actions (without prefix) on the rows of the table, not on its indexes."""
        allow(function, self.main.table_arn, actions)

    def forbid_writing(self, function: lambda_.Function, *prefixes: str) -> None:
        """Refuse to write rows whose partition begins so, whatever else allows it."""
        function.add_to_role_policy(
            iam.PolicyStatement(
                effect=iam.Effect.DENY,
                actions=["dynamodb:PutItem", "dynamodb:UpdateItem", "dynamodb:DeleteItem"],
                resources=[self.main.table_arn],
                conditions={
                    "ForAnyValue:StringLike": {
                        "dynamodb:LeadingKeys": [f"{prefix}#*" for prefix in prefixes]
                    }
                },
            )
        )

    def grant_index(self, function: lambda_.Function, index: Index) -> None:
        allow(function, f"{self.main.table_arn}/index/{index.name}", ["Query"])

    def grant_commands(self, function: lambda_.Function) -> None:
        """What the idempotency of Powertools does with its records."""
        actions = ["GetItem", "PutItem", "UpdateItem", "DeleteItem"]
        allow(function, self.commands.table_arn, actions)

    def grant_stamp(self, function: lambda_.Function) -> None:
        """Mark messages as published; no other attribute of any row can be changed with it."""
        function.add_to_role_policy(
            iam.PolicyStatement(
                actions=["dynamodb:UpdateItem"],
                resources=[self.main.table_arn],
                conditions={"ForAllValues:StringEquals": {"dynamodb:Attributes": STAMPED}},
            )
        )

    def grant_stream(self, function: lambda_.Function) -> None:
        """What an event source mapping needs of the stream, and the key that it is sealed with."""
        stream = self.main.table_stream_arn
        assert stream is not None, "the table is made with a stream"
        names = ["DescribeStream", "GetRecords", "GetShardIterator", "ListStreams"]
        allow(function, stream, names)
        if self.key is not None:
            function.add_to_role_policy(
                iam.PolicyStatement(actions=["kms:Decrypt"], resources=[self.key.key_arn])
            )


def allow(function: lambda_.Function, resource: str, actions: Sequence[str]) -> None:
    """Allow exactly these DynamoDB actions on exactly this resource."""
    function.add_to_role_policy(
        iam.PolicyStatement(
            actions=[f"dynamodb:{action}" for action in actions], resources=[resource]
        )
    )


def protection(stage: Stage, key: kms.IKey | None) -> dict[str, object]:
    """How a table of this stage is billed, encrypted and kept."""
    return {
        "billing_mode": dynamodb.BillingMode.PAY_PER_REQUEST,
        "encryption": dynamodb.TableEncryption.CUSTOMER_MANAGED
        if key
        else dynamodb.TableEncryption.DEFAULT,
        "encryption_key": key,
        "point_in_time_recovery_specification": dynamodb.PointInTimeRecoverySpecification(
            point_in_time_recovery_enabled=True
        ),
        "deletion_protection": stage.retain_data,
        "removal_policy": stage.removal_policy,
    }


def table_key(scope: Construct) -> kms.Key:
    """A key that whoever may use the table may use too, through DynamoDB and no other way.

    The same rule as in the policy of the key that AWS manages for DynamoDB, so that a function's
    rights are its DynamoDB actions alone.
    """
    key = kms.Key(scope, "Key", enable_key_rotation=True, removal_policy=RemovalPolicy.RETAIN)
    stack = Stack.of(scope)
    key.add_to_resource_policy(
        iam.PolicyStatement(
            principals=[iam.AnyPrincipal()],
            actions=[
                "kms:CreateGrant",
                "kms:Decrypt",
                "kms:DescribeKey",
                "kms:Encrypt",
                "kms:GenerateDataKey*",
                "kms:ReEncrypt*",
            ],
            resources=["*"],
            conditions={
                "StringEquals": {
                    "kms:CallerAccount": stack.account,
                    "kms:ViaService": f"dynamodb.{stack.region}.amazonaws.com",
                }
            },
        )
    )
    return key
