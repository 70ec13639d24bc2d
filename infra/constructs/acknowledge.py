"""Findings of the security rules that stand, each with the reason why."""

from aws_cdk import Acknowledgment, Validations
from constructs import IConstruct


def acknowledge(scope: IConstruct, rule: str, *, reason: str) -> None:
    """Record that `rule` is known to fail for `scope`; a finding of the same rule names itself."""
    Validations.of(scope).acknowledge(Acknowledgment(id=rule, reason=reason))
