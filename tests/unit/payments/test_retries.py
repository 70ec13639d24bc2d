"""What is tried again at once, how often, and how long it waits in between."""

import pytest

from payments.domain.errors import OutcomeUnknown, ProviderBusy, ProviderNotReached
from payments.infrastructure.providers.retries import patiently


class Provider:
    """Refuses with each failure in turn, then answers."""

    def __init__(self, *failures: Exception) -> None:
        self.failures = list(failures)
        self.calls = 0
        self.pauses: list[float] = []

    def __call__(self) -> str:
        self.calls += 1
        if self.failures:
            raise self.failures.pop(0)
        return "answer"


def test_a_busy_or_unreached_provider_is_asked_three_times_with_growing_pauses() -> None:
    provider = Provider(ProviderBusy(), ProviderNotReached())
    assert patiently(provider, sleep=provider.pauses.append) == "answer"
    assert provider.calls == 3
    assert 0 <= provider.pauses[0] <= 0.1
    assert 0 <= provider.pauses[1] <= 0.2


def test_the_third_refusal_is_the_last() -> None:
    provider = Provider(*[ProviderBusy() for _ in range(9)])
    with pytest.raises(ProviderBusy):
        patiently(provider, sleep=provider.pauses.append)
    assert provider.calls == 3


def test_an_unknown_outcome_is_never_asked_for_again_at_once() -> None:
    provider = Provider(OutcomeUnknown())
    with pytest.raises(OutcomeUnknown):
        patiently(provider, sleep=provider.pauses.append)
    assert (provider.calls, provider.pauses) == (1, [])
