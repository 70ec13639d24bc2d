"""The ledger that is mostly written: five items in a transaction, two of them balances."""

from __future__ import annotations

import random
import time
from typing import Any, Final

from botocore.exceptions import ClientError

from accounting.infrastructure.entry_rows import to_row
from bench.streams import Work
from shared.moments import timestamp
from shared.persistence.rows import Row, dump_row, load_row

TRIES_MAX: Final = 200
REFUSED: Final = "TransactionCanceledException"


class NaiveLedger:
    """Entry, outbox row, mark of the cause, and the balance row of each account at its version."""

    def __init__(self, client: Any, table: str) -> None:
        self._client = client
        self._table = table
        self.conflicts = 0

    def post(self, work: Work) -> None:
        entry, cause = work.entry, work.cause
        row = to_row(entry, work.created, cause)
        announced = ("Id", "OccurredOn", "Type", "Payload", "Retries", "Unprocessed")
        message = {name: row[name] for name in announced}
        plain = {name: value for name, value in row.items() if name not in announced}
        fixed = [
            self._put(f"ENTRY#{entry.entry_id}", "ENTRY", {**plain, "entry_id": entry.entry_id}),
            self._put(f"ENTRY#{entry.entry_id}", "MESSAGE", message),
            self._put(f"CAUSE#{cause.id}", "CAUSE", {"handled_at": timestamp(cause.now)}),
        ]
        for attempt in range(TRIES_MAX):
            try:
                self._client.transact_write_items(TransactItems=fixed + self._balances(work))
            except ClientError as error:
                if error.response["Error"]["Code"] != REFUSED:
                    raise
                self.conflicts += 1
                pause = random.SystemRandom().uniform(0, min(0.05, 0.002 * 2**attempt))
                time.sleep(pause)
            else:
                return
        raise TimeoutError("the naive ledger never got through")

    def _balances(self, work: Work) -> list[dict[str, Any]]:
        writes = []
        for posting in work.entry.postings:
            key = dump_row({"pk": f"BALANCE#{posting.account.code}", "sk": work.owner})
            found = self._client.get_item(TableName=self._table, Key=key, ConsistentRead=True)
            before = load_row(found.get("Item", {}))
            version = int(str(before.get("version", 0)))
            after: Row = {
                "debit": int(str(before.get("debit", 0))) + posting.amount.minor,
                "version": version + 1,
            }
            put = self._put(key["pk"]["S"], key["sk"]["S"], after)
            if version:
                put["Put"] |= {
                    "ConditionExpression": "version = :seen",
                    "ExpressionAttributeValues": {":seen": {"N": str(version)}},
                }
            writes.append(put)
        return writes

    def _put(self, pk: str, sk: str, row: Row) -> dict[str, Any]:
        return {
            "Put": {
                "TableName": self._table,
                "Item": dump_row({**row, "pk": pk, "sk": sk}),
                "ConditionExpression": "attribute_not_exists(pk)",
            }
        }
