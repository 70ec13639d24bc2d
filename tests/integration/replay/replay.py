"""One history of random operations on the doubles and on a real table, compared at every step.

The doubles are two: that of the table, and that of the client of DynamoDB below the real table.
They differ in nothing but this:

- An index of the double is never late; on AWS it may be.
- The table's double has no network. What load or a lost answer does to a write is done to it by
  hand, as the callers of `on_write` do; its reads are never refused.
- Rows that are equal in an index's sort key come in no promised order.
- A mistake of ours is an AssertionError or TypeError in memory, a ClientError on the real table; an
  update of a message that is not there is RowMissing. A write that is a mistake and is refused as
  well may be told as either.
- The double deletes nothing by itself. Whoever plays the time to live calls `remove`.
- The stream tells the writes of one transaction in their order, in memory and on the embedded
  cloud; AWS promises the order within one item only.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from random import Random
from typing import Final

from shared.persistence import table
from tests.cloud import Account
from tests.integration.replay.operations import Draw
from tests.integration.replay.tables import InCloud, InMemory, OverMemory

OPERATIONS_PER_HISTORY: Final = 250
TRACE_MAX: Final = 12


class Differs(AssertionError):
    """A double is not true: the seed, the operations before, and what each table made of it."""


def replay(account: Account, seed: int, *, double: InMemory | None = None) -> int:
    """How many operations were compared: all of the history's; raises Differs at the first one.

    The account has no table yet. `double` stands in for that of the table; the double of the
    client is compared beside it.
    """
    table, client, real = double or InMemory(), OverMemory(), InCloud(account)
    draw = Draw(Random(seed), version=table.version)
    trace: list[str] = []
    for number, operation in enumerate(draw.operations(OPERATIONS_PER_HISTORY), start=1):
        trace.append(f"{number}: {str(operation)[:500]}")
        given = real.run(operation)
        _same(seed, trace, table.run(operation), given)
        _same(seed, trace, client.run(operation), given)
    for each in (table, client):
        _same(seed, trace, each.rows(), real.rows())
        _same(seed, trace, each.inserted(), real.inserted())
    return len(trace)


@contextmanager
def without_pauses() -> Iterator[None]:
    """A refused write is tried again at once."""
    kept = table._PAUSE_SECONDS
    table._PAUSE_SECONDS = 0  # type: ignore[misc]
    try:
        yield
    finally:
        table._PAUSE_SECONDS = kept  # type: ignore[misc]


def _same(seed: int, trace: list[str], remembered: object, real: object) -> None:
    if remembered != real:
        last = "\n".join(trace[-TRACE_MAX:])
        raise Differs(f"seed {seed}:\n{last}\nin memory: {remembered}\nreal: {real}")
