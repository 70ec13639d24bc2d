"""A reconciliation run as one row."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from accounting.domain.payouts import Payout
from accounting.domain.reconciliation import Class, Tally
from accounting.domain.reconciliation_run import Run, Stage
from shared.moments import timestamp
from shared.money import Money
from shared.persistence.rows import Row, Value


def to_row(run: Run) -> Row:
    return {
        "provider": run.provider,
        "day": run.day.isoformat(),
        "days": [day.isoformat() for day in run.days],
        "requested_at": timestamp(run.requested_at),
        "requested_by": run.requested_by,
        "stage": run.stage.value,
        "cursor": run.cursor,
        "part": run.part,
        "looked_at": run.looked_at,
        "payout_ids": [*sorted(run.payout_ids)],
        "totals": {
            kind.value: [each.operations, each.lines, dict(each.residual)]
            for kind, each in run.totals.items()
        },
        "payouts": [_payout_row(each) for each in run.payouts],
        "completed_at": None if run.completed_at is None else timestamp(run.completed_at),
    }


def from_row(reconciliation_id: str, row: dict[str, Any]) -> Run:
    completed_at = row.get("completed_at")
    return Run(
        reconciliation_id=reconciliation_id,
        provider=row["provider"],
        day=date.fromisoformat(row["day"]),
        days=tuple(map(date.fromisoformat, row["days"])),
        requested_at=datetime.fromisoformat(row["requested_at"]),
        requested_by=row["requested_by"],
        stage=Stage(row["stage"]),
        cursor=row["cursor"],
        part=row["part"],
        looked_at=row["looked_at"],
        payout_ids=frozenset(row["payout_ids"]),
        totals={
            Class(kind): Tally(operations=operations, lines=lines, residual=residual)
            for kind, (operations, lines, residual) in row["totals"].items()
        },
        payouts=tuple(map(_payout, row["payouts"])),
        completed_at=None if completed_at is None else datetime.fromisoformat(completed_at),
        correlation_id=row["correlation_id"],
        version=row["version"],
        sequence=row["sequence"],
    )


def _payout_row(payout: Payout) -> list[Value]:
    sent = None if payout.sent is None else payout.sent.minor
    net = payout.net
    return [payout.payout_id, payout.lines, net.minor, sent, payout.returned.minor, net.currency]


def _payout(row: list[Any]) -> Payout:
    payout_id, lines, net, sent, returned, currency = row
    return Payout(
        payout_id=payout_id,
        lines=lines,
        net=Money(net, currency),
        sent=None if sent is None else Money(sent, currency),
        returned=Money(returned, currency),
    )
