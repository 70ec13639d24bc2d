"""The Lambda behind the stream of the accounting table that moves balances and chains."""

from typing import Any

from accounting import wiring
from accounting.application.fold import fold
from accounting.domain.chain import LANES
from shared import clock
from shared.observability import log, metrics
from shared.persistence.rows import load_row


def handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
    """Fold the inserted entries. The batch comes again, whole, when it cannot be folded."""
    del context
    rows = [
        load_row(record["dynamodb"]["NewImage"])
        for record in event["Records"]
        if record["eventName"] == "INSERT"
        and record["dynamodb"]["Keys"]["sk"]["S"] == "ENTRY"
        and "ProcessedOn" not in record["dynamodb"]["NewImage"]  # restored: chained by the rebuild
    ]
    folds = wiring.folds()
    moved = fold(rows, folds=folds, now=clock.now())
    log.info("balances moved", handled=moved)
    for lane in range(LANES) if moved else ():
        head = folds.lane(lane).head  # where nobody with a right to the table can change it
        log.info("chain stands", chain=lane, height=head.height, chain_hash=head.hash)
    metrics.count("EntriesFolded", moved)
    return {"batchItemFailures": []}
