"""Random operations on the table's double and on the embedded cloud: `python -m bench.replay`.

Takes the number of operations; writes bench/results/replay.json. Ends with 1 where they differ.
"""

import shutil
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Final

from apphost.cloud import embedded
from bench import report
from tests.cloud import open_account
from tests.integration.replay.replay import OPERATIONS_PER_HISTORY, Differs, replay, without_pauses

OPERATIONS: Final = 100_000
WORKERS: Final = 4


def replayed(url: str, operations: int) -> tuple[report.Counter, str]:
    """How many operations were the same on both, and the first difference, if there is any."""
    progress = report.Counter("operations", operations)
    seeds = range(-(-operations // OPERATIONS_PER_HISTORY))
    with without_pauses(), ThreadPoolExecutor(WORKERS) as pool:
        try:
            for count in pool.map(lambda seed: replay(open_account(url), seed), seeds):
                progress.add(count)
        except Differs as difference:
            pool.shutdown(cancel_futures=True)
            return progress, str(difference)
    return progress, ""


def main() -> int:
    operations = int(sys.argv[1]) if len(sys.argv) > 1 else OPERATIONS
    commit = report.commit()
    state = Path(tempfile.mkdtemp(prefix="quittance-replay-"))
    cloud = embedded.start(state_dir=state)
    try:
        embedded.wait_ready(cloud)
        progress, difference = replayed(cloud.url, operations)
    finally:
        embedded.stop(cloud.pid)
        shutil.rmtree(state, ignore_errors=True)
    figures = {
        "operations": progress.done,
        "histories": progress.done // OPERATIONS_PER_HISTORY,
        "seconds": round(progress.seconds, 1),
        "difference": difference or None,
    }
    report.write("replay", figures, of=commit)
    report.table(figures)
    return 1 if difference else 0


if __name__ == "__main__":
    sys.exit(main())
