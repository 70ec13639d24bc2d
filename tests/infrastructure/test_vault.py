"""The vault of seals: written once, forgotten never, signed for by the nightly proof alone."""

from tests.infrastructure.synthesis import Assemblies, actions


def test_the_vault_forgets_nothing_and_nobody_may_delete_from_it(assemblies: Assemblies) -> None:
    template = assemblies.template("prod", "Accounting")
    (bucket,) = template.resources("AWS::S3::Bucket").values()
    assert bucket["ObjectLockEnabled"] is True
    assert bucket["ObjectLockConfiguration"]["Rule"]["DefaultRetention"] == {
        "Mode": "COMPLIANCE",
        "Days": 3650,
    }
    (policy,) = template.resources("AWS::S3::BucketPolicy").values()
    allowed = {
        action
        for statement in policy["PolicyDocument"]["Statement"]
        if statement["Effect"] == "Allow"
        for action in actions(statement)
    }
    assert allowed == {
        "s3:GetObject",
        "s3:GetObjectVersion",
        "s3:ListBucket",
        "s3:ListBucketVersions",
        "s3:PutObject",
    }
    denied = {
        action: statement.get("Condition")
        for statement in policy["PolicyDocument"]["Statement"]
        if statement["Effect"] == "Deny"
        for action in actions(statement)
    }
    assert denied["s3:PutObject"] == {"Null": {"s3:if-none-match": "true"}}
    assert denied["s3:DeleteObject"] is denied["s3:DeleteObjectVersion"] is None
    assert denied["s3:PutLifecycleConfiguration"] is None


def test_only_the_nightly_proof_signs(assemblies: Assemblies) -> None:
    template = assemblies.template("prod", "Accounting")
    signing = [
        function["Handler"]
        for function in template.resources("AWS::Lambda::Function").values()
        for statement in template.policy_of(function["Handler"])
        if "kms:Sign" in actions(statement)
    ]
    assert signing == ["accounting.api.proof.handler"]
