"""Where the ledger's seals are kept: a bucket that forgets nothing, and the key that signs."""

from aws_cdk import CfnOutput, Duration
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from aws_cdk import aws_s3 as s3
from constructs import Construct

from infra.constructs.acknowledge import acknowledge
from infra.constructs.service_function import ServiceFunction
from infra.stages import Stage

KEPT = Duration.days(3650)
"""Books are kept for ten years."""


class LedgerVault(Construct):
    """In stages that retain data not even the account's root can shorten what is locked."""

    def __init__(
        self, scope: Construct, id_: str, *, stage: Stage, bucket_name: str, alias: str
    ) -> None:
        super().__init__(scope, id_)
        lasting = s3.ObjectLockRetention.compliance(KEPT)
        passing = s3.ObjectLockRetention.governance(Duration.days(1))
        self._bucket = s3.Bucket(
            self,
            "Bucket",
            bucket_name=bucket_name,
            versioned=True,
            object_lock_enabled=True,
            object_lock_default_retention=lasting if stage.retain_data else passing,
            block_public_access=s3.BlockPublicAccess.BLOCK_ALL,
            encryption=s3.BucketEncryption.S3_MANAGED,
            enforce_ssl=stage.tls_only,
            removal_policy=stage.removal_policy,
        )
        acknowledge(
            self._bucket,
            "AwsSolutions-S1",
            reason="Nothing in it is secret, and the lock says what was written; no access log.",
        )
        self._keep(stage)
        self._key = kms.Key(
            self,
            "Key",
            alias=alias,
            description="Signs the daily seals of the ledger",
            key_spec=kms.KeySpec.RSA_2048,
            key_usage=kms.KeyUsage.SIGN_VERIFY,
            removal_policy=stage.removal_policy,
        )
        CfnOutput(scope, "VaultBucketName", value=self._bucket.bucket_name)

    def grant_read(self, function: ServiceFunction) -> None:
        """Read seals and exports, and check signatures."""
        self._bucket.add_to_resource_policy(
            iam.PolicyStatement(
                principals=[function.grant_principal],
                actions=["s3:ListBucket", "s3:ListBucketVersions"],
                resources=[self._bucket.bucket_arn],
            )
        )
        self._allow_objects(function, "s3:GetObject", "s3:GetObjectVersion")
        function.add_to_role_policy(
            iam.PolicyStatement(
                actions=["kms:GetPublicKey", "kms:Verify"], resources=[self._key.key_arn]
            )
        )

    def grant_seal(self, function: ServiceFunction) -> None:
        """Sign seals and add them. Nobody is allowed to delete, or to lift a retention."""
        self._allow_objects(function, "s3:PutObject")
        function.add_to_role_policy(
            iam.PolicyStatement(actions=["kms:Sign"], resources=[self._key.key_arn])
        )

    def _keep(self, stage: Stage) -> None:
        """An object is added once. What lies over another version is never read, and not allowed
        either; where data is retained nobody puts a marker over it or makes it expire."""
        everything = self._bucket.arn_for_objects("*")
        self._deny(["s3:PutObject"], everything, {"Null": {"s3:if-none-match": "true"}})
        if stage.retain_data:
            deleting = ["s3:DeleteObject", "s3:DeleteObjectVersion", "s3:BypassGovernanceRetention"]
            self._deny(deleting, everything)
            self._deny(["s3:PutLifecycleConfiguration"], self._bucket.bucket_arn)

    def _deny(
        self,
        actions: list[str],
        resource: str,
        conditions: dict[str, dict[str, str]] | None = None,
    ) -> None:
        self._bucket.add_to_resource_policy(
            iam.PolicyStatement(
                effect=iam.Effect.DENY,
                principals=[iam.AnyPrincipal()],
                actions=actions,
                resources=[resource],
                conditions=conditions,
            )
        )

    def _allow_objects(self, function: ServiceFunction, *actions: str) -> None:
        """By the bucket's own policy, which names two folders and whoever may use them."""
        folders = [self._bucket.arn_for_objects(f"{name}/*") for name in ("exports", "seals")]
        self._bucket.add_to_resource_policy(
            iam.PolicyStatement(
                principals=[function.grant_principal], actions=list(actions), resources=folders
            )
        )
