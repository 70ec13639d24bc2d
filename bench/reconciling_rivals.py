"""The same classes found by DuckDB or polars, in an environment of their own, on one core.

`python reconciling_rivals.py duckdb|polars OPERATIONS LINES AS_OF`. Less than ours: an operation
has at most one line that is not a double, and nothing is split, grouped or undone.
"""

import json
import os
import resource
import sys
import time
from typing import Any

FEE = 3
IN_TIME = (-1, 3)
DUCKDB = """
WITH lines AS (
  SELECT *, row_number() OVER (
    PARTITION BY payment_id, reference, kind, gross ORDER BY settled_on, line_id) AS told
  FROM read_csv('{lines}', header = true)),
both_sides AS (
  SELECT o.operation_id, o.amount, o.currency, o.happened_on, l.line_id, l.kind, l.gross,
    l.currency AS line_currency, l.settled_on, l.fee, l.told
  FROM read_csv('{operations}', header = true) o
  FULL OUTER JOIN lines l
    ON o.payment_id = l.payment_id AND o.operation_id = l.reference AND o.kind = l.kind)
SELECT CASE
  WHEN line_id IS NULL THEN 'missing_external'
  WHEN kind = 'unknown' THEN 'unknown_type'
  WHEN operation_id IS NULL THEN 'missing_internal'
  WHEN told > 1 THEN 'duplicate'
  WHEN line_currency <> currency THEN 'currency_mismatch'
  WHEN gross <> amount THEN 'amount_mismatch'
  WHEN fee <> {fee} THEN 'fee_mismatch'
  WHEN settled_on - happened_on NOT BETWEEN {first} AND {last} THEN 'timing'
  ELSE 'matched' END AS class, count(*)
FROM both_sides GROUP BY 1
"""
PAYOUTS = "SELECT payout_id, currency, count(*), sum(net) FROM read_csv('{lines}') GROUP BY 1, 2"


def with_duckdb(operations: str, lines: str) -> dict[str, int]:
    import duckdb  # noqa: PLC0415 - the other one may be missing

    base = duckdb.connect(config={"threads": 1})
    first, last = IN_TIME
    asked = DUCKDB.format(operations=operations, lines=lines, fee=FEE, first=first, last=last)
    found = base.execute(asked).fetchall()
    base.execute(PAYOUTS.format(lines=lines)).fetchall()
    return dict(found)


def with_polars(operations: str, lines: str) -> dict[str, int]:
    import polars as pl  # noqa: PLC0415

    own: Any = pl.scan_csv(operations, try_parse_dates=True)
    told: Any = pl.scan_csv(lines, try_parse_dates=True)
    again = pl.int_range(pl.len()).over("payment_id", "reference", "kind", "gross") > 0
    told = told.with_columns(again=again, operation_id=pl.col("reference"))
    on = ["payment_id", "operation_id", "kind"]
    both = own.join(told, on=on, how="full", suffix="_line")
    days = (pl.col("settled_on") - pl.col("happened_on")).dt.total_days()
    named = (
        pl.when(pl.col("line_id").is_null())
        .then(pl.lit("missing_external"))
        .when(pl.col("kind_line") == "unknown")
        .then(pl.lit("unknown_type"))
        .when(pl.col("operation_id").is_null())
        .then(pl.lit("missing_internal"))
        .when(pl.col("again"))
        .then(pl.lit("duplicate"))
        .when(pl.col("currency_line") != pl.col("currency"))
        .then(pl.lit("currency_mismatch"))
        .when(pl.col("gross") != pl.col("amount"))
        .then(pl.lit("amount_mismatch"))
        .when(pl.col("fee") != FEE)
        .then(pl.lit("fee_mismatch"))
        .when(~days.is_between(*IN_TIME))
        .then(pl.lit("timing"))
        .otherwise(pl.lit("matched"))
    )
    found = both.select(named.alias("class")).group_by("class").len().collect()
    told.group_by("payout_id", "currency").agg(pl.len(), pl.col("net").sum()).collect()
    return dict(found.iter_rows())


def main(name: str, operations: str, lines: str, _: str) -> None:
    os.environ["POLARS_MAX_THREADS"] = "1"
    found = {"duckdb": with_duckdb, "polars": with_polars}[name](operations, lines)
    found.pop("matched", None)
    used = resource.getrusage(resource.RUSAGE_SELF)
    print(
        json.dumps(
            {
                "cpu_seconds": time.process_time(),
                "peak_mb": used.ru_maxrss / 1024,
                "found": found,
            }
        )
    )


if __name__ == "__main__":
    main(*sys.argv[1:])
