"""One history of random operations on the doubles and on a real table, compared at every step.

The doubles are two: that of the table (`memory_table.py`), and that of the client of DynamoDB below
the real table and the guard of commands (`memory_dynamo.py`), which the simulator runs on. They
differ from DynamoDB in nothing but this:

- An index of the double is late only where `stale` says so; on AWS it may be at any time.
- The double of the client refuses nothing for load and loses no answer by itself; its callers do.
  That of the table has no network: what load or a lost answer does to a write is done to it by
  hand, as the callers of `on_write` do; its reads are never refused.
- A page ends where its caller says, never at 1 MB; a query or scan without a limit is one page. How
  many pages a limit makes is not compared: behind the last row AWS may give one more, empty.
- A read of many items leaves some of them unprocessed only where `unprocessed` says so.
- The token of a transaction is known for ever; on AWS for ten minutes. `Table` makes one for each
  commit and uses it for seconds.
- The double of the client knows the expressions of the platform alone, and no read of a table that
  is not consistent: anything else fails as a mistake. The item that refused a put is told, whether
  it was asked for or not.
- In which order a scan meets the partitions is not compared; within one it is.
- Rows that are equal in an index's sort key come in no promised order.
- A mistake of ours is an AssertionError or TypeError in memory, a ClientError on the real table; an
  update of a message that is not there is RowMissing. A write that is a mistake and is refused as
  well may be told as either.
- The double deletes nothing by itself. Whoever plays the time to live calls `remove`.
- The stream tells the writes of one transaction in their order, in memory and on the embedded
  cloud; AWS promises the order within one item only.
"""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from random import Random
from typing import Any, Final

from shared.persistence import table
from tests.cloud import Account
from tests.doubles.expressions import Item
from tests.doubles.memory_dynamo import MemoryDynamo
from tests.integration.replay.commands import Till, commands
from tests.integration.replay.operations import Draw
from tests.integration.replay.tables import InCloud, InMemory, OverMemory
from tests.integration.tables import COMMANDS, create_commands_table

OPERATIONS_PER_HISTORY: Final = 250
COMMANDS_PER_HISTORY: Final = 40
TRACE_MAX: Final = 12


class Differs(AssertionError):
    """A double is not true: the seed, the operations before, and what each table made of it."""


def replay(
    account: Account,
    seed: int,
    *,
    double: InMemory | None = None,
    dynamo: MemoryDynamo | None = None,
) -> int:
    """How many operations were compared: all of the history's; raises Differs at the first one.

    The account has no table yet. `double` stands in for that of the table, `dynamo` for that of
    the client, which is compared beside it.
    """
    table, client, real = double or InMemory(), OverMemory(dynamo), InCloud(account)
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


def replay_commands(account: Account, seed: int, *, dynamo: MemoryDynamo | None = None) -> int:
    """As `replay`, of commands to the guard, whose records only the double of the client keeps."""
    client, store = account.client("dynamodb"), dynamo or MemoryDynamo()
    create_commands_table(client)
    memory, real = Till(store), Till(client)
    trace: list[str] = []
    for number, command in enumerate(commands(Random(seed), COMMANDS_PER_HISTORY), start=1):
        trace.append(f"{number}: {command}")
        _same(seed, trace, memory.run(command), real.run(command))
    _same(seed, trace, _records(store.items(COMMANDS)), _records(_scanned(client, COMMANDS)))
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


def _scanned(client: Any, table: str) -> list[Item]:
    return client.scan(TableName=table, ConsistentRead=True)["Items"]  # type: ignore[no-any-return]


def _records(items: Iterable[Item]) -> list[Item]:
    return sorted(items, key=lambda item: str(item["Key"]["S"]))


def _same(seed: int, trace: list[str], remembered: object, real: object) -> None:
    if remembered != real:
        last = "\n".join(trace[-TRACE_MAX:])
        raise Differs(f"seed {seed}:\n{last}\nin memory: {remembered}\nreal: {real}")
