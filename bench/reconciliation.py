"""The same two files reconciled by ours, by DuckDB and by polars, one core each.

`python -m bench.reconciliation [PAYMENTS]` prints a table and writes bench/results/recon.json.
Every fault that was put in must be found, and nothing else, or it fails.

The goal was DuckDB's rows per CPU-second, and on sorted exports two and a half times them, with at
most 128 MB. The memory is 17 MB and the speed 1.02 of DuckDB's (1.5 of polars'): the rounds are in
turn, and each program has one core. Two and a half times, 0.7 CPU-seconds, is out of reach: reading
the lines and splitting them into texts alone takes Python 0.65, however they are compared.
"""

from __future__ import annotations

import json
import statistics
import subprocess
import sys
import tempfile
from collections import Counter
from datetime import date
from pathlib import Path
from typing import Any, Final

from bench import report
from bench.settled_files import FAULTS, HEADS, exported

PAYMENTS: Final = 1_000_000
FAULT_EVERY: Final = 200
ROUNDS: Final = 5
AS_OF: Final = date(2026, 4, 30)
BENCH_PYTHON: Final = report.ROOT / ".bench" / "bin" / "python"
RIVALS: Final = Path(__file__).parent / "reconciling_rivals.py"
OURS: Final = """
import json, resource, sys, time
from collections import Counter
from datetime import date
from accounting.domain.exports import reconcile_exports
from accounting.domain.reconciliation import Class, FeeRule, Rules
found = Counter()
rules = Rules(fees={"EUR": FeeRule(basis_points=0, fixed=3)})
with open(sys.argv[1]) as operations, open(sys.argv[2]) as lines:
    outcome = reconcile_exports(
        operations, lines, rules=rules, as_of=date.fromisoformat(sys.argv[3]),
        found=lambda item: found.update([item.kind.value]),
    )
used = resource.getrusage(resource.RUSAGE_SELF)
print(json.dumps({
    "cpu_seconds": time.process_time(),
    "peak_mb": used.ru_maxrss / 1024,
    "found": {kind: count for kind, count in found.items() if kind != "matched"},
    "payouts": len(outcome.payouts),
}))
"""


def main(payments: int) -> int:
    """0 only when each program that ran has found exactly what was put in."""
    at = report.commit()
    with tempfile.TemporaryDirectory() as folder:
        files, expected, rows = _write(Path(folder), payments)
        runs = {"ours": [sys.executable, "-c", OURS]}
        if BENCH_PYTHON.exists():
            runs |= {name: [str(BENCH_PYTHON), str(RIVALS), name] for name in ("duckdb", "polars")}
        made = _measured(runs, files)
    wrong = [name for name, figures in made.items() if figures["found"] != expected]
    for name, figures in made.items():
        figures["rows_per_cpu_second"] = round(rows / figures["cpu_seconds"])
        ratio = figures["rows_per_cpu_second"] / made["ours"]["rows_per_cpu_second"]
        print(
            f"{name:8} {figures['cpu_seconds']:6.2f} CPU-s  {figures['rows_per_cpu_second']:>9} "
            f"rows/CPU-s  {figures['peak_mb']:6.0f} MB  {ratio:5.2f} of ours"
        )
    if wrong:
        print(f"not what was put in: {', '.join(wrong)}; expected {expected}")
        return 1
    figures = {"payments": payments, "rows": rows, "faults": sum(expected.values()), "by": made}
    print(report.write("recon", figures, of=at))
    return 0


def _write(folder: Path, payments: int) -> tuple[list[str], dict[str, int], int]:
    """Both files, what has to be found in them by class, and how many rows they have."""
    paths = [folder / "operations.csv", folder / "lines.csv"]
    expected: Counter[str] = Counter()
    rows = 0
    with paths[0].open("w") as operations, paths[1].open("w") as lines:
        operations.write(HEADS[0] + "\n")
        lines.write(HEADS[1] + "\n")
        for each in exported(payments, fault_every=FAULT_EVERY):
            operations.writelines(f"{row}\n" for row in each.operations)
            lines.writelines(f"{row}\n" for row in each.lines)
            rows += len(each.operations) + len(each.lines)
            expected.update(kind.value for kind in FAULTS.get(each.fault or "", ()))
    return [*map(str, paths), AS_OF.isoformat()], dict(sorted(expected.items())), rows


def _measured(runs: dict[str, list[str]], files: list[str]) -> dict[str, dict[str, Any]]:
    """The medians of some rounds in turn, each in a process of its own."""
    rounds: dict[str, list[dict[str, Any]]] = {name: [] for name in runs}
    for number in range(1, ROUNDS + 1):
        for name, command in runs.items():
            print(f"{name}: round {number} of {ROUNDS}", file=sys.stderr)
            ran = subprocess.run([*command, *files], capture_output=True, text=True, check=False)  # noqa: S603
            if ran.returncode:
                raise RuntimeError(f"{name}: {ran.stderr[-2000:]}")
            rounds[name].append(json.loads(ran.stdout))
    return {name: _median(each) for name, each in rounds.items()}


def _median(rounds: list[dict[str, Any]]) -> dict[str, Any]:
    return {
        "cpu_seconds": round(statistics.median(each["cpu_seconds"] for each in rounds), 2),
        "peak_mb": round(max(each["peak_mb"] for each in rounds)),
        "found": dict(sorted(rounds[0]["found"].items())),
    }


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]) if len(sys.argv) > 1 else PAYMENTS))
