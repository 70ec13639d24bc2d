"""The ledger as the API shows it."""

import json
from datetime import datetime
from typing import Any

from accounting.domain.journal import TrialBalance
from accounting.infrastructure.dynamodb_journal import Booked
from shared.contracts.codec import timestamp


def entry_view(booked: Booked) -> dict[str, Any]:
    """An entry with its postings, its cause, and the message that announced it."""
    entry = booked.entry
    message = json.loads(str(booked.message["Payload"]))
    return {
        "entry_id": entry.entry_id,
        "fact": entry.fact,
        "payment_id": entry.payment_id,
        "order_id": entry.order_id,
        "cause": entry.cause_id,
        "description": entry.description,
        "postings": [
            {
                "account": posting.account.code,
                "account_name": posting.account.name,
                "side": posting.side.value,
                "amount": posting.amount.minor,
                "currency": posting.amount.currency,
            }
            for posting in entry.postings
        ],
        "booked_at": timestamp(entry.booked_at),
        "effective_at": timestamp(entry.effective_at),
        "event_id": message["id"],
        "correlation_id": message["correlationid"],
        "causation_id": message["causationid"],
    }


def trial_balance_view(balance: TrialBalance, at: datetime) -> dict[str, Any]:
    return {
        "currency": balance.currency,
        "at": timestamp(at),
        "accounts": [
            {
                "account": each.account.code,
                "name": each.account.name,
                "debit": each.debit.minor,
                "credit": each.credit.minor,
                "balance": each.balance.minor,
                "normal_side": each.account.normal_side.value,
            }
            for each in balance.accounts
        ],
        "total_debit": balance.total_debit.minor,
        "total_credit": balance.total_credit.minor,
    }
