"""Random operations on both doubles and on the embedded cloud: `python -m bench.replay`.

The doubles are that of a table, and that of DynamoDB, which the simulator runs on. Takes the number
of operations, to which commands of the guard are added; writes bench/results/replay.json. Ends with
1 where they differ.
"""

import shutil
import sys
import tempfile
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from multiprocessing import get_context
from pathlib import Path
from typing import Final

from apphost.cloud import embedded
from bench import report
from tests.cloud import open_account
from tests.doubles.memory_dynamo import MemoryDynamo
from tests.doubles.memory_table import MemoryTable
from tests.integration.replay.replay import (
    OPERATIONS_PER_HISTORY,
    Differs,
    replay,
    replay_commands,
    without_pauses,
)

OPERATIONS: Final = 100_000
PROCESSES: Final = 2
"""Of doubles and clients; the embedded cloud, which serves both, takes less than either."""


def replayed(url: str, operations: int) -> tuple[report.Counter, int, str]:
    """How many operations and commands were the same on all, and the first difference, if any."""
    progress, commands = report.Counter("operations", operations), 0
    seeds = range(-(-operations // OPERATIONS_PER_HISTORY))
    with ProcessPoolExecutor(PROCESSES, get_context("forkserver")) as pool:
        try:
            for of_table, of_guard in pool.map(partial(_history, url), seeds):
                progress.add(of_table)
                commands += of_guard
        except Differs as difference:
            pool.shutdown(cancel_futures=True)
            return progress, commands, str(difference)
    return progress, commands, ""


def _history(url: str, seed: int) -> tuple[int, int]:
    account = open_account(url)
    with without_pauses():
        return replay(account, seed), replay_commands(account, seed)


def main() -> int:
    operations = int(sys.argv[1]) if len(sys.argv) > 1 else OPERATIONS
    commit = report.commit()
    state = Path(tempfile.mkdtemp(prefix="quittance-replay-"))
    cloud = embedded.start(state_dir=state)
    try:
        embedded.wait_ready(cloud)
        progress, commands, difference = replayed(cloud.url, operations)
    finally:
        embedded.stop(cloud.pid)
        shutil.rmtree(state, ignore_errors=True)
    figures = {
        "operations": progress.done,
        "commands": commands,
        "histories": progress.done // OPERATIONS_PER_HISTORY,
        "doubles": [each.__name__ for each in (MemoryTable, MemoryDynamo)],
        "seconds": round(progress.seconds, 1),
        "difference": difference or None,
    }
    report.write("replay", figures, of=commit)
    report.table(figures)
    return 1 if difference else 0


if __name__ == "__main__":
    sys.exit(main())
