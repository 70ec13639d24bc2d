"""Orders, kept in the orders table."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

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
from shared.contracts.codec import timestamp
from shared.contracts.envelope import Cause, Message
from shared.money import Money
from shared.persistence.aggregate import Aggregates, Snapshot
from shared.persistence.rows import Row
from shared.persistence.table import Table


class DynamoDbOrders:
    def __init__(self, table: Table) -> None:
        self._table = table
        self._aggregates = Aggregates(table, service="orders", kind="ORDER")

    def find(self, order_id: str) -> Order | None:
        row = self._aggregates.find(order_id)
        return None if row is None else from_row(row)

    def commit(self, order: Order, messages: Sequence[Message], cause: Cause) -> Order:
        snapshot = Snapshot(
            aggregate_id=order.order_id,
            row=to_row(order),
            version=order.version,
            sequence=order.sequence,
            correlation_id=order.correlation_id,
        )
        self._aggregates.commit(snapshot, messages, cause, handled=True)
        return replace(order, version=order.version + 1, sequence=order.sequence + len(messages))

    def acknowledge(self, cause: Cause) -> None:
        self._table.commit((), cause_id=cause.id, now=cause.now)

    def messages(self, order_id: str) -> Iterator[Row]:
        return self._aggregates.messages(order_id)


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
        "capturing": order.capturing,
        "cancel_wanted": order.cancel_wanted,
        "authorizations": order.authorizations,
        "captures": order.captures,
        "refunds": [
            {
                "refund_id": refund.refund_id,
                "amount": refund.amount.minor,
                "reason": refund.reason,
                "status": refund.status.value,
            }
            for refund in order.refunds
        ],
        "disputes": [
            {
                "dispute_id": dispute.dispute_id,
                "amount": dispute.amount.minor,
                "status": dispute.status.value,
            }
            for dispute in order.disputes
        ],
        "failure_code": order.failure_code,
    }


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
        capturing=read["capturing"],
        cancel_wanted=read["cancel_wanted"],
        authorizations=read["authorizations"],
        captures=read["captures"],
        refunds=tuple(
            Refund(
                refund_id=refund["refund_id"],
                amount=Money(refund["amount"], currency),
                reason=refund["reason"],
                status=RefundStatus(refund["status"]),
            )
            for refund in read["refunds"]
        ),
        disputes=tuple(
            Dispute(
                dispute_id=dispute["dispute_id"],
                amount=Money(dispute["amount"], currency),
                status=DisputeStatus(dispute["status"]),
            )
            for dispute in read["disputes"]
        ),
        failure_code=read.get("failure_code"),
        version=read["version"],
        sequence=read["sequence"],
    )
