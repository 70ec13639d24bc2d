"""What the API shows of the ledger after one capture; the types of the views check every field."""

from typing import Any

from accounting.api.proof_views import ChainView, ExportView, ProofView, SealsView
from accounting.api.statement_views import StatementView
from accounting.api.views import (
    BalanceView,
    ChartView,
    EntriesView,
    EntryView,
    TrialBalanceView,
    chart_view,
)
from accounting.api.writing_views import PeriodsView, SubmittedView
from accounting.domain.chart_of_accounts import Side
from accounting.infrastructure.vault import ALGORITHM
from shared.contracts.accounting import LedgerEntryCreated
from tests.contract.envelopes import CORRELATION, ENTRY, ORDER, PAYMENT, envelope

_BOOKING = envelope(LedgerEntryCreated)
BOOKED: EntryView = {
    "entry_id": ENTRY,
    "fact": "PaymentCaptured",
    "payment_id": PAYMENT,
    "order_id": ORDER,
    "payout_id": None,
    "cause": _BOOKING.causation_id,
    "description": f"Capture {PAYMENT}-capture-1",
    "reference": f"{PAYMENT}-capture-1",
    "postings": [
        {
            "account": code,
            "account_name": name,
            "side": side,
            "amount": 3998,
            "currency": "EUR",
            "item": item,
        }
        for code, name, side, item in (
            ("1100", "Customer receivable", Side.DEBIT, PAYMENT),
            ("4000", "Revenue", Side.CREDIT, None),
            ("9001", "Authorizations contra", Side.DEBIT, PAYMENT),
            ("9000", "Authorizations outstanding", Side.CREDIT, PAYMENT),
        )
    ],
    "held": [],
    "released": [],
    "hold_until": None,
    "booked_at": "2026-11-03T14:05:02.000000Z",
    "effective_at": "2026-11-03T14:05:01.750000Z",
    "reverses": None,
    "resolves": None,
    "linked_by": None,
    "actor": None,
    "actor_key": None,
    "reason": None,
    "approver": None,
    "approver_key": None,
    "hash": "5d0e1d4f2c6f0cf6c0bb0f9e3cc5c1c6f0d5c5b1a3f3c4f6a1e6f0b7d2a4c8e1",
    "event_id": _BOOKING.id,
    "correlation_id": CORRELATION,
    "causation_id": _BOOKING.causation_id,
}
ENTRIES: EntriesView = {"data": [BOOKED], "next_cursor": None}
BALANCE: BalanceView = {
    "account": "1100",
    "name": "Customer receivable",
    "debit": 3998,
    "credit": 0,
    "balance": 3998,
    "available": 3998,
    "normal_side": Side.DEBIT,
    "currency": "EUR",
    "point": {
        "consistency": "folded",
        "entries": 2,
        "at": "2026-11-03T14:05:03.000000Z",
        "root": "0b6f6f7e0a8c1d7a9c7c2f0f9d3a4b5c6d7e8f90a1b2c3d4e5f60718293a4b5c",
        "final": False,
    },
}
TRIAL_BALANCE: TrialBalanceView = {
    "currency": "EUR",
    "at": "2026-11-03T18:00:00.000000Z",
    "point": {"consistency": "current", "entries": 2, "at": None, "root": None, "final": False},
    "accounts": [
        {
            "account": "1100",
            "name": "Customer receivable",
            "debit": 3998,
            "credit": 0,
            "balance": 3998,
            "available": 3998,
            "normal_side": Side.DEBIT,
        },
        {
            "account": "4000",
            "name": "Revenue",
            "debit": 0,
            "credit": 3998,
            "balance": 3998,
            "available": 3998,
            "normal_side": Side.CREDIT,
        },
    ],
    "total_debit": 3998,
    "total_credit": 3998,
}
CHART: ChartView = chart_view()
STATEMENT: StatementView = {
    "account": "1100",
    "name": "Customer receivable",
    "currency": "EUR",
    "opening": 0,
    "lines": [
        {
            "entry_id": ENTRY,
            "fact": "PaymentCaptured",
            "description": f"Capture {PAYMENT}-capture-1",
            "payment_id": PAYMENT,
            "booked_at": "2026-11-03T14:05:02.000000Z",
            "effective_at": "2026-11-03T14:05:01.750000Z",
            "debit": 3998,
            "credit": 0,
            "balance": 3998,
        }
    ],
    "closing": 3998,
    "next_cursor": None,
}
WRITE_OFF: dict[str, Any] = {
    "actor": "ann",
    "reason": "the customer is insolvent",
    "entries": [
        {
            "description": "Write-off",
            "payment_id": PAYMENT,
            "postings": [
                {"account": "5900", "side": "debit", "amount": 3998, "currency": "EUR"},
                {"account": "1100", "side": "credit", "amount": 3998, "currency": "EUR"},
            ],
        }
    ],
}
REVERSAL: dict[str, Any] = {"actor": "ann", "reason": "booked on the wrong payment"}
RESOLUTION: dict[str, Any] = {"actor": "ann", "reason": "granted", "outcome": "post"}
APPROVAL: dict[str, Any] = {"approver": "bob"}
PERIOD: dict[str, Any] = {"actor": "ann", "reason": "October is done", "through": "2026-10-31"}
SUBMITTED: SubmittedView = {"status": "booked", "entry_ids": [ENTRY], "proposal_id": None}
PROPOSED: SubmittedView = {
    "status": "awaiting_approval",
    "entry_ids": [],
    "proposal_id": "prop_3j4m5n6p7q8r9s0t1v2w3x4y5z",
}
PERIODS: PeriodsView = {"closed_through": "2026-10-31", "final_at": "2026-11-03T18:02:00.000000Z"}
CHAIN: ChainView = {
    "lane": 0,
    "height": 1,
    "hash": "8f3c0000000000000000000000000000000000000000000000000000000000aa",
    "balances": {"EUR": {"1100": [3998, 0, 0, 0], "4000": [0, 3998, 0, 0]}},
    "blocks": [
        {
            "booked_at": "2026-11-03T14:05:02.000000Z",
            "position": 0,
            "entries": [[ENTRY, "8f3c00000000"]],
            "before": "0" * 64,
            "hash": "8f3c0000000000000000000000000000000000000000000000000000000000aa",
            "stored": [{"pk": f"ENTRY#{ENTRY}", "sk": "ENTRY", "description": "Capture"}],
        }
    ],
    "next_cursor": None,
}
SEALS: SealsView = {
    "data": [{"day": "2026-11-03", "document": '{"day":"2026-11-03"}', "signature": "c2lnbmVk"}],
    "algorithm": ALGORITHM,
    "public_key": "a2V5",
}
EXPORT: ExportView = {
    "day": "2026-11-03",
    "csv": "lane,position,entry_id\n0,0,je_1\n",
    "next_cursor": None,
}
PROOF: ProofView = {"entries": 2, "sealed_days": 1, "breaches": []}
