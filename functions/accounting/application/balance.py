"""The trial balance: the proof that every entry has two equal sides."""

from datetime import datetime

from accounting.application.ports import Journal
from accounting.domain.journal import TrialBalance, trial_balance


def balance_at(currency: str, at: datetime, *, journal: Journal) -> TrialBalance:
    """The trial balance of everything booked until `at`, that moment included."""
    booked = (entry for entry in journal.entries() if entry.booked_at <= at)
    return trial_balance(booked, currency)
