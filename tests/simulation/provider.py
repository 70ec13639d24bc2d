"""A provider that keeps its promise on idempotency keys, and nothing else."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from random import Random

from payments.domain.attempt import Answer, Attempt, Outcome
from payments.domain.errors import OutcomeUnknown, ProviderBusy, ProviderNotReached
from shared.contracts.payments import Notice, Operation, Verdict


@dataclass
class HostileProvider:
    """Its truth is `operations`, by the key of the attempt that asked for each.

    Every operation is told at least once, at any time and in any order, by a webhook in `waiting`.
    """

    rng: Random
    faults: bool = True
    operations: dict[str, Notice] = field(default_factory=dict)
    waiting: list[Notice] = field(default_factory=list)

    def authorize(self, attempt: Attempt, *, token: str, metadata: Mapping[str, str]) -> Answer:
        assert token == "tok_visa"
        return self._operate(attempt, f"at_provider_{attempt.key}", metadata)

    def capture(
        self, attempt: Attempt, *, provider_payment: str, metadata: Mapping[str, str]
    ) -> Answer:
        return self._operate(attempt, provider_payment, metadata)

    def find(self, reference: str) -> Notice | None:
        if self._strikes(0.1):
            raise OutcomeUnknown
        known = [each for each in self.operations.values() if each.reference == reference]
        return known[-1] if known else None

    def captured(self, payment_id: str) -> int:
        """The minor units it has truly taken for a payment."""
        return sum(
            notice.amount.minor
            for notice in self.operations.values()
            if notice.reference.startswith(f"{payment_id}-")
            and notice.operation is Operation.CAPTURE
            and notice.verdict is Verdict.SUCCEEDED
        )

    def _operate(
        self, attempt: Attempt, provider_payment: str, metadata: Mapping[str, str]
    ) -> Answer:
        assert metadata["correlation_id"]
        if self._strikes(0.1):
            raise ProviderNotReached
        if self._strikes(0.1):
            raise ProviderBusy
        if self._strikes(0.1):
            return Answer(outcome=Outcome.UNKNOWN)  # it never arrived, but who knows
        if attempt.key not in self.operations:
            notice = self._decide(attempt, provider_payment)
            self.operations[attempt.key] = notice
            self.waiting += [notice] * self.rng.choice((1, 1, 2))
        if self._strikes(0.2):
            return Answer(outcome=Outcome.UNKNOWN)  # it is done, and the line dropped
        known = self.operations[attempt.key]
        return Answer(
            outcome=Outcome.PENDING,
            provider_payment=known.provider_payment,
            provider_reference=known.provider_reference,
        )

    def _decide(self, attempt: Attempt, provider_payment: str) -> Notice:
        verdict = self.rng.choices((Verdict.SUCCEEDED, Verdict.DECLINED), (4, 1))[0]
        return Notice(
            reference=attempt.attempt_id,
            operation=attempt.operation,
            verdict=verdict,
            amount=attempt.amount,
            provider_payment=provider_payment,
            provider_reference=f"op_{len(self.operations)}",
            decline_code=None if verdict is Verdict.SUCCEEDED else "do_not_honor",
        )

    def _strikes(self, chance: float) -> bool:
        return self.faults and self.rng.random() < chance
