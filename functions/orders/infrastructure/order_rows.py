"""An order with its refunds and disputes as one row, and back."""

import zlib
from datetime import datetime
from typing import Any

from orders.domain.compensation import Compensation
from orders.domain.order import (
    CaptureMode,
    Dispute,
    DisputeStatus,
    Hold,
    Line,
    Order,
    Purchase,
    Refund,
    RefundStatus,
)
from orders.domain.states import OrderStatus
from orders.infrastructure import compensation_rows
from shared.moments import timestamp
from shared.money import Money
from shared.persistence.outbox import SHARDS
from shared.persistence.rows import Row


def to_row(order: Order) -> Row:
    purchase = order.purchase
    return {
        "order_id": order.order_id,
        "payment_id": order.payment_id,
        "status": order.status.value,
        "customer_id": purchase.customer_id,
        "currency": purchase.currency,
        "lines": [
            {"sku": line.sku, "quantity": line.quantity, "unit_amount": line.unit_amount.minor}
            for line in purchase.lines
        ],
        "payment_method_token": purchase.payment_method_token,
        "capture": purchase.capture.value,
        "metadata": dict(purchase.metadata),
        "amount": order.amount.minor,
        "captured": order.captured.minor,
        "created_at": timestamp(order.created_at),
        "hold": order.hold.value,
        "hold_sequence": order.hold_sequence,
        "by_hand": order.by_hand,
        "capturing": order.capturing,
        "cancel_wanted": order.cancel_wanted,
        "release_wanted": order.release_wanted,
        "confirm_by": timestamp(order.confirm_by) if order.confirm_by else None,
        "authorizations": order.authorizations,
        "captures": order.captures,
        "refunds": [_refund_row(each) for each in order.refunds],
        "disputes": [
            {
                "dispute_id": dispute.dispute_id,
                "amount": dispute.amount.minor,
                "status": dispute.status.value,
            }
            for dispute in order.disputes
        ],
        "compensations": [compensation_rows.to_row(each) for each in order.compensations],
        "reversals": list(order.reversals),
        "failure_code": order.failure_code,
        **_due(order),
    }


def _due(order: Order) -> Row:
    """The marks by which the clock finds the order: only while there is something to find."""
    if order.due_at is None:
        return {}
    shard = SHARDS[zlib.crc32(order.order_id.encode()) % len(SHARDS)]
    return {"Due": shard, "DueAt": timestamp(order.due_at)}


def from_row(row: Row) -> Order:
    read: dict[str, Any] = dict(row)
    currency = read["currency"]
    purchase = Purchase(
        customer_id=read["customer_id"],
        currency=currency,
        lines=tuple(
            Line(
                sku=line["sku"],
                quantity=line["quantity"],
                unit_amount=Money(line["unit_amount"], currency),
            )
            for line in read["lines"]
        ),
        payment_method_token=read["payment_method_token"],
        capture=CaptureMode(read["capture"]),
        metadata=read["metadata"],
    )
    return Order(
        order_id=read["order_id"],
        payment_id=read["payment_id"],
        purchase=purchase,
        status=OrderStatus(read["status"]),
        amount=Money(read["amount"], currency),
        captured=Money(read["captured"], currency),
        created_at=datetime.fromisoformat(read["created_at"]),
        correlation_id=read["correlation_id"],
        hold=Hold(read["hold"]),
        hold_sequence=read["hold_sequence"],
        by_hand=read.get("by_hand", False),
        capturing=read["capturing"],
        cancel_wanted=read["cancel_wanted"],
        release_wanted=read["release_wanted"],
        confirm_by=_moment(read.get("confirm_by")),
        authorizations=read["authorizations"],
        captures=read["captures"],
        refunds=tuple(_refund(refund, currency) for refund in read["refunds"]),
        disputes=tuple(_dispute(dispute, currency) for dispute in read["disputes"]),
        compensations=_compensations(read["compensations"], currency),
        reversals=tuple(read["reversals"]),
        failure_code=read.get("failure_code"),
        version=read["version"],
        sequence=read["sequence"],
    )


def _compensations(read: list[dict[str, Any]], currency: str) -> tuple[Compensation, ...]:
    return tuple(compensation_rows.from_row(each, currency) for each in read)


def _moment(text: str | None) -> datetime | None:
    return None if text is None else datetime.fromisoformat(text)


def _refund_row(refund: Refund) -> dict[str, Any]:
    return {
        "refund_id": refund.refund_id,
        "amount": refund.amount.minor,
        "reason": refund.reason,
        "status": refund.status.value,
        "unapplied": refund.unapplied,
        "withdrawn": refund.withdrawn,
        "by_hand": refund.by_hand,
    }


def _refund(read: dict[str, Any], currency: str) -> Refund:
    return Refund(
        refund_id=read["refund_id"],
        amount=Money(read["amount"], currency),
        reason=read["reason"],
        status=RefundStatus(read["status"]),
        unapplied=read["unapplied"],
        withdrawn=read.get("withdrawn", False),
        by_hand=read.get("by_hand", False),
    )


def _dispute(read: dict[str, Any], currency: str) -> Dispute:
    return Dispute(
        dispute_id=read["dispute_id"],
        amount=Money(read["amount"], currency),
        status=DisputeStatus(read["status"]),
    )
