"""A provider that keeps its promise on idempotency keys and its own limits, and nothing else."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import timedelta
from random import Random

from payments.domain.attempt import Answer, Attempt, Outcome, payment_of
from payments.domain.errors import OutcomeUnknown, ProviderBusy, ProviderNotReached
from shared.contracts.provider_notice import Notice, Operation, Verdict

STANDING = frozenset({Verdict.SUCCEEDED, Verdict.OPENED, Verdict.LOST})


@dataclass
class HostileProvider:
    """Its truth is `operations`, by the key of the attempt that asked for each.

    Every verdict is told at least once, at any time and in any order, by a webhook in `waiting`.
    """

    rng: Random
    faults: bool = True
    operations: dict[str, Notice] = field(default_factory=dict)
    given_back: dict[str, int] = field(default_factory=dict)
    waiting: list[Notice] = field(default_factory=list)
    key_used_for: timedelta = timedelta(minutes=10)
    absent_after: timedelta = timedelta(minutes=20)

    def authorize(self, attempt: Attempt, *, token: str, metadata: Mapping[str, str]) -> Answer:
        assert token.startswith("tok_")
        return self._operate(attempt, f"at_provider_{attempt.key}", metadata)

    def capture(
        self, attempt: Attempt, *, provider_payment: str, metadata: Mapping[str, str]
    ) -> Answer:
        return self._operate(attempt, provider_payment, metadata)

    def void(
        self, attempt: Attempt, *, provider_payment: str, metadata: Mapping[str, str]
    ) -> Answer:
        return self._operate(attempt, provider_payment, metadata)

    def refund(
        self, attempt: Attempt, *, provider_payment: str, metadata: Mapping[str, str]
    ) -> Answer:
        return self._operate(attempt, provider_payment, metadata)

    def find(self, reference: str) -> Notice | None:
        if self._strikes(0.1):
            raise OutcomeUnknown
        known = [each for each in self.operations.values() if each.reference == reference]
        return known[-1] if known else None

    def sum_of(self, provider_payment: str, *operations: Operation) -> int:
        """The minor units that stand of these operations on a payment."""
        return sum(
            notice.amount.minor
            for notice in self.operations.values()
            if notice.provider_payment == provider_payment
            and notice.operation in operations
            and notice.verdict in STANDING
        )

    def payments(self) -> list[Notice]:
        """Every authorization that succeeded once."""
        return [
            notice
            for notice in self.operations.values()
            if notice.operation is Operation.AUTHORIZE
            and notice.verdict in {Verdict.SUCCEEDED, Verdict.EXPIRED}
        ]

    def rest(self, provider_payment: str) -> int:
        """What is still held."""
        held = self.sum_of(provider_payment, Operation.AUTHORIZE)
        if held == 0:
            return 0
        gone = self.sum_of(provider_payment, Operation.CAPTURE, Operation.VOID)
        return held - gone - self.given_back.get(provider_payment, 0)

    def refundable(self, provider_payment: str) -> int:
        captured = self.sum_of(provider_payment, Operation.CAPTURE)
        return captured - self.sum_of(provider_payment, Operation.REFUND, Operation.DISPUTE)

    def misfortune(self) -> None:
        """A hold expires, a success is withdrawn, a customer disputes: one of them, somewhere."""
        payment = self.rng.choice(self.payments())
        self.rng.choice((self._expire, self._reverse, self._dispute))(payment)

    def _expire(self, authorization: Notice) -> None:
        name = authorization.provider_payment
        if authorization.verdict is Verdict.SUCCEEDED and self.rest(name) > 0:
            self._tell(replace(authorization, verdict=Verdict.EXPIRED))

    def _reverse(self, authorization: Notice) -> None:
        name = authorization.provider_payment
        for notice in list(self.operations.values()):
            ours = notice.provider_payment == name and notice.verdict is Verdict.SUCCEEDED
            spent = self.refundable(name) < notice.amount.minor
            if ours and notice.operation is Operation.CAPTURE and not spent:
                return self._tell(replace(notice, verdict=Verdict.REVERSED))
            if ours and notice.operation is Operation.REFUND:
                return self._tell(replace(notice, verdict=Verdict.REVERSED))
        return None

    def _dispute(self, authorization: Notice) -> None:
        name = authorization.provider_payment
        if self.refundable(name) <= 0:
            return
        amount = replace(authorization.amount, minor=self.rng.randint(1, self.refundable(name)))
        opened = replace(
            authorization,
            operation=Operation.DISPUTE,
            verdict=Verdict.OPENED,
            amount=amount,
            provider_reference=f"dispute_{len(self.operations)}",
            capture_before=None,
        )
        self._tell(opened)
        if self.rng.random() < 0.8:
            self._tell(replace(opened, verdict=self.rng.choice((Verdict.WON, Verdict.LOST))))

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
            self._tell(notice, key=attempt.key)
            if attempt.operation is Operation.CAPTURE and notice.verdict is Verdict.SUCCEEDED:
                rest = self.rest(provider_payment) if attempt.final else 0
                before = self.given_back.get(provider_payment, 0)
                self.given_back[provider_payment] = before + rest
        if self._strikes(0.2):
            return Answer(outcome=Outcome.UNKNOWN)  # it is done, and the line dropped
        known = self.operations[attempt.key]
        return Answer(
            outcome=Outcome.PENDING,
            provider_payment=known.provider_payment,
            provider_reference=known.provider_reference,
        )

    def _decide(self, attempt: Attempt, provider_payment: str) -> Notice:
        limit = {
            Operation.AUTHORIZE: lambda: attempt.amount.minor,
            Operation.CAPTURE: lambda: self.rest(provider_payment),
            Operation.VOID: lambda: self.rest(provider_payment),
            Operation.REFUND: lambda: self.refundable(provider_payment),
        }[attempt.operation]()
        verdict = self.rng.choices((Verdict.SUCCEEDED, Verdict.DECLINED), (4, 1))[0]
        if limit < attempt.amount.minor:
            verdict = Verdict.FAILED
        return Notice(
            reference=attempt.attempt_id,
            operation=attempt.operation,
            verdict=verdict,
            amount=attempt.amount,
            provider_payment=provider_payment,
            provider_reference=f"op_{len(self.operations)}",
            decline_code=None if verdict is Verdict.SUCCEEDED else "do_not_honor",
        )

    def _tell(self, notice: Notice, *, key: str | None = None) -> None:
        """It is so from now on, and everybody will hear of it."""
        if key is None:
            key = next(
                (
                    known_key
                    for known_key, known in self.operations.items()
                    if known.provider_reference == notice.provider_reference
                ),
                notice.provider_reference,
            )
        self.operations[key] = notice
        self.waiting += [notice] * self.rng.choice((1, 1, 2))

    def _strikes(self, chance: float) -> bool:
        return self.faults and self.rng.random() < chance


def of_payment(provider: HostileProvider, payment_id: str) -> str | None:
    """The provider's name for the payment's last authorization that succeeded."""
    names = [
        notice.provider_payment
        for notice in provider.payments()
        if payment_of(notice.reference) == payment_id
    ]
    return names[-1] if names else None
