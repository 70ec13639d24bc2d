"""What an entry costs to write, its balances, its chain and its day of effect included."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any

import pytest

from bench.meter import TRANSACTIONAL, size_units
from tests.doubles.ledger import START, Ledger, authorized, captured
from tests.doubles.memory_table import MemoryTable

ENTRIES = 400
"""A hundred for each of four chains in a batch."""


class Metered(MemoryTable):
    """Counts what DynamoDB would bill: a transaction twice."""

    units = 0

    def _check(self, items: Sequence[Mapping[str, Any]]) -> None:
        super()._check(items)
        each = 1 if len(items) == 1 else TRANSACTIONAL
        self.units += each * sum(map(size_units, items))


@pytest.mark.parametrize("hot", [True, False])
@pytest.mark.parametrize("late", [timedelta(0), timedelta(days=2)])
def test_an_entry_costs_at_most_one_and_a_fifth_write_units(hot: bool, late: timedelta) -> None:
    table = Metered()
    ledger = Ledger(now=START + timedelta(days=9), table=table)
    batches = 3
    for batch in range(batches):
        for number in range(ENTRIES):
            payment = "pay_0" if hot else f"pay_{number}"
            event = (captured, authorized)[number % 2](1000 + number, payment)
            ledger.hear(event, f"payments/pay_{batch}/{number}/1", at=ledger.now - late)
            ledger.tick(milliseconds=3)
        ledger.fold()
    assert ENTRIES * batches <= table.units
    assert table.units / (ENTRIES * batches) <= 1.2
