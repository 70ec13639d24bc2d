"""P7: however late, often or out of order its provider tells it, a payment ends the same."""

from collections.abc import Callable
from copy import deepcopy
from functools import cache

import pytest

from tests.simulation.audit import audit, evidence_of
from tests.simulation.audit_payments import p7_the_order_of_notices_changes_nothing
from tests.simulation.evidence import Evidence
from tests.simulation.upsets import life_called
from tests.simulation.world import World

LIVES = (
    "place and capture",
    "void",
    "capture withdrawn",
    "refund in two parts",
    "refund refused",
    "refund comes back",
    "dispute lost",
    "dispute won",
    "hold expires",
)
TOLD_OTHERWISE = {
    "doubled": {"webhook_doubled": 1.0},
    "late": {"webhook_late": 1.0},
    "late and doubled": {"webhook_doubled": 0.5, "webhook_late": 0.5},
}


def led(seed: int, rates: dict[str, float]) -> Evidence:
    world = World(seed, lives=[life_called(name) for name in LIVES], rates=rates)
    world.run()
    assert audit(world) == []
    return evidence_of(world)


@cache
def calm() -> Evidence:
    return led(1, {})


@pytest.mark.parametrize("how", TOLD_OTHERWISE)
@pytest.mark.parametrize("seed", range(1, 5))
def test_what_is_told_otherwise_ends_the_same(how: str, seed: int) -> None:
    assert (
        list(p7_the_order_of_notices_changes_nothing(calm(), led(seed, TOLD_OTHERWISE[how]))) == []
    )


def other_amount(evidence: Evidence) -> None:
    next(iter(evidence.payments.values()))["released"] += 1


def other_end(evidence: Evidence) -> None:
    next(iter(evidence.payments.values()))["attempts"][0]["status"] = "failed"


def other_entry(evidence: Evidence) -> None:
    evidence.entries[0]["postings"] = "D1100 1 EUR;C4000 1 EUR"


def entry_more(evidence: Evidence) -> None:
    evidence.entries.append(evidence.entries[0])


@pytest.mark.parametrize("change", [other_amount, other_end, other_entry, entry_more])
def test_another_end_is_found(change: Callable[[Evidence], None]) -> None:
    other = deepcopy(calm())
    change(other)
    assert list(p7_the_order_of_notices_changes_nothing(calm(), other))
