"""What may go wrong in a simulated world, and how often: one line a fault.

A fault is a line here, and whoever asks `fate.strikes(…)` for it. Each seed draws its own mixture:
some faults are absent, some are frequent, so that rare combinations come together.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from random import Random
from typing import Final

RATES: Final[dict[str, tuple[float, float]]] = {
    # a worker
    "killed": (0.002, 0.02),
    "clock_skewed": (1.0, 1.0),
    "interleaved": (0.02, 0.2),
    # the store
    "store_refuses": (0.005, 0.05),
    "store_answer_lost": (0.005, 0.03),
    "store_keys_unprocessed": (0.05, 0.5),
    "index_stale": (0.05, 0.5),
    "expiry_late": (0.2, 0.8),
    # the stream and the bus
    "stream_batch_small": (0.2, 0.8),
    "bus_entry_failed": (0.02, 0.2),
    "bus_refuses": (0.01, 0.05),
    "bus_answer_lost": (0.01, 0.05),
    "bus_not_delivered": (0.005, 0.03),
    "message_doubled": (0.02, 0.3),
    "message_delayed": (0.02, 0.2),
    "message_delayed_days": (0.002, 0.01),
    "message_poisoned": (0.005, 0.03),
    "acknowledgement_lost": (0.01, 0.1),
    "callback_lost": (0.02, 0.2),
    "execution_stopped": (0.005, 0.05),
    "outbox_replayed": (0.05, 0.2),
    # the customer's line
    "request_lost": (0.02, 0.1),
    "request_doubled": (0.02, 0.2),
    "answer_lost": (0.02, 0.2),
    # the provider
    "provider_not_reached": (0.02, 0.1),
    "provider_busy": (0.02, 0.1),
    "provider_refuses_us": (0.005, 0.02),
    "provider_server_error": (0.005, 0.03),
    "provider_silent_before": (0.02, 0.1),
    "provider_silent_after": (0.02, 0.15),
    "provider_arrives_late": (0.01, 0.05),
    "provider_gibberish": (0.01, 0.05),
    "provider_query_fails": (0.02, 0.2),
    # its webhooks
    "webhook_missing": (0.05, 0.3),
    "webhook_doubled": (0.05, 0.3),
    "webhook_retold": (0.05, 0.4),
    "webhook_stale": (0.05, 0.4),
    "webhook_late": (0.05, 0.3),
    "webhook_late_days": (0.005, 0.03),
    "webhook_wrong": (0.02, 0.1),
    "webhook_forged": (0.02, 0.1),
    # for hours, once in a world
    "relay_outage": (0.1, 0.3),
    "consumer_outage": (0.1, 0.3),
    "fold_outage": (0.1, 0.3),
    "provider_outage": (0.1, 0.3),
    "webhook_outage": (0.1, 0.3),
    "schedule_outage": (0.1, 0.3),
    "execution_outage": (0.1, 0.3),
}
ABSENT: Final = 0.4
"""How often a fault is absent from a world altogether."""
LATE_DAYS_MAX: Final = 14
"""The longest that anything is late by chance: a message, a webhook, an operator."""


class Fate:
    """Decides everything that the world leaves open, from one seed."""

    def __init__(self, rng: Random, rates: Mapping[str, float]) -> None:
        self.rng = rng
        self.rates = rates
        self.struck: Counter[str] = Counter()

    def strikes(self, fault: str) -> bool:
        """Whether this fault happens now."""
        rate = self.rates.get(fault)
        if not rate or self.rng.random() >= rate:
            return False
        self.struck[fault] += 1
        return True

    def forgive(self) -> None:
        """No fault from now on."""
        self.rates = {}


def drawn(rng: Random) -> dict[str, float]:
    """A mixture of faults of its own for one world."""
    return {
        fault: rng.uniform(low, high)
        for fault, (low, high) in RATES.items()
        if rng.random() >= ABSENT
    }
