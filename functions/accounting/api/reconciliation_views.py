"""What the API shows of reconciliations: runs with their totals and payouts, and items."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TypedDict

from accounting.domain.payouts import Payout
from accounting.domain.reconciliation import Item, Line, Operation, Rules, ageing_bucket
from accounting.domain.reconciliation_run import Run, Stage
from accounting.domain.resolution import Resolved
from accounting.domain.settlement_record import SEPARATOR, SettlementRecord, Standing
from shared.moments import timestamp
from shared.rest.events import Timestamp


class TotalView(TypedDict):
    """A class: how many operations and lines ended in it, and what is unexplained by currency."""

    operations: int
    lines: int
    residual: dict[str, int]


class PayoutView(TypedDict):
    """`net` is the sum of its lines, `sent` what left for the bank, `difference` sent less net."""

    payout_id: str
    state: str
    currency: str
    lines: int
    net: int
    sent: int | None
    difference: int


class RunView(TypedDict):
    """`status` is running or completed; the totals are there when it is completed."""

    reconciliation_id: str
    provider: str
    date: str
    status: str
    stage: str
    looked_at: int
    totals: dict[str, TotalView]
    payouts: list[PayoutView]
    requested_at: Timestamp
    requested_by: str
    completed_at: Timestamp | None


class OperationView(TypedDict):
    """`amount` above zero comes to us."""

    operation_id: str
    kind: str
    amount: int
    currency: str
    date: str
    entry_id: str


class LineView(TypedDict):
    line_id: str
    kind: str
    reference: str
    gross: int
    currency: str
    fee: int
    net: int
    net_currency: str
    payout_id: str
    settled_on: str


ItemView = TypedDict(
    "ItemView",
    {
        "item_id": str,
        "class": str,
        "payment_id": str | None,
        "operations": list[OperationView],
        "lines": list[LineView],
        "residual": dict[str, int],
        "since": str,
        "age": str,
    },
)
"""An item of a run: operations and lines that belong together. `age` is its bucket, in days."""


class ItemsView(TypedDict):
    data: list[ItemView]
    next_cursor: str | None


OpenItemView = TypedDict(
    "OpenItemView",
    {
        "item_id": str,
        "class": str,
        "payment_id": str | None,
        "residual": dict[str, int],
        "since": str,
        "age": str,
        "owner": str,
        "due": str,
        "overdue": bool,
        "proposed_account": str | None,
    },
)
"""What waits: for its line (`expected`), or for an explanation by `owner` until `due`."""


class OpenItemsView(TypedDict):
    data: list[OpenItemView]
    next_cursor: str | None


class ResolvedItemView(TypedDict):
    """`resolved`, or `awaiting_approval`: a second person sends the same account. There is no entry
    where no money is in the wrong place: a fee that is not the agreed one.
    """

    item_id: str
    status: str
    entry_id: str | None


def run_view(run: Run) -> RunView:
    return {
        "reconciliation_id": run.reconciliation_id,
        "provider": run.provider,
        "date": run.day.isoformat(),
        "status": "completed" if run.stage is Stage.COMPLETED else "running",
        "stage": run.stage.value,
        "looked_at": run.looked_at,
        "totals": {
            kind.value: {
                "operations": each.operations,
                "lines": each.lines,
                "residual": dict(each.residual),
            }
            for kind, each in sorted(run.totals.items())
        },
        "payouts": [_payout_view(each) for each in run.payouts],
        "requested_at": timestamp(run.requested_at),
        "requested_by": run.requested_by,
        "completed_at": None if run.completed_at is None else timestamp(run.completed_at),
    }


def item_view(record_id: str, item: Item, run: Run) -> ItemView:
    return {
        "item_id": f"{record_id}{SEPARATOR}{item.item_id}",
        "class": item.kind.value,
        "payment_id": item.payment_id or None,
        "operations": [_operation_view(each) for each in item.operations],
        "lines": [_line_view(each) for each in item.lines],
        "residual": item.residual,
        "since": item.since.isoformat(),
        "age": ageing_bucket(item.since, run.day),
    }


def open_item_view(
    record: SettlementRecord, standing: Standing, *, rules: Rules, today: date, due: timedelta
) -> OpenItemView:
    deadline = standing.since + due
    proposal = standing.proposal
    return {
        "item_id": record.public_id(standing.item_id),
        "class": standing.kind.value,
        "payment_id": record.payment_id or None,
        "residual": dict(standing.residual),
        "since": standing.since.isoformat(),
        "age": ageing_bucket(standing.since, today),
        "owner": rules.owner,
        "due": deadline.isoformat(),
        "overdue": today > deadline,
        "proposed_account": None if proposal is None else proposal.account,
    }


def resolved_view(item_id: str, done: Resolved) -> ResolvedItemView:
    return {
        "item_id": item_id,
        "status": "awaiting_approval" if done.is_awaited else "resolved",
        "entry_id": None if done.entry is None else done.entry.entry_id,
    }


def _payout_view(payout: Payout) -> PayoutView:
    return {
        "payout_id": payout.payout_id,
        "state": payout.state.value,
        "currency": payout.net.currency,
        "lines": payout.lines,
        "net": payout.net.minor,
        "sent": None if payout.sent is None else payout.sent.minor,
        "difference": payout.difference.minor,
    }


def _operation_view(operation: Operation) -> OperationView:
    return {
        "operation_id": operation.operation_id,
        "kind": operation.kind.value,
        "amount": operation.amount.minor,
        "currency": operation.amount.currency,
        "date": operation.happened_on.isoformat(),
        "entry_id": operation.entry_id,
    }


def _line_view(line: Line) -> LineView:
    return {
        "line_id": line.line_id,
        "kind": line.kind.value,
        "reference": line.reference,
        "gross": line.gross.minor,
        "currency": line.gross.currency,
        "fee": line.fee.minor,
        "net": line.net.minor,
        "net_currency": line.net.currency,
        "payout_id": line.payout_id,
        "settled_on": line.settled_on.isoformat(),
    }
