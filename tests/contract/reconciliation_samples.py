"""What the API shows of a reconciliation; the types of the views check every field."""

from typing import Any

from accounting.api.reconciliation_views import (
    ItemsView,
    OpenItemsView,
    ResolvedItemView,
    RunView,
)
from tests.contract.envelopes import ENTRY, PAYMENT

RUN_ID = "rec_7m2k5w8q0c3n6t9v1x4z7b0d2f"
ITEM_ID = f"{PAYMENT}~capture:{PAYMENT}-capture-1"
REQUEST: dict[str, Any] = {"provider": "sandbox", "date": "2026-11-03"}
RUN: RunView = {
    "reconciliation_id": RUN_ID,
    "provider": "sandbox",
    "date": "2026-11-03",
    "status": "completed",
    "stage": "completed",
    "looked_at": 2,
    "totals": {
        "amount_mismatch": {"operations": 1, "lines": 1, "residual": {"EUR": 30}},
        "matched": {"operations": 1, "lines": 2, "residual": {}},
    },
    "payouts": [
        {
            "payout_id": "sbx_po_20261103",
            "state": "explained",
            "currency": "EUR",
            "lines": 2,
            "net": 7684,
            "sent": 7684,
            "difference": 0,
        }
    ],
    "requested_at": "2026-11-04T02:00:00.000000Z",
    "requested_by": "schedule",
    "completed_at": "2026-11-04T02:00:01.500000Z",
}
ITEMS: ItemsView = {
    "data": [
        {
            "item_id": ITEM_ID,
            "class": "amount_mismatch",
            "payment_id": PAYMENT,
            "operations": [
                {
                    "operation_id": f"{PAYMENT}-capture-1",
                    "kind": "capture",
                    "amount": 3998,
                    "currency": "EUR",
                    "date": "2026-11-03",
                    "entry_id": ENTRY,
                }
            ],
            "lines": [
                {
                    "line_id": "sandbox/sbx_op_f22rr7xj4v3nz7dzalh2",
                    "kind": "capture",
                    "reference": f"{PAYMENT}-capture-1",
                    "gross": 3968,
                    "currency": "EUR",
                    "fee": 140,
                    "net": 3828,
                    "net_currency": "EUR",
                    "payout_id": "sbx_po_20261103",
                    "settled_on": "2026-11-03",
                }
            ],
            "residual": {"EUR": 30},
            "since": "2026-11-03",
            "age": "0-1",
        }
    ],
    "next_cursor": None,
}
OPEN_ITEMS: OpenItemsView = {
    "data": [
        {
            "item_id": ITEM_ID,
            "class": "amount_mismatch",
            "payment_id": PAYMENT,
            "residual": {"EUR": 30},
            "since": "2026-11-03",
            "age": "2-3",
            "owner": "finance",
            "due": "2026-11-13",
            "overdue": False,
            "proposed_account": None,
        }
    ],
    "next_cursor": None,
}
RESOLUTION: dict[str, Any] = {
    "actor": "ann",
    "reason": "the provider charged it as a fee",
    "account": "5000",
}
RESOLVED: ResolvedItemView = {"item_id": ITEM_ID, "status": "resolved", "entry_id": ENTRY}
PROPOSED: ResolvedItemView = {
    "item_id": ITEM_ID,
    "status": "awaiting_approval",
    "entry_id": None,
}
