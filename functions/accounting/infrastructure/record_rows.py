"""A settlement record as one row: its operations, lines and items as short lists."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from accounting.domain.reconciliation import Class, Item, Line, Operation
from accounting.domain.settlement_record import Resolution, SettlementRecord, Standing
from accounting.infrastructure.entry_rows import read_by, written_by
from shared.contracts.settlement import LineKind
from shared.money import Money
from shared.persistence.rows import Row, Value


def to_row(record: SettlementRecord) -> Row:
    """The row; `open_for` and `since` put it into the index of what waits, or take it out."""
    since = record.open_since
    return {
        "provider": record.provider,
        "operations": [_operation_row(each) for each in record.operations],
        "lines": [line_row(each) for each in record.lines],
        "standing": [_standing_row(each) for each in record.standing],
        "looked_at_by": record.looked_at_by,
        "open_for": None if since is None else record.provider,
        "since": None if since is None else since.isoformat(),
    }


def from_row(record_id: str, row: dict[str, Any]) -> SettlementRecord:
    return SettlementRecord(
        record_id=record_id,
        provider=row["provider"],
        operations=tuple(_operation(each) for each in row["operations"]),
        lines=tuple(line_of(each) for each in row["lines"]),
        standing=tuple(_standing(each) for each in row["standing"]),
        looked_at_by=row["looked_at_by"],
        version=row["version"],
        sequence=row["sequence"],
    )


def line_row(line: Line) -> list[Value]:
    """A line as a list; `line_of` reads it."""
    return [
        line.line_id,
        line.kind.value,
        line.payment_id,
        line.reference,
        line.provider_reference,
        _money_row(line.gross),
        _money_row(line.fee),
        _money_row(line.net),
        line.payout_id,
        line.settled_on.isoformat(),
    ]


def line_of(row: Sequence[Any]) -> Line:
    line_id, kind, payment_id, reference, provider_reference, gross, fee, net, payout_id, day = row
    return Line(
        line_id=line_id,
        kind=LineKind(kind),
        payment_id=payment_id,
        reference=reference,
        provider_reference=provider_reference,
        gross=Money(*gross),
        fee=Money(*fee),
        net=Money(*net),
        payout_id=payout_id,
        settled_on=date.fromisoformat(day),
    )


def item_row(item: Item) -> Value:
    """An item of a run; `item_of` reads it."""
    return {
        "kind": item.kind.value,
        "operations": [_operation_row(each) for each in item.operations],
        "lines": [line_row(each) for each in item.lines],
    }


def item_of(row: dict[str, Any]) -> Item:
    return Item(
        kind=Class(row["kind"]),
        operations=tuple(map(_operation, row["operations"])),
        lines=tuple(map(line_of, row["lines"])),
    )


def _operation_row(operation: Operation) -> list[Value]:
    return [
        operation.operation_id,
        operation.kind.value,
        operation.payment_id,
        _money_row(operation.amount),
        operation.happened_on.isoformat(),
        operation.provider_reference,
        operation.entry_id,
    ]


def _operation(row: Sequence[Any]) -> Operation:
    operation_id, kind, payment_id, amount, day, provider_reference, entry_id = row
    return Operation(
        operation_id=operation_id,
        kind=LineKind(kind),
        payment_id=payment_id,
        amount=Money(*amount),
        happened_on=date.fromisoformat(day),
        provider_reference=provider_reference,
        entry_id=entry_id,
    )


def _standing_row(standing: Standing) -> Value:
    return {
        "item_id": standing.item_id,
        "kind": standing.kind.value,
        "since": standing.since.isoformat(),
        "residual": dict(standing.residual),
        "change": standing.change,
        "entry_ids": list(standing.entry_ids),
        "proposal": _resolution_row(standing.proposal),
        "resolution": _resolution_row(standing.resolution),
    }


def _standing(row: dict[str, Any]) -> Standing:
    return Standing(
        item_id=row["item_id"],
        kind=Class(row["kind"]),
        since=date.fromisoformat(row["since"]),
        residual=row["residual"],
        change=row["change"],
        entry_ids=tuple(row["entry_ids"]),
        proposal=_resolution(row["proposal"]),
        resolution=_resolution(row["resolution"]),
    )


def _resolution_row(resolution: Resolution | None) -> Value:
    if resolution is None:
        return None
    return {"account": resolution.account, "by": written_by(resolution.by)}


def _resolution(row: dict[str, Any] | None) -> Resolution | None:
    return None if row is None else Resolution(account=row["account"], by=read_by(row["by"]))


def _money_row(amount: Money) -> list[Value]:
    return [amount.minor, amount.currency]
